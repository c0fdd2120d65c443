"""The letters of a page in reading order, each with its place in the markup, and paragraphs found among them."""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from lxml.etree import _Element

_SILENT: Final = frozenset("audio head math rp rt script style svg template video".split())
"""Elements whose text is not read in line with the text around them."""
PHRASING: Final = frozenset(
    """
    a abbr b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q rb ruby s samp small span strike
    strong sub sup time tt u var wbr
    """.split()
)
"""Elements that may be inside a line of text. Source: HTML, section 3.2.5.2.5 (phrasing content)."""
_FORMAT: Final = "Cf"
_SURE_CHARS: Final = 30
_ANCHOR_CHARS: Final = 12
_MOST_LINES: Final = 6
_MOST_SKIPPED: Final = 12
_LONGEST_NOTE: Final = 600
_SAME_CHARS: Final = 4
_LEAST_FOUND: Final = 0.9
_MOST_BLOCKS: Final = 16


def name_of(element: _Element) -> str:
    """Return the name of an element without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def is_letter(character: str) -> bool:
    """Return whether a character counts: white space and signs without width differ between a page and its record."""
    return not character.isspace() and unicodedata.category(character) != _FORMAT


def plain(letter: str) -> str:
    """Return a letter in its ordinary form: a page may have a raised 2 where its record has the letter ²."""
    folded = letter if letter.isascii() else unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter


class Letter(msgspec.Struct, frozen=True):
    """Where a letter is.

    Attributes:
        element: The element whose text it is in.
        is_behind: Whether it is in the text behind the element rather than at its start.
        offset: Its index in that text.
    """

    element: _Element
    is_behind: bool
    offset: int

    @property
    def container(self) -> _Element:
        """The element directly around the letter."""
        parent = self.element.getparent() if self.is_behind else self.element
        assert parent is not None, "nothing follows the root"
        return parent


class Letters(msgspec.Struct):
    """The letters of a page.

    Attributes:
        text: All letters in their ordinary form, without white space.
        extents: For each element, the index of its first letter, and the index after its last.
    """

    text: str = ""
    extents: dict[_Element, tuple[int, int]] = msgspec.field(default_factory=dict)
    _nodes: list[tuple[_Element, bool]] = msgspec.field(default_factory=list)
    _node_of: array[int] = msgspec.field(default_factory=lambda: array("l"))
    _offset_of: array[int] = msgspec.field(default_factory=lambda: array("l"))
    _blocks: list[int] = msgspec.field(default_factory=list)

    def at(self, index: int) -> Letter:
        """Return where a letter is."""
        return Letter(*self._nodes[self._node_of[index]], self._offset_of[index])

    def node(self, index: int) -> int:
        """Return the number of the piece of text that a letter is in."""
        return self._node_of[index]

    def find(self, wanted: str, line: int, start: int) -> list[int | None]:
        """Find the letters of a paragraph.

        Args:
            wanted: The letters of the paragraph, as `is_letter` selects and `plain` writes them.
            line: Line of the page on which its element begins; 0 if it is unknown.
            start: Index of the letter at which to start searching.

        Returns:
            For each letter its index, in rising order, or None where the page has another text; empty if the
            paragraph is not there.
        """
        for at in self._candidates(wanted[:_ANCHOR_CHARS], line, start):
            if self.text.startswith(wanted, at):
                return list(range(at, at + len(wanted)))
            found = self._followed(wanted, at)
            if _is_enough(wanted, found):
                return found
        at = self.text.find(wanted, start) if len(wanted) >= _SURE_CHARS else -1
        if at >= 0:
            return list(range(at, at + len(wanted)))
        # A note mark or a sign that differs may be among the first letters.
        nearby = (self._followed(wanted, at) for at in self._blocks_near(wanted, line, start))
        return next((found for found in nearby if _is_enough(wanted, found)), [])

    def _blocks_near(self, wanted: str, line: int, start: int) -> Iterator[int]:
        """Yield the next few blocks with the same first letter or digit, on about this line."""
        first, place = _first(wanted), bisect_left(self._blocks, start)
        for at in self._blocks[place : place + _MOST_BLOCKS]:
            if _first(self.text[at : at + _SAME_CHARS]) == first and (
                not line or -1 <= self._lines_behind(at, line) <= _MOST_LINES
            ):
                yield at

    def _lines_behind(self, index: int, line: int) -> int:
        """Return how many lines behind another one a letter is; 0 if its line is unknown."""
        element, _ = self._nodes[self._node_of[index]]
        return (element.sourceline or line) - line

    def _candidates(self, anchor: str, line: int, start: int) -> Iterator[int]:
        """Yield where a block begins with these letters, on about this line."""
        at = self.text.find(anchor, start)
        while at >= 0:
            off = self._lines_behind(at, line)
            if self._is_block(at) and (not line or -1 <= off <= _MOST_LINES):
                yield at
            elif line and off > _MOST_LINES:
                return
            at = self.text.find(anchor, at + 1)

    def _followed(self, wanted: str, at: int) -> list[int | None]:
        """Match letters with those of the page from `at`, skipping what only one of them has, such as note marks."""
        found: list[int | None] = []
        for number, letter in enumerate(wanted):
            if at < len(self.text) and self.text[at] == letter:
                found.append(at)
                at += 1
                continue
            ahead = self._ahead(wanted, number, at)
            found.append(ahead if ahead >= 0 else None)
            at = ahead + 1 if ahead >= 0 else at
        return found

    def _ahead(self, wanted: str, number: int, at: int) -> int:
        """Return the index at which a paragraph continues after a note or its mark; -1 if it does not."""
        ahead = self.text.find(wanted[number : number + _SAME_CHARS], at, at + _MOST_SKIPPED)
        anchor = wanted[number : number + _ANCHOR_CHARS]
        if ahead >= 0 or len(anchor) < _ANCHOR_CHARS:
            return ahead
        return self.text.find(anchor, at, at + _LONGEST_NOTE)

    def _is_block(self, index: int) -> bool:
        place = bisect_left(self._blocks, index)
        return place < len(self._blocks) and self._blocks[place] == index


def _first(letters: str) -> str | None:
    return next(filter(str.isalnum, letters), None)


def _is_enough(wanted: str, found: Sequence[int | None]) -> bool:
    """Return whether nearly all letters and digits of a paragraph were found."""
    counted = [index is not None for letter, index in zip(wanted, found, strict=True) if letter.isalnum()]
    return sum(counted) >= _LEAST_FOUND * len(counted) > 0


def letters_of(body: _Element) -> Letters:
    """Return the letters of a page.

    Args:
        body: The element that contains its text.
    """
    from lxml import etree

    letters = Letters()
    characters: list[str] = []
    begins_block, silent = True, 0
    starts: dict[_Element, int] = {}

    def add(element: _Element, text: str | None, *, is_behind: bool) -> None:
        nonlocal begins_block
        if silent or not text:
            return
        letters._nodes.append((element, is_behind))
        for offset, character in enumerate(text):
            if is_letter(character):
                if begins_block:
                    letters._blocks.append(len(characters))
                    begins_block = False
                characters.append(plain(character))
                letters._node_of.append(len(letters._nodes) - 1)
                letters._offset_of.append(offset)

    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        name = name_of(element)
        if event == "start":
            begins_block = begins_block or name not in PHRASING
            silent += name in _SILENT
            starts[element] = len(characters)
            add(element, element.text, is_behind=False)
            continue
        if event == "end":
            letters.extents[element] = (starts.pop(element), len(characters))
            silent -= name in _SILENT
            begins_block = begins_block or name not in PHRASING or name == "br"
        if element is not body:
            add(element, element.tail, is_behind=True)
    letters.text = "".join(characters)
    return letters
