"""Written and spoken words, side by side where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from audiobook.document import Sentence

_SIGNS: Final = re.compile(r"[\W_]+")


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
    start, end = sentence.span
    if (
        isinstance(sentence.starts, range) and not sentence.phonemes
    ):  # each character is said as it is written
        yield _plain(text[start:end], sentence.text)
        return
    at = start
    for first, last, sounds in _runs(sentence):
        begin, end = sentence.starts[first], sentence.ends[last - 1]
        if at < begin:
            yield _plain(text[at:begin], "")
        spoken, written = sentence.text[first:last], text[max(at, begin) : end]
        at = max(at, end)
        yield (
            Piece(written, None if spoken == written else spoken, sounds)
            if sounds
            else _plain(written, spoken)
        )


def _runs(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    """Yield the first and last index of spoken characters of one origin, or with phonemes, and these."""
    starts, ends, first = sentence.starts, sentence.ends, 0
    for span in sentence.phonemes:
        yield from _origins(starts, ends, first, span.start)
        yield span.start, span.end, span.phonemes.symbols
        first = span.end
    yield from _origins(starts, ends, first, len(sentence.text))


def _origins(
    starts: Sequence[int], ends: Sequence[int], first: int, last: int
) -> Iterator[tuple[int, int, str]]:
    begin = first
    for index in range(first + 1, last + 1):
        if index == last or starts[index] != starts[begin] or ends[index] != ends[begin]:
            yield begin, index, ""
            begin = index


def _plain(written: str, spoken: str) -> Piece:
    """Return a piece; signs that only look different are not shown."""
    return Piece(written or spoken, None) if _words(written) == _words(spoken) else Piece(written, spoken)


def _words(text: str) -> str:
    return _SIGNS.sub(" ", text.casefold()).strip()
