"""A text as words for a recogniser: without quotation marks and the like, whose likelihood says nothing about the sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from audiobook.engines.word_times import words_of

_ENDS: Final = ".?!"
_PAUSES: Final = ",;:…—–("


class Piece(Protocol):
    """A piece of a text, usually a word; see `recogniser.Token`."""

    @property
    def start(self) -> int:
        """Index of its first character."""

    @property
    def log_probability(self) -> float:
        """How likely it is after the pieces before it, given the sound."""

    @property
    def begins_s(self) -> float:
        """When it begins."""


class Aligner(Protocol):
    """A sound with which texts can be compared; see `recogniser.Sound`."""

    def align(self, text: str) -> Sequence[Piece]:
        """Return the pieces of a text that is assumed to be spoken."""


class Word(NamedTuple):
    """A word, and the signs between it and the next one: a comma or a full stop, and a space."""

    text: str
    after: str


class Aligned(NamedTuple):
    """A word in a sound: how likely it is, as a logarithm, and when it begins."""

    log_probability: float
    begins_s: float


def spoken_words(text: str) -> list[Word]:
    """Return the words of a text, those of `words_of`, with simple punctuation."""
    spans = words_of(text)
    nexts = [start for start, _ in [*spans, (len(text), 0)][1:]]
    return [
        Word(text[start:end], _signs(text[end:following]))
        for (start, end), following in zip(spans, nexts, strict=True)
    ]


def _signs(between: str) -> str:
    sign = next((sign for sign in between if sign in _ENDS), "")
    if not sign and any(character in _PAUSES for character in between):
        sign = ","
    return sign + (" " if between.strip(sign) else "")


def align_words(sound: Aligner, words: Sequence[Word]) -> list[Aligned]:
    """Return each word in a sound that is assumed to say all of them. Signs do not count."""
    starts, text = [], ""
    for word in words:
        starts.append(len(text))
        text += word.text + word.after
    pieces = sound.align(text.rstrip())
    found: list[Aligned] = []
    at = 0
    for start, word in zip(starts, words, strict=True):
        while at < len(pieces) and pieces[at].start < start:
            at += 1
        first, total = at, 0.0
        while at < len(pieces) and pieces[at].start < start + len(word.text):
            total += pieces[at].log_probability
            at += 1
        latest = found[-1].begins_s if found else 0.0
        found.append(Aligned(total, pieces[first].begins_s if at > first else latest))
    return found
