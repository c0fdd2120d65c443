"""Paragraphs that look like headings on a page without headings: bold, large or centred."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audiobook.sources.markup.heading_elements import heading_level
from audiobook.sources.markup.semantics import is_block, tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MARKED_CLASS: Final = "audiobook-marked"
"""The class given to such paragraphs."""
_LONGEST_CHARS: Final = 240
_BOLD: Final = frozenset(("b", "strong", "big"))
_BOLD_STYLE = re.compile(
    r"""
    font-weight\s*+:\s*+(?:bold|[6-9]00)        # font-weight: bold
    | font-size\s*+:\s*+
    (?:
        x-large|xx-large|large                  # font-size: large
      | 1[2-9]\d%|[2-9]\d\d%                    # font-size: 150%
      | 1\.[2-9]\d*em|[2-9]\d*(?:\.\d+)?em      # font-size: 1.4em
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CENTRED_STYLE = re.compile(r"text-align\s*+:\s*+center", re.I)
_CENTRED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:center(?:ed)?|centre|chapter|chap|heading|title)(?:$|[\s_\d-])", re.I
)
_LARGE_FONT = re.compile(r"\+[1-6]|[4-7]")


def mark_looks(root: _Element) -> None:
    """Give `MARKED_CLASS` to the paragraphs that look like headings, unless the page has headings.

    A single heading is the title, and does not count.

    Args:
        root: The page; changed in place.
    """
    if sum(heading_level(element, tag_of(element)) > 0 for element in root.iter()) > 1:
        return
    for element in root.iter("{*}p", "{*}div", "{*}center"):
        if _is_paragraph(element) and (_is_centred(element) or _is_emphasised(element)):
            element.set("class", f"{element.get('class', '')} {MARKED_CLASS}".strip())


def _is_paragraph(element: _Element) -> bool:
    """Return whether an element is one short paragraph."""
    chars = 0
    for child in element.iter():
        if child is not element and is_block(tag_of(child)) and tag_of(child) != "br":
            return False
        chars += len(child.text or "") + (len(child.tail or "") if child is not element else 0)
        if chars > _LONGEST_CHARS:
            return False
    return chars > 0


def _is_centred(element: _Element) -> bool:
    return (
        tag_of(element) == "center"
        or element.get("align", "").lower() == "center"
        or bool(_CENTRED_STYLE.search(element.get("style", "")))
        or bool(_CENTRED_CLASS.search(element.get("class", "")))
        or any(
            tag_of(each) == "center" or (tag_of(each) == "div" and each.get("align", "").lower() == "center")
            for each in element.iterancestors()
        )
    )


def _is_emphasised(element: _Element) -> bool:
    """Return whether all text of a paragraph is bold or large."""
    if _is_bold(element):
        return True
    if (element.text or "").strip():
        return False
    children = [child for child in element if tag_of(child)]
    return (
        bool(children)
        and all(
            not (child.tail or "").strip()
            and (tag_of(child) == "br" or _is_bold(child) or (len(child) > 0 and _is_emphasised(child)))
            for child in children
        )
        and any(tag_of(child) != "br" for child in children)
    )


def _is_bold(element: _Element) -> bool:
    return (
        tag_of(element) in _BOLD
        or bool(_BOLD_STYLE.search(element.get("style", "")))
        or (tag_of(element) == "font" and bool(_LARGE_FONT.fullmatch(element.get("size", ""))))
    )
