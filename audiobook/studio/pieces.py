"""What is written beside what is spoken, where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from audiobook.document import Sentence


class Piece(NamedTuple):
    """A part of a sentence.

    Attributes:
        written: What is written; may be empty.
        spoken: What is said instead; None if it is said as written. Empty if it is not said.
        sounds: Its phonemes, if they are given.
    """

    written: str
    spoken: str | None = None
    sounds: str = ""


def pieces_of(sentence: Sentence, text: str) -> list[Piece]:
    """Return the parts of a sentence in order.

    Args:
        sentence: The sentence as spoken.
        text: The paragraph as written.
    """
    found: list[Piece] = []
    for piece in _pieces(sentence, text):
        last = found[-1] if found else None
        if last and last.sounds == piece.sounds == "" and (last.spoken is None) == (piece.spoken is None):
            spoken = None if last.spoken is None else last.spoken + (piece.spoken or "")
            found[-1] = Piece(last.written + piece.written, spoken)
        else:
            found.append(piece)
    return found


def _pieces(sentence: Sentence, text: str) -> Iterator[Piece]:
    sounds = {
        index: span for span in sentence.phonemes for index in range(span.start, span.start + span.length)
    }
    at = sentence.span[0]

    def origin(index: int) -> tuple[int, int] | str:
        """Return what the characters of one piece have in common: their phonemes, or their origin."""
        span = sounds.get(index)
        return str(span.start) + "s" if span else (sentence.starts[index], sentence.ends[index])

    for _, group in groupby(range(len(sentence.text)), origin):
        indices = list(group)
        start, end = sentence.starts[indices[0]], sentence.ends[indices[-1]]
        if at < start:
            yield _plain(text[at:start], "")
        spoken, written = sentence.text[indices[0] : indices[-1] + 1], text[max(at, start) : end]
        at = max(at, end)
        span = sounds.get(indices[0])
        if span:
            said = None if spoken == written else spoken
            yield Piece(written, said, span.phonemes.symbols)
        else:
            yield _plain(written, spoken)


def _plain(written: str, spoken: str) -> Piece:
    """Return a piece; signs that only look different are not worth showing."""
    is_same = written.casefold() == spoken.casefold() or not any(map(str.isalnum, written + spoken))
    return Piece(written or spoken, None) if is_same else Piece(written, spoken)
