"""Which links and raised elements are note marks, and which links lead elsewhere."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element
from audiobook.sources.markup.semantics import (
    is_block,
    markup_table,
    part_of,
    short_text,
    tag_of,
    types_of,
    word_list,
)

RAISED_STYLE = re.compile(
    r"""
    vertical-align\s*+:\s*+
    (?:super|text-top|\+?(?:0?\.[1-9]|[1-9])[\d.]*+(?:em|ex|pt|px|%|rem))       # super, 0.4em
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOTE_SIGN = re.compile(
    r"""
    \s*+ [\[({]? \s*+  # [
    (?: (?:foot|end)?note\s | notes?\s | fn\.?\s?+ | n\.?\s | [注註] )?  # note
    (?: \d{1,4}[a-z]? (?:\s?[,–-]\s?\d{1,4}){0,4} | [*†‡※]\d{1,4} | [①-⑳㉑-㉟㊱-㊿❶-❿] | [a-z] | [ivx]{1,6} | [*†‡§¶‖※]{1,4} )
    \s*+ [\])}]? \.? \s*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
NOTE_MARKS: Final = frozenset(("annoref", "noteref"))
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


@cache
def _phrases(name: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in markup_table()[name].split("|"))


def is_inner_link(link: _Element, *, in_book: bool) -> bool:
    """Return whether a link leads to another place in the text, not elsewhere.

    Args:
        link: The link.
        in_book: Whether other files belong to the text too.
    """
    address = (link.get("href") or "").strip().lower()
    if not in_book:
        return address.startswith("#")
    return bool(address) and not _ELSEWHERE.match(address)


def is_edit_link(link: _Element) -> bool:
    """Return whether a link in a heading edits the page."""
    return short_text(link).strip(" []\n").lower() in _phrases("edit_links")


def is_note_link(link: _Element) -> bool:
    """Return whether a link is a note mark: declared as one, or a superscript number or sign linking to an anchor."""
    types = set(types_of(link))
    if types & NOTE_MARKS:
        return True
    if "#" not in (link.get("href") or "") or any(map(part_of, types)):
        return False
    parent = link.getparent()
    is_classed = not word_list("note_mark_classes").isdisjoint((link.get("class") or "").lower().split())
    raised = (
        is_classed
        or (parent is not None and is_raised(parent, tag_of(parent)))
        or any(is_raised(child, tag_of(child)) for child in link.iterdescendants())
        or is_raised(link, "a")
    )
    if not raised:
        return False
    text = short_text(link)
    return is_note_sign(text) or (is_classed and not text.strip())


def is_note_sign(text: str) -> bool:
    """Return whether a text is a number or sign of a note, with or without brackets."""
    return bool(_NOTE_SIGN.fullmatch(text))


def is_raised(element: _Element, tag: str, raised_classes: frozenset[str] = frozenset()) -> bool:
    """Return whether an element is superscript: by its name, its style or its class.

    Args:
        element: The element.
        tag: Its name, as returned by `tag_of`.
        raised_classes: The classes that the style sheets of the page raise.
    """
    if tag == "sup":
        return True
    if not element.attrib or is_block(tag):
        return False
    if RAISED_STYLE.search((element.get("style") or "")[:1000]):
        return True
    words = (element.get("class") or "").lower().split()
    return not raised_classes.isdisjoint(words) or not word_list("raised_classes").isdisjoint(words)
