"""What a style sheet says that a listener needs: classes that are raised, hidden, or drop capitals.

Only the last part of a selector and only classes are looked at; conditions such as `@media` are skipped.

Source: CSS 2.1, sections 4.1 (syntax), 10.8.1 (vertical-align), 9.2.4 (display).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_SHEET_CHARS: Final = 1 << 20
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_BRACE = re.compile(r"[{}]")
_LAST_CLASSES = re.compile(r"(?:\A|[\s>+~])(?P<tag>[A-Za-z][\w-]*)?(?P<classes>(?:\.[\w-]+)+)\s*\Z")
_RAISED = re.compile(
    r"""
    vertical-align \s*:\s* (?: super | text-top | \+?(?:0?\.[1-9]|[1-9])[\d.]*(?:em|ex|pt|px|%|rem) )
    | (?=.*position\s*:\s*relative) .* (?: top\s*:\s*-[\d.]+(?:em|ex|%|pt|px) | bottom\s*:\s*0?\.\d+(?:em|ex) )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Styles:
    """Classes, in lower case, by what the style sheets of a page do with them.

    Attributes:
        raised: Text that is superscript.
        hidden: Text that is not shown.
    """

    raised: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def __or__(self, other: Styles) -> Styles:
        """Return the styles of two sheets together."""
        return Styles(self.raised | other.raised, self.hidden | other.hidden)


def read_styles(sheet: str) -> Styles:
    """Read a style sheet.

    Args:
        sheet: The sheet; what follows the first `MAX_SHEET_CHARS` characters is ignored.
    """
    raised: set[str] = set()
    hidden: set[str] = set()
    shown: set[str] = set()
    for selectors, declarations in _rules(sheet[:MAX_SHEET_CHARS]):
        if _RAISED.search(declarations):
            raised.update(_classes(selectors))
        if _HIDDEN.search(declarations):
            hidden.update(_classes(selectors, alone=True))
        elif "display" in declarations or "visibility" in declarations:
            shown.update(_classes(selectors))
    return Styles(frozenset(raised), frozenset(hidden - shown))


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules outside of `@` blocks."""
    if "vertical-align" not in sheet and "position" not in sheet and not _HIDDEN.search(sheet):
        return
    for selectors, declarations in _RULE.findall(_without_blocks(_COMMENT.sub(" ", sheet))):
        if "@" not in selectors:
            yield selectors.rpartition(";")[2], declarations


def _without_blocks(sheet: str) -> str:
    """Return a sheet without its blocks of rules, such as `@media … { … }`."""
    kept: list[str] = []
    start = depth = deepest = 0
    for brace in _BRACE.finditer(sheet):
        depth += 1 if brace[0] == "{" else -1
        deepest = max(deepest, depth)
        if depth <= 0:
            if deepest == 1:
                kept.append(sheet[start : brace.end()])
            start, depth, deepest = brace.end(), 0, 0
    return "".join(kept)


def _classes(selectors: str, *, alone: bool = False) -> Iterator[str]:
    """Yield the classes that a list of selectors ends with; with `alone`, only of selectors that are one class."""
    for selector in selectors.split(","):
        found = _LAST_CLASSES.search(selector.strip())
        if found is None or (alone and found["classes"] != selector.strip()):
            continue
        names = found["classes"].lower().strip(".").split(".")
        if len(names) == 1 and found["tag"] not in ("img", "td", "th", "tr", "table", "li", "div", "p"):
            yield names[0]
