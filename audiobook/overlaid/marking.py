"""Putting stretches of a page's text into elements with new ids, without changing anything else.

A stretch that begins or ends inside another element, or covers several paragraphs, is divided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.overlaid.letters import PHRASING, Letter, Letters, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element

XHTML: Final = "http://www.w3.org/1999/xhtml"
_WHOLE: Final = frozenset(("ruby", "rb"))
"""Elements that are put into a stretch as a whole."""


class Stretch(msgspec.Struct, frozen=True):
    """Letters that can be put into one element: its parent, the first letter and the last one."""

    parent: _Element
    first: int
    last: int


def stretches(letters: Letters, first: int, last: int) -> Iterator[Stretch]:
    """Yield stretches from one letter to another, as few as possible, in order."""
    while first <= last:
        ends = [
            last,
            *(at for at in range(last - 1, first - 1, -1) if letters.node(at) != letters.node(at + 1)),
        ]
        for end in ends:
            parent = _parent(letters, first, end)
            if parent is not None:
                yield Stretch(parent, first, end)
                break
        else:
            end = next((at for at in reversed(ends) if at >= first), last)
        first = end + 1


def _parent(letters: Letters, first: int, last: int) -> _Element | None:
    """Return the element in which an element can be put around letters, or None."""
    begin, end = letters.at(first).container, letters.at(last).container
    above_begin = [begin, *begin.iterancestors()]
    around = {begin, *above_begin}
    common = end
    while common not in around:
        parent = common.getparent()
        if parent is None:
            return None
        common = parent
    while name_of(common) in _WHOLE and letters.extents[common] == (first, last + 1):
        parent = common.getparent()
        assert parent is not None, "a page has a body"
        common = parent
    if name_of(common) in _WHOLE:
        return None
    node = -1
    for index in range(first, last + 1):
        if letters.node(index) == node:
            continue
        node = letters.node(index)
        inner = letters.at(index).container
        while inner is not common:
            start, stop = letters.extents[inner]
            if name_of(inner) not in PHRASING or start < first or stop > last + 1:
                return None
            parent = inner.getparent()
            assert parent is not None, "the common element is above"
            inner = parent
    return common


def mark(letters: Letters, marked: list[tuple[Stretch, str]]) -> None:
    """Put each stretch into a `span` with an id.

    Args:
        letters: The letters of the page.
        marked: Stretches that do not overlap, in order, each with its id.
    """
    from lxml import etree

    places = [(one, letters.at(one.first), letters.at(one.last), name) for one, name in marked]
    for one, first, last, name in reversed(places):  # what is before stays where it is
        span = etree.Element(f"{{{XHTML}}}span", {"id": name}, nsmap={None: XHTML})
        _put_around(one.parent, first, last, span)


def add_before(page: _Element, name: str, added: str) -> None:
    """Put an empty element right before a marked stretch; it is of no size, and the page looks the same.

    Args:
        page: The root of the page.
        name: Id of the stretch.
        added: Id of the new element.
    """
    from lxml import etree

    (span,) = page.xpath("//*[@id=$name]", name=name)
    span.addprevious(etree.Element(f"{{{XHTML}}}span", {"id": added}, nsmap={None: XHTML}))


def _put_around(parent: _Element, first: Letter, last: Letter, span: _Element) -> None:
    if (first.element, first.is_behind) == (last.element, last.is_behind) and first.container is parent:
        text = _text(first)
        _set_text(first, text[: first.offset])
        parent.insert(_index_after(parent, first), span)
        span.text, span.tail = text[first.offset : last.offset + 1], text[last.offset + 1 :]
        return
    if first.container is parent:
        text = _text(first)
        begin = _index_after(parent, first)
        _set_text(first, text[: first.offset])
        span.text = text[first.offset :]
    else:
        begin = parent.index(_child(parent, first))
    if last.container is parent:
        end_child, text = last.element, _text(last)
        inside, after = text[: last.offset + 1], text[last.offset + 1 :]
    else:
        end_child = _child(parent, last)
        inside, after = "", end_child.tail or ""
    children = parent[begin : parent.index(end_child) + 1]
    for child in children:
        span.append(child)
    end_child.tail = inside or None
    parent.insert(begin, span)
    span.tail = after or None


def _text(letter: Letter) -> str:
    return (letter.element.tail if letter.is_behind else letter.element.text) or ""


def _set_text(letter: Letter, text: str) -> None:
    if letter.is_behind:
        letter.element.tail = text or None
    else:
        letter.element.text = text or None


def _index_after(parent: _Element, letter: Letter) -> int:
    return parent.index(letter.element) + 1 if letter.is_behind else 0


def _child(parent: _Element, letter: Letter) -> _Element:
    """Return the child of an element in which a letter is."""
    inner = letter.container
    while (above := inner.getparent()) is not parent:
        assert above is not None, "the letter is inside the parent"
        inner = above
    return inner
