"""Which words of a known text are missing or doubled in a sound, by the likelihood of the text with and without them.

What is transcribed does not tell: a recogniser corrects what it hears to what people would say, and writes numbers and
names in its own way. So each suspicion is a comparison of two texts: is the sound more likely if the word is left out,
or if it is spoken twice?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from audiobook.engines.word_times import words_of

_STRIDE: Final = 6
"""Every sixth word is doubled at once, so that a sound is compared with six texts rather than with one for each word."""
_BEHIND: Final = 4
"""Number of following words whose likelihood a doubled word still affects."""
_BEHIND_MISSING: Final = 5
_DOUBTFUL: Final = -0.7
"""Log-likelihood of a word below which it is checked whether it is missing."""
_MOST_DOUBTFUL: Final = 6
_SIGNS: Final = ".,;:?!…\"'“”‘’()[]«»„–—"


class Piece(Protocol):
    """A piece of a text, usually a word; see `recogniser.Token`."""

    @property
    def start(self) -> int:
        """Index of its first character."""

    @property
    def end(self) -> int:
        """Index after its last character."""

    @property
    def log_probability(self) -> float:
        """How likely it is after the pieces before it, given the sound."""


class Aligner(Protocol):
    """A sound with which texts can be compared; see `recogniser.Sound`."""

    def align(self, text: str) -> Sequence[Piece]:
        """Return the pieces of a text that is assumed to be spoken."""


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """What a sound tells about one word of its text.

    Attributes:
        start: Index of its first character.
        end: Index after its last character.
        log_probability: How likely the word is.
        missing: How much more likely the sound is without it, as the logarithm of the ratio; None if not in doubt.
        doubled: How much more likely the sound is if the word is spoken twice.
    """

    start: int
    end: int
    log_probability: float
    missing: float | None
    doubled: float


def weigh(sound: Aligner, text: str, pieces: Sequence[Piece]) -> list[WordEvidence]:
    """Return the evidence for each word of a text.

    Args:
        sound: The sound.
        text: What it should say.
        pieces: `sound.align(text)`.
    """
    words = words_of(text)
    own = [_between(pieces, start, end) for start, end in words]
    doubted = sorted(range(len(words)), key=lambda index: own[index])[:_MOST_DOUBTFUL]
    missing = {
        index: _without(sound, text, words, index, pieces) for index in doubted if own[index] < _DOUBTFUL
    }
    doubled = _twice(sound, text, words, pieces)
    return [
        WordEvidence(start, end, own[index], missing.get(index), doubled[index])
        for index, (start, end) in enumerate(words)
    ]


def extended(sound: Aligner, text: str, words: Sequence[tuple[int, int]], before: int, more: str) -> float:
    """Return how much more likely a sound is if further words are spoken before a word of its text.

    Args:
        sound: The sound.
        text: What it should say.
        words: The words of the text.
        before: Index of the word; the number of words for the end of the text.
        more: The further words.
    """
    end = words[min(len(words), before + _BEHIND_MISSING) - 1][1]
    at = words[before][0] if before < len(words) else end
    longer = f"{text[:at].rstrip()} {more} {text[at:end]}".strip()
    return _total(sound.align(longer)) - _total(sound.align(text[:end]))


def _without(
    sound: Aligner, text: str, words: Sequence[tuple[int, int]], index: int, pieces: Sequence[Piece]
) -> float:
    end = words[min(len(words), index + 1 + _BEHIND_MISSING) - 1][1]
    start, after = words[index]
    shorter = f"{text[:start]}{text[after:end].lstrip(_SIGNS + ' ')}"
    return _total(sound.align(shorter)) - _between(pieces, 0, end)


def _twice(
    sound: Aligner, text: str, words: Sequence[tuple[int, int]], pieces: Sequence[Piece]
) -> list[float]:
    found = [0.0] * len(words)
    for first in range(min(_STRIDE, len(words))):
        chosen = range(first, len(words), _STRIDE)
        longer, shifts = _with_doubled(text, words, chosen)
        other = sound.align(longer)
        for number, index in enumerate(chosen):
            start = words[index][0]
            end = words[min(len(words) - 1, index + _BEHIND)][1]
            gained = _between(other, start + shifts[number], end + shifts[number + 1])
            found[index] = gained - _between(pieces, start, end)
    return found


def _with_doubled(text: str, words: Sequence[tuple[int, int]], chosen: range) -> tuple[str, list[int]]:
    """Return a text with some words doubled, and by how much each of them is moved before and after the doubling."""
    parts: list[str] = []
    shifts, at, shift = [0], 0, 0
    for index in chosen:
        start, end = words[index]
        parts += [text[at:start], text[start:end], " "]
        at = start
        shift += end - start + 1
        shifts.append(shift)
    parts.append(text[at:])
    return "".join(parts), shifts


def _between(pieces: Sequence[Piece], start: int, end: int) -> float:
    """Return the log-likelihood of the pieces that begin in a part of the text."""
    return sum(piece.log_probability for piece in pieces if start <= piece.start < end)


def _total(pieces: Sequence[Piece]) -> float:
    return sum(piece.log_probability for piece in pieces)
