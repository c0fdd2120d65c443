"""The words of a text, as the recogniser gets them: with simple punctuation, and without signs that have no sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from audiobook.engines.word_times import words_of

_ENDS: Final = ".?!"
_PAUSES: Final = ",;:…—–("


class Piece(Protocol):
    """A token of a text, usually a word; see `recogniser.Token`."""

    @property
    def start(self) -> int:
        """Index of its first character in the text."""

    @property
    def log_probability(self) -> float:
        """Natural logarithm of its probability, given the sound and the tokens before it."""

    @property
    def begins_s(self) -> float:
        """When it begins, in seconds from the start of the sound."""


class Aligner(Protocol):
    """A sound with which texts can be compared; see `recogniser.Sound`."""

    def align(self, text: str) -> Sequence[Piece]:
        """Return the tokens of a text, on the assumption that it is what is spoken."""


class Word(NamedTuple):
    """A word, and the punctuation and space between it and the next word."""

    text: str
    after: str


class Aligned(NamedTuple):
    """A word in a sound: the natural logarithm of its probability, and when it begins in seconds."""

    log_probability: float
    begins_s: float


def spoken_words(text: str) -> list[Word]:
    """Return the words of a text (see `words_of`), with simple punctuation."""
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
    """Return the probability and the start of each word, on the assumption that the sound says all of them.

    The probabilities of punctuation marks are left out, because they depend little on the sound.
    """
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
