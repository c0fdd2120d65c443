"""The paragraphs of a document, before it is known which of them are headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from audiobook.sources.chapters.forms import Form, forms, may_be_labelled
from audiobook.sources.chapters.lines import is_alone
from audiobook.sources.chapters.vocabulary import phrase_key

Line = tuple[int, str]
"""A line number, from 1, and the line's text; stripped and never empty."""

LONGEST_HEADING_CHARS: Final = 240
MOST_HEADING_LINES: Final = 4
_LONGEST_INNER_CHARS: Final = 60
_FEW_CHARS: Final = 40
_SMALL_ONLY: Final = dict.fromkeys(map(ord, "ßªº"))
"""Letters without a capital."""
_PAGE_NUMBER = re.compile(
    r"[\s.…·_-]*(?:\bp(?:age|\.)?\s*)?\b\d{1,4}\s*\.?\s*$|[\s.…·]{4,}[ivxlc]{1,7}\s*$", re.I
)
PROSE_END = re.compile(r"[.!?…;,:。！？；，：।؟۔]['\"”’»)_\]]*$")
_CLAUSE_END = re.compile(r"[;,:]['\"”’»)_]*$")


class Piece(msgspec.Struct, frozen=True):
    """A paragraph.

    Attributes:
        lines: In order; never empty.
        gap: Number of blank lines before it; 1 where the format has none.
        is_marked: Whether it looks like a heading: all of it is bold, larger or centred.
    """

    lines: tuple[Line, ...]
    gap: int = 1
    is_marked: bool = False

    @property
    def text(self) -> str:
        """The text on one line."""
        return " ".join(text for _, text in self.lines)

    @property
    def chars(self) -> int:
        """Number of characters."""
        return sum(len(text) + 1 for _, text in self.lines)


class Document(msgspec.Struct):
    """The pieces of a document and what is known about them.

    Attributes:
        pieces: In order.
        language: BCP 47 tag.
        forms: For each piece, the readings of its first line as a numbered heading.
        ends: For each piece, the characters of the document up to its end.
        contents: Numbers of the pieces that belong to a table of contents or a list.
        keys: The keys of pieces that were compared with a table of contents.
    """

    pieces: list[Piece]
    language: str
    forms: list[tuple[Form, ...]] = msgspec.field(default_factory=list)
    ends: list[int] = msgspec.field(default_factory=list)
    contents: set[int] = msgspec.field(default_factory=set)
    keys: dict[int, list[str]] = msgspec.field(default_factory=dict)

    def chars_between(self, start: int, end: int) -> int:
        """Return the number of characters of the pieces from `start` to before `end`."""
        if end <= start:
            return 0
        return self.ends[end - 1] - (self.ends[start - 1] if start else 0)

    @property
    def chars(self) -> int:
        """Characters of the whole document."""
        return self.ends[-1] if self.ends else 0


def read_document(pieces: Sequence[Piece], language: str) -> Document:
    """Return a document. Paragraphs that contain several headings are split.

    Args:
        pieces: The paragraphs.
        language: BCP 47 tag.
    """
    found = Document([], language)
    total = 0
    for piece in (part for each in pieces for part in _apart(each, language)):
        for part, ways in _split(piece, language):
            total += part.chars
            found.pieces.append(part)
            found.forms.append(ways)
            found.ends.append(total)
    return found


def _apart(piece: Piece, language: str) -> list[Piece]:
    """Split a paragraph before each heading in it, in a text without blank lines around headings."""
    if len(piece.lines) < 2:
        return [piece]
    starts = [
        at
        for at, (_, text) in enumerate(piece.lines[1:], 1)
        if len(text) <= _LONGEST_INNER_CHARS
        and may_be_labelled(text, language)
        and any(form.level and form.is_plain and _stands_out(form, text) for form in forms(text, language))
        and not (at + 1 < len(piece.lines) and piece.lines[at + 1][1][:1].islower())
    ]
    if not starts:
        return [piece]
    return [
        Piece(piece.lines[start:end], piece.gap if not start else 0, piece.is_marked)
        for start, end in zip([0, *starts], [*starts, len(piece.lines)], strict=True)
    ]


def _stands_out(form: Form, text: str) -> bool:
    """Return whether a line in the middle of a paragraph cannot be prose."""
    return not form.title or not text[:1].isascii() or text == text.upper()


def _split(piece: Piece, language: str) -> list[tuple[Piece, tuple[Form, ...]]]:
    """Split a paragraph into its headings and the text below them; most are a single piece."""
    first = forms(piece.lines[0][1], language)
    if len(piece.lines) == 1 or not first:
        return [(piece, first)]
    ways = [first, *(forms(text, language) for _, text in piece.lines[1:MOST_HEADING_LINES])]
    is_list = sum(map(_is_labelled, ways)) > 1 or (
        len(piece.lines) > 2 and all(any(form.is_plain for form in each) for each in ways)
    )
    if is_list:
        ways += [forms(text, language) for _, text in piece.lines[MOST_HEADING_LINES:]]
        starts = [
            at
            for at, each in enumerate(ways)
            if _is_labelled(each) or (each and each[0].is_bare) or is_alone(piece.lines[at][1])
        ]
        starts = starts if starts[:1] == [0] else [0, *starts]
        parts = [
            (Piece(piece.lines[start:end], piece.gap if not start else 0, piece.is_marked), ways[start])
            for start, end in zip(starts, [*starts[1:], len(piece.lines)], strict=True)
        ]
        return [part for each in parts for part in _cut(*each)]
    return _cut(piece, first)


def _is_labelled(ways: tuple[Form, ...]) -> bool:
    return any(form.level and form.is_plain for form in ways)


def _cut(piece: Piece, ways: tuple[Form, ...]) -> list[tuple[Piece, tuple[Form, ...]]]:
    """Separate a heading from the text that follows without a blank line."""
    rest = piece.lines[1:]
    if rest and _is_labelled(ways) and not any(map(str.isalnum, rest[0][1])):
        below = rest[1:]
        parts = [(Piece(piece.lines[:1], piece.gap, piece.is_marked), ways), (Piece(rest[:1], 0), ())]
        return [*parts, (Piece(below, 0), ())] if below else parts
    opens = any(form.is_plain and not form.title and (form.level or len(piece.lines) > 2) for form in ways)
    is_eastern = any(form.level and form.is_plain for form in ways) and not piece.lines[0][1][:1].isascii()
    if rest and is_eastern and (not is_title_line(rest[0][1]) or len(piece.lines) > MOST_HEADING_LINES):
        return [(Piece(piece.lines[:1], piece.gap, piece.is_marked), ways), (Piece(rest, 0), ())]
    if not rest or not opens or all(map(is_title_line, (text for _, text in rest[:MOST_HEADING_LINES]))):
        return [(piece, ways)]
    if rest[0][1][:1].islower():
        return [(piece, ())]
    titles = 0
    while (
        titles < len(rest) and rest[titles][1] == rest[titles][1].upper() and is_title_line(rest[titles][1])
    ):
        titles += 1
    cut = 1 + titles
    if cut >= len(piece.lines):
        return [(piece, ways)]
    return [
        (Piece(piece.lines[:cut], piece.gap, piece.is_marked), ways),
        (Piece(piece.lines[cut:], 0), ()),
    ]


def is_title_line(text: str) -> bool:
    """Return whether a line below a chapter number may be the title, or a part of it."""
    if len(text) > 100 or not any(map(str.isalnum, text)):
        return False
    return text == text.upper() or not (PROSE_END.search(text) or text[:1].islower())


def line_key(text: str) -> str:
    """Return a key for a line that is the same for a heading and its entry in a table of contents."""
    return phrase_key(_PAGE_NUMBER.sub("", text))


def is_capitals(text: str) -> bool:
    """Return whether all letters of a text, at least two, are capitals."""
    if not text.isupper():
        text = text.translate(_SMALL_ONLY)
        if not text.isupper():
            return False
    return sum(map(str.isalpha, text[:_FEW_CHARS])) > 1


def is_short(piece: Piece) -> bool:
    """Return whether a piece is no longer than a heading."""
    return len(piece.lines) <= MOST_HEADING_LINES and piece.chars <= LONGEST_HEADING_CHARS


def is_prose(piece: Piece) -> bool:
    """Return whether a piece is body text: longer than a heading, or a sentence."""
    if not is_short(piece):
        return True
    text = piece.text
    if is_capitals(text) or piece.is_marked:
        return False
    return (
        (bool(PROSE_END.search(text)) and len(text) > 6) or text[:1] in "“”„»«‹›—–-「『" or text[:1].islower()
    )


def is_clause(text: str) -> bool:
    """Return whether a text ends within a sentence."""
    return bool(_CLAUSE_END.search(text))
