"""Which elements are headings, and of which depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element
from audiobook.sources.markup.semantics import is_block, short_text, tag_of

TITLE_CLASS = re.compile(
    r"""
    (?:chap(?:ter|t)?|part|ch|cap(?:itulo|itolo)?|kapitel|rozdzial|luku|glava)[-_]?
      (?:num(?:ber)?|no|nr|title|titel|tit|head(?:ing|er)?|hd|name|label|opener[-_]?(?:title|number))
    | heading-?[1-3] | title-?chapter | cn | ct
    """,
    re.VERBOSE,
)
_LONGEST_TITLE_CHARS: Final = 160


def heading_level(element: _Element, tag: str) -> int:
    """Return the depth of a heading, from 1; 0 for other elements. An `hgroup` has the depth of its first heading."""
    if tag == "hgroup":
        return next((heading_level(child, tag_of(child)) for child in element if is_heading(child)), 0)
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        return int(tag[1])
    if element.get("role") == "heading":
        level = element.get("aria-level", "2")
        return int(level) if level in "123456789" else 2
    return int(tag in ("p", "div") and _is_title_by_class(element))


def begins_title(part: _Element, before: str) -> bool:
    """Return whether a part of a heading is the title, directly after the number without a space.

    Args:
        part: An inline element in the heading.
        before: The last characters before it.
    """
    text = short_text(part).strip()
    last = before[-1:]
    if not text or not last.strip() or not text[0].isalnum():
        return False
    if last.islower() or last.isdigit():
        return text[0].isupper() or (last.islower() and text[0].isdigit())
    other = part.getprevious()
    if other is None:
        return text[0].isupper() and before.isalpha() and len(before) > 1
    if (other.tail or "").strip():
        return False
    if not last.isupper():
        return last.isalnum() and part.get("class") != other.get("class")
    is_word = len(short_text(other).strip()) > 1
    return text[0].isupper() and (is_word or (text[1:2].islower() and last in "IVX"))


def _is_title_by_class(element: _Element) -> bool:
    """Return whether a paragraph is the number or title of a chapter by its class."""
    words = (element.get("class") or "").lower().split()
    if not any(map(TITLE_CLASS.fullmatch, words)) or any(is_block(tag_of(child)) for child in element):
        return False
    length = 0
    for part in element.itertext():
        length += len(part)
        if length > _LONGEST_TITLE_CHARS:
            return False
    return True


def is_heading(element: _Element) -> bool:
    """Return whether an element is a single heading."""
    tag = tag_of(element)
    return tag != "hgroup" and heading_level(element, tag) > 0
