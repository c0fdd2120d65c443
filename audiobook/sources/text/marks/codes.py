"""The codes that stand for marks while a text is divided into paragraphs and headings.

A code consists of noncharacters, which no text contains. Readers pass it on as text, so lines and offsets stay exact.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from itertools import accumulate

import msgspec
from msgspec.structs import replace

from audiobook.document import Paragraph
from audiobook.layout import rearranged
from audiobook.sources.outline import Block
from audiobook.sources.text.marks.attributes import LINE_END, Attributes

_FIRST, _OPEN, _CLOSE = 0xFDD0, "\ufde0", "\ufde1"
_CODE = re.compile(f"{_OPEN}([\ufdd0-\ufddf]+){_CLOSE}")
_RESERVED = re.compile("[\ufdd0-\ufdef]")
_SPACE_GOES = re.compile(r"\s|[.,;:!?…)\]]|\Z")
"""Matches characters after a mark that make the space before it superfluous."""


class Place(Enum):
    """The kind of mark that a code stands for."""

    SPAN_START = auto()
    SPAN_END = auto()
    POINT = auto()
    BLOCK_START = auto()
    BLOCK_END = auto()


class Mark(msgspec.Struct, frozen=True):
    """A mark in a text.

    Attributes:
        place: Its kind.
        attributes: Its attributes.
    """

    place: Place
    attributes: Attributes = msgspec.field(default_factory=lambda: Attributes(0))


class Found(msgspec.Struct, frozen=True):
    """A mark, and its offset in the text without codes."""

    offset: int
    mark: Mark


class Codes:
    """The marks of one text, each with its code."""

    def __init__(self) -> None:
        """Begin with no marks."""
        self.marks: list[Mark] = []

    def span(self, attributes: Attributes) -> tuple[str, str]:
        """Return the codes for the brackets of a span."""
        start = self._code(Mark(Place.SPAN_START))
        return start, self._code(Mark(Place.SPAN_END, attributes))

    def point(self, attributes: Attributes) -> str:
        """Return the code for attributes without brackets before them."""
        return self._code(Mark(Place.POINT, attributes))

    def container(self, attributes: Attributes) -> str:
        """Return the code for the line that begins a container."""
        return self._code(Mark(Place.BLOCK_START, attributes))

    def container_end(self) -> str:
        """Return the code for the line that ends a container."""
        return self._code(Mark(Place.BLOCK_END))

    def _code(self, mark: Mark) -> str:
        digits = "".join(chr(_FIRST + int(digit, 16)) for digit in f"{len(self.marks):x}")
        self.marks.append(mark)
        return f"{_OPEN}{digits}{_CLOSE}"


def without_codes(text: str) -> str:
    """Replace noncharacters, which no text should contain, by U+FFFD."""
    return _RESERVED.sub("\ufffd", text)


def has_code(text: str) -> bool:
    """Return whether a text has codes."""
    return _OPEN in text


def uncoded(text: str) -> str:
    """Return a line without codes."""
    return " ".join(_CODE.sub("", text).split()) if has_code(text) else text


def parted(block: Block, codes: Codes) -> Iterator[Block]:
    """Yield the parts of a block between the codes of containers, and each of these codes alone."""
    text = block.paragraph.text
    start = 0
    for code in _CODE.finditer(text):
        if codes.marks[_number(code[1])].place in (Place.BLOCK_START, Place.BLOCK_END):
            if text[start : code.start()].strip():
                yield replace(block, paragraph=_sliced(block.paragraph, start, code.start()))
            yield replace(block, paragraph=_sliced(block.paragraph, *code.span()))
            start = code.end()
    if not start:
        yield block
    elif text[start:].strip():
        yield replace(block, paragraph=_sliced(block.paragraph, start, len(text)))


def _number(digits: str) -> int:
    return int("".join(f"{ord(digit) - _FIRST:x}" for digit in digits), 16)


def _sliced(paragraph: Paragraph, start: int, end: int) -> Paragraph:
    """Return a part of a paragraph without the space around it, with the lines that it is on."""
    piece = paragraph.text[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    inside = tuple((offset - start, line) for offset, line in paragraph.lines if start < offset < end)
    first = ((0, paragraph.line_of(start)),) if paragraph.lines else ()
    styles, cells = rearranged(
        paragraph.styles, paragraph.cells, lambda offset: min(max(offset, start), end) - start
    )
    text = paragraph.text[start:end]
    return replace(paragraph, text=text, lines=(*first, *inside), styles=styles, cells=cells)


def stripped(paragraph: Paragraph, codes: Codes) -> tuple[Paragraph, list[Found]]:
    """Return a paragraph without codes and superfluous spaces around them, and the marks with their offsets."""
    text = paragraph.text
    removed: list[tuple[int, int]] = []
    found: list[tuple[int, Mark]] = []
    for code in _CODE.finditer(text):
        start, end = code.span()
        found.append((start, codes.marks[_number(code[1])]))
        if found[-1][1].attributes.values.get("pause") == LINE_END:
            removed.append((start, end - 1))
            text = f"{text[: end - 1]}\n{text[end:]}"
            continue
        before = removed[-1][0] if removed and removed[-1][1] == start else start
        if before and text[before - 1].isspace() and _SPACE_GOES.match(text, end):
            if removed and removed[-1][1] == start:
                removed[-1] = (removed[-1][0] - 1, end)
                continue
            start -= 1
        removed.append((start, end))
    if not removed:
        return paragraph, []
    kept = _without(text, removed)
    lead = len(kept) - len(kept.lstrip())
    kept = kept.strip()

    starts = [start for start, _ in removed]
    gone = list(accumulate((end - start for start, end in removed), initial=0))

    def moved(offset: int) -> int:
        at = bisect_left(starts, offset)
        inside = max(removed[at - 1][1] - offset, 0) if at else 0
        return min(max(offset - gone[at] + inside - lead, 0), len(kept))

    lines = tuple((moved(offset), line) for offset, line in paragraph.lines)
    foreign = tuple(replace(one, start=moved(one.start), end=moved(one.end)) for one in paragraph.foreign)
    sayings = tuple(replace(one, start=moved(one.start), end=moved(one.end)) for one in paragraph.sayings)
    styles, cells = rearranged(paragraph.styles, paragraph.cells, moved)
    cleaned = replace(
        paragraph,
        text=kept,
        lines=lines,
        foreign=foreign,
        sayings=sayings,
        label_chars=moved(paragraph.label_chars),
        styles=styles,
        cells=cells,
    )
    return cleaned, [Found(moved(at), mark) for at, mark in found]


def _without(text: str, removed: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in removed:
        pieces.append(text[done:start])
        done = end
    return "".join(pieces) + text[done:]
