"""Which words of a known text are missing or doubled in a sound, by the likelihood of the text with and without them.

What is transcribed does not tell: a recogniser corrects what it hears to what people would say, and writes numbers and
names in its own way. So each suspicion is a comparison of two texts: is the sound more likely if the word is left out,
or if it is spoken twice?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from audiobook.listening.wording import Aligned, Aligner, Word, align_words

_STRIDE: Final = 6
"""Every sixth word is doubled at once, so that a sound is compared with six texts rather than with one for each word."""
_BEHIND: Final = 5
"""Number of words, from the one in question, whose likelihood it affects."""
_DOUBTFUL: Final = -0.7
"""Log-likelihood of a word below which it is checked whether it is missing."""
_MOST_DOUBTFUL: Final = 6


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """What a sound tells about one word of its text.

    Attributes:
        log_probability: How likely the word is.
        missing: How much more likely the sound is without it, as the logarithm of the ratio; None if not in doubt.
        doubled: How much more likely the sound is if the word is spoken twice.
    """

    log_probability: float
    missing: float | None
    doubled: float


def weigh(sound: Aligner, words: Sequence[Word], aligned: Sequence[Aligned]) -> list[WordEvidence]:
    """Return the evidence for each word of a text.

    Args:
        sound: The sound.
        words: What it should say.
        aligned: `align_words(sound, words)`.
    """
    own = [word.log_probability for word in aligned]
    doubted = sorted(range(len(words)), key=own.__getitem__)[:_MOST_DOUBTFUL]
    missing = {index: _without(sound, words, index, own) for index in doubted if own[index] < _DOUBTFUL}
    doubled = _twice(sound, words, own)
    return [WordEvidence(own[index], missing.get(index), doubled[index]) for index in range(len(words))]


def extended(
    sound: Aligner, words: Sequence[Word], before: int, more: Sequence[Word], aligned: Sequence[Aligned]
) -> float:
    """Return how much more likely a sound is if further words are spoken before a word of its text.

    Args:
        sound: The sound.
        words: What it should say.
        before: Index of the word; the number of words for the end of the text.
        more: The further words.
        aligned: `align_words(sound, words)`.
    """
    end = min(len(words), before + _BEHIND)
    found = align_words(sound, [*words[:before], *more, *words[before:end]])
    return sum(word.log_probability for word in found) - sum(word.log_probability for word in aligned[:end])


def _without(sound: Aligner, words: Sequence[Word], index: int, own: Sequence[float]) -> float:
    end = min(len(words), index + 1 + _BEHIND)
    found = align_words(sound, [*words[:index], *words[index + 1 : end]])
    return sum(word.log_probability for word in found) - sum(own[:end])


def _twice(sound: Aligner, words: Sequence[Word], own: Sequence[float]) -> list[float]:
    gained = [0.0] * len(words)
    for first in range(min(_STRIDE, len(words))):
        longer: list[Word] = []
        places: list[int] = []
        for index, word in enumerate(words):
            places.append(len(longer))
            if index % _STRIDE == first:
                longer += [Word(word.text, " "), Word(_repeated(word.text), word.after)]
            else:
                longer.append(word)
        found = align_words(sound, longer)
        for index in range(first, len(words), _STRIDE):
            end = min(len(words), index + _BEHIND)
            last = places[end - 1] + (1 if end - 1 == index else 0)
            with_it = sum(word.log_probability for word in found[places[index] : last + 1])
            gained[index] = with_it - sum(own[index:end])
    return gained


def _repeated(word: str) -> str:
    """Return a word as it is written within a sentence."""
    return word[0].lower() + word[1:] if len(word) > 1 and word[1:].islower() else word
