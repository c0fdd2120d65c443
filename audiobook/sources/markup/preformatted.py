"""Poems in `pre`: old pages use it for verse, letters and inscriptions, as others do for code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audiobook.sources.markup.semantics import is_block, tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_CODE_TAGS: Final = frozenset(("code", "kbd", "samp", "var", "tt"))
_CODE_CLASS = re.compile(
    r"code|highlight|program|listing|screen|source|lang|prettyprint|terminal|console", re.I
)
_CODE_SIGN = re.compile(
    r"""
    [{}<>=\\|$#@^~`/+]
    | \w[(\[]  # a call: print(
    | _\w  # a name: max_length
    | \w\.\w  # a file or an attribute: notes.txt
    | ^\s*(?:\d+[ ]+){2}  # a row of numbers
    | \S[ ]{3,}\S  # columns
    """,
    re.VERBOSE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_LINES: Final = 2
_LEAST_WORD_SHARE: Final = 0.75
"""The letters in words, as a share of all characters except white space."""
_LINES_FOR_A_SIGN: Final = 12
"""One sign that is rare outside of code is allowed per this many lines."""


def lay_out_poems(body: _Element) -> None:
    """Turn each `pre` of words into one or more paragraphs with line breaks; those of code are kept.

    Args:
        body: Changed in place.
    """
    for pre in list(body.iter("pre", "{*}pre")):
        if _is_poem(pre):
            namespace = str(pre.tag)[: -len("pre")]
            pre.tag = f"{namespace}div"
            for element in list(pre.iter()):
                _break_lines(element, f"{namespace}br", is_outside=element is pre)


def _is_poem(pre: _Element) -> bool:
    around = [*pre.iter(), *pre.iterancestors()]
    if any(tag_of(each) in _CODE_TAGS or is_block(tag_of(each)) for each in pre.iterdescendants()):
        return False
    if any(_CODE_CLASS.search((each.get("class") or "")[:1000]) for each in around if tag_of(each)):
        return False
    text = "".join(pre.itertext())
    lines = [line for line in text.splitlines() if line.strip()]
    letters = sum(map(len, _WORD.findall(text)))
    return (
        len(lines) >= _FEWEST_LINES
        and "Project Gutenberg" not in text
        and letters >= _LEAST_WORD_SHARE * sum(map(len, text.split()))
        and len(_CODE_SIGN.findall(text)) * _LINES_FOR_A_SIGN <= len(lines)
    )


def _break_lines(element: _Element, tag: str, *, is_outside: bool) -> None:
    """Put a `br` at each end of a line in the text of an element, and in the text behind it; two end a paragraph."""
    if not is_outside and "\n" in (element.tail or ""):
        parent = element.getparent()
        assert parent is not None
        first, *rest = (element.tail or "").split("\n")
        element.tail = first
        at = parent.index(element) + 1
        parent[at:at] = [_break(element, tag, line) for line in rest]
    if tag_of(element) and "\n" in (element.text or ""):
        first, *rest = (element.text or "").split("\n")
        element.text = first
        element[0:0] = [_break(element, tag, line) for line in rest]


def _break(near: _Element, tag: str, after: str) -> _Element:
    made = near.makeelement(tag)
    made.tail = f"\n{after}"
    return made
