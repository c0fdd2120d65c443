"""The parts of style sheets that matter to a listener or reader: classes that are raised, hidden, italic or bold.

Only classes in the last part of a selector are considered; conditions such as `@media` are skipped.

Source: CSS 2.1, sections 4.1 (syntax), 10.8.1 (vertical-align), 9.2.4 (display).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

MAX_SHEET_CHARS: Final = 1 << 20
_BRACE = re.compile(r"[{}]")
_LAST_CLASSES = re.compile(r"(?:\A|[\s>+~])(?P<tag>[A-Za-z][\w-]*+)?(?P<classes>(?>(?:\.[\w-]++)+))\Z")
_RAISED = re.compile(
    r"""
    vertical-align\s*+:\s*+
    (?:super|text-top|\+?(?:0?\.[1-9]|[1-9])[\d.]*+(?:em|ex|pt|px|%|rem))       # super, 0.4em
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TOP = re.compile(r"vertical-align\s*+:\s*+top", re.IGNORECASE)
_SMALL = re.compile(
    r"""
    font-size\s*+:\s*+
    (?:
        0?\.\d++(?:em|rem)              # font-size: 0.8em
      | [1-9]\d%|[1-9]\d\.\d++%         # font-size: 75%
      | x{0,2}-?small(?:er)?            # font-size: x-small
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RELATIVE = re.compile(r"position\s*+:\s*+relative", re.IGNORECASE)
_SHIFTED = re.compile(
    r"""
    (?<![\w-])
    (?:
        top\s*+:\s*+-[\d.]++(?:em|ex|%|pt|px)       # top: -0.5em
      | bottom\s*+:\s*+0?\.\d++(?:em|ex)            # bottom: 0.5ex
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)\b", re.IGNORECASE)
ITALIC: Final = re.compile(r"font-style\s*+:\s*+(?:italic|oblique)", re.IGNORECASE)
BOLD: Final = re.compile(r"font-weight\s*+:\s*+(?:bold|[6-9]00)", re.IGNORECASE)
_LONGEST_RULE_CHARS: Final = 4000


class Styles(msgspec.Struct, frozen=True):
    """Classes, in lower case, by their effect in the style sheets of a page.

    Attributes:
        raised: Text that is superscript.
        hidden: Text that is not shown.
        italic: Words in italics.
        bold: Words in bold type.
    """

    raised: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    italic: frozenset[str] = frozenset()
    bold: frozenset[str] = frozenset()

    def __or__(self, other: Styles) -> Styles:
        """Return the styles of two sheets together."""
        return Styles(
            self.raised | other.raised,
            self.hidden | other.hidden,
            self.italic | other.italic,
            self.bold | other.bold,
        )


def read_styles(sheet: str) -> Styles:
    """Read a style sheet.

    Args:
        sheet: The sheet; what follows the first `MAX_SHEET_CHARS` characters is ignored.
    """
    raised: set[str] = set()
    hidden: set[str] = set()
    shown: set[str] = set()
    italic: set[str] = set()
    bold: set[str] = set()
    for selectors, declarations in _rules(sheet[:MAX_SHEET_CHARS]):
        if _is_raised(declarations):
            raised.update(_classes(selectors))
        if ITALIC.search(declarations):
            italic.update(_classes(selectors))
        if BOLD.search(declarations):
            bold.update(_classes(selectors))
        if _HIDDEN.search(declarations):
            hidden.update(_classes(selectors, alone=True))
        elif "display" in declarations or "visibility" in declarations:
            shown.update(_classes(selectors))
    return Styles(frozenset(raised), frozenset(hidden - shown), frozenset(italic), frozenset(bold))


def _is_raised(declarations: str) -> bool:
    if _RAISED.search(declarations) or (_TOP.search(declarations) and _SMALL.search(declarations)):
        return True
    return bool(_RELATIVE.search(declarations) and _SHIFTED.search(declarations))


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules outside of blocks such as `@media … { … }`."""
    sheet = _without_comments(sheet)
    start = opened = depth = deepest = 0
    for brace in _BRACE.finditer(sheet):
        depth += 1 if brace[0] == "{" else -1
        deepest = max(deepest, depth)
        if brace[0] == "{" and depth == 1:
            opened = brace.end()
        if depth <= 0:
            selectors = sheet[start : opened - 1].rpartition(";")[2]
            if deepest == 1 and brace.start() - start <= _LONGEST_RULE_CHARS and "@" not in selectors:
                yield selectors, sheet[opened : brace.start()]
            start, depth, deepest = brace.end(), 0, 0


def _without_comments(sheet: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := sheet.find("/*", at)) >= 0:
        kept.append(sheet[at:start])
        end = sheet.find("*/", start + 2)
        at = end + 2 if end >= 0 else len(sheet)
    return " ".join([*kept, sheet[at:]])


def _classes(selectors: str, *, alone: bool = False) -> Iterator[str]:
    """Yield the classes that a list of selectors ends with; with `alone`, only of selectors that are one class."""
    for selector in selectors.split(","):
        found = _LAST_CLASSES.search(selector.strip())
        if found is None or (alone and found["classes"] != selector.strip()):
            continue
        names = found["classes"].lower().strip(".").split(".")
        if len(names) == 1 and found["tag"] not in ("img", "td", "th", "tr", "table", "li", "div", "p"):
            yield names[0]
