"""Turns: the parts of a sentence that different characters speak."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Final

import msgspec

from audiobook.casting import Character, Role
from audiobook.document import SpokenPart, is_speakable
from audiobook.narration.aligned import AlignedText

CLAUSE_MS: Final = 150
"""The pause between two voices at a comma or dash, where a reader breathes but the sentence continues."""
_CLOSING: Final = "\"'”“’»«›‹„)]} "
_ENDS: Final = ".!?…:"
_STOPS = re.compile(r"[,.;:!?…)\]]+(?=\s|\Z)")
_CLAUSE_ENDS: Final = ",;-–—"


class Turn(msgspec.Struct, frozen=True):
    """A sentence, or a part of one, of one character.

    Attributes:
        text: What is written.
        character: Who speaks it; None leaves it to the paragraph.
        pause_ms: The pause after it, in milliseconds; None for the usual one.
    """

    text: AlignedText
    character: Character | None = None
    pause_ms: int | None = None


def turns_of(said: AlignedText, start: int, end: int, parts: Sequence[SpokenPart]) -> Iterator[Turn]:
    """Yield the turns of a sentence.

    Signs without words belong to the turn before them. Parts that are not said are left out.

    Args:
        said: The text of the paragraph.
        start: Index of the sentence's first character in it.
        end: Index after its last character.
        parts: The spoken parts of the paragraph, in order.
    """
    if not parts:
        yield Turn(said.part(start, end))
        return
    pieces = _joined(said.text, _stopped(said.text, list(_pieces(said, start, end, parts))))
    for number, (first, last, character) in enumerate(pieces):
        text = trimmed(said, first, last)
        is_last = number == len(pieces) - 1
        if not (character and character.role is Role.UNSAID):
            yield Turn(text, character, None if is_last else _pause_ms(text.text))


def trimmed(text: AlignedText, start: int, end: int) -> AlignedText:
    """Return a part of a text without the spaces at its ends."""
    part = text.text[start:end]
    return text.part(start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip()))


_Piece = tuple[int, int, Character | None]


def _pieces(said: AlignedText, start: int, end: int, parts: Sequence[SpokenPart]) -> Iterator[_Piece]:
    """Yield the parts of a sentence and what is between them, without gaps."""
    first = bisect_right(parts, said.starts[start], key=attrgetter("end"))
    at = start
    for part in islice(parts, first, None):
        begin = max(bisect_left(said.starts, part.start), at)
        stop = min(bisect_left(said.starts, part.end), end)
        if begin >= end:
            break
        if at < begin:
            yield at, begin, None
        if begin < stop:
            yield begin, stop, part.character
            at = stop
    if at < end:
        yield at, end, None


def _stopped(text: str, pieces: list[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, after moving punctuation at the start of a piece to the end of the piece before it."""
    for number, (first, last, character) in enumerate(pieces):
        if number and (signs := _STOPS.match(text, first, last)):
            first = signs.end()
        if number + 1 < len(pieces):
            following, end, _ = pieces[number + 1]
            signs = _STOPS.match(text, following, end)
            last = signs.end() if signs else last
        if first < last:
            yield first, last, character


def _joined(text: str, pieces: Iterable[_Piece]) -> list[_Piece]:
    """Join pieces until each contains words and is spoken by a different character from the piece before it."""
    joined: list[_Piece] = []
    for first, last, character in pieces:
        is_unsaid = character is not None and character.role is Role.UNSAID
        before = joined[-1] if joined else None
        if before and not is_unsaid and (before[2] == character or not is_speakable(text[first:last])):
            joined[-1] = (before[0], last, before[2])
        elif before and not is_unsaid and not is_speakable(text[before[0] : before[1]]):
            joined[-1] = (before[0], last, character)
        else:
            joined.append((first, last, character))
    return joined


def _pause_ms(text: str) -> int | None:
    """Return the pause after a part of a sentence, by the sign at its end."""
    sign = text.rstrip(_CLOSING)[-1:]
    if sign in _ENDS:
        return None
    return CLAUSE_MS if sign in _CLAUSE_ENDS else 0
