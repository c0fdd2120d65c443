"""Which words of a known text are missing or doubled in a sound, by the likelihood of the text with and without them.

A transcript does not show that: a recogniser corrects what it hears to what people would say, and writes
numbers and
names in its own way. So each suspicion is a comparison of two texts: is the sound more likely if the word is left out,
or if it is spoken twice?

The recogniser also knows which texts are likely, whatever the sound: it expects "the" where people would say it, and no
word twice. So both texts are compared for silence too, and a part of that difference is taken off.

All words are compared first, several at once. Doubtful ones are then compared alone, in the whole sound and in that of
the words around them, in which the recogniser guesses less. Where that decides nothing, both are heard again in a slower
copy: what the recogniser only heard by chance is not heard twice, and two short words are better kept apart.

Source: Z. Meng et al., "Internal Language Model Estimation for Domain-Adaptive End-to-End Speech Recognition", 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from audiobook.listening.wording import Aligned, Aligner, Word, align_words

_STRIDE: Final = 6
"""Every sixth word is changed at once, so that a sound is compared with six texts rather than with one for each word."""
_DOUBTED_MISSING: Final = (0.5, 6.0)
"""Logarithms of likelihood ratios between which a word that may be missing is compared again."""
_DOUBTED_DOUBLED: Final = (-4.0, inf)
_MOST_DOUBTED: Final = 8
_UNDECIDED_MISSING: Final = (3.0, 6.5)
"""Between which such a word is heard again, in a slower copy of the sound."""
_UNDECIDED_DOUBLED: Final = (-2.6, 0.5)
_MOST_UNDECIDED: Final = 3
_SLOWER: Final = 0.85
"""Speed of that copy. At 0.7, words that are spoken twice are heard less well than at the usual speed."""
_WIDELY_BEFORE: Final = 12
"""Number of words whose sound is slowed down in place of the whole, which could be longer than can be heard at once."""
_WIDELY_AFTER: Final = 8
_BEFORE: Final = 2
"""Number of words before a doubted one whose sound is heard again."""
_AFTER: Final = 3
_BEHIND: Final = 2
"""Number of words after the one in question whose likelihood counts: later ones hardly depend on it."""
_EXPECTED: Final = 0.4
"""How much of what the recogniser expects without any sound is taken off."""
_HARD_TO_COUNT: Final = 2.6
"""How much the logarithm of the ratio for a doubled word is lowered where repetitions can hardly be counted."""
_BEGINNING: Final = 3
"""Fewest letters of a word that is also the beginning of the next one."""
_EXTENDED: Final = 5
"""Number of words whose likelihood counts where further words are spoken."""

_Change = Callable[[list[Word], Word], None]
"""Adds a changed word to a text."""
Near = Callable[[int, int, float], Aligner]


@dataclass(frozen=True, slots=True)
class _Question:
    """A change of a text, and between which limits the logarithm of its likelihood ratio is looked at more closely."""

    change: _Change
    doubted: tuple[float, float]
    undecided: tuple[float, float]


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """What a sound reveals about one word of its text.

    Attributes:
        log_probability: How likely the word is.
        missing: How much more likely the sound is without it, as the logarithm of the ratio.
        doubled: How much more likely the sound is if the word is spoken twice.
    """

    log_probability: float
    missing: float
    doubled: float


def weigh(
    sound: Aligner, silence: Aligner, words: Sequence[Word], aligned: Sequence[Aligned], near: Near
) -> list[WordEvidence]:
    """Return the evidence for each word of a text.

    Args:
        sound: The sound.
        silence: The same without any speech.
        words: What the sound should say.
        aligned: `align_words(sound, words)`.
        near: Returns the part of the sound from a word to another (exclusive), at a speed.
    """
    heard = [word.log_probability for word in aligned]
    expected = [word.log_probability for word in align_words(silence, words)]
    told: list[list[float]] = []
    for question in (_MISSING, _DOUBLED):
        change = question.change
        pairs = zip(
            _gains(sound, words, heard, change), _gains(silence, words, expected, change), strict=True
        )
        gains = [gain - _EXPECTED * anyway for gain, anyway in pairs]
        lowest, highest = question.doubted
        doubted = [index for index, gain in enumerate(gains) if lowest < gain < highest]
        likeliest = sorted(doubted, key=gains.__getitem__, reverse=True)[:_MOST_DOUBTED]
        for index, gain in zip(
            likeliest, _decided(sound, silence, words, likeliest, question, near), strict=True
        ):
            gains[index] = gain
        told.append(gains)
    missing, doubled = told
    for index in range(len(words)):
        if _is_hard_to_count(words, index):
            doubled[index] -= _HARD_TO_COUNT
    return [WordEvidence(*one) for one in zip(heard, missing, doubled, strict=True)]


def _decided(
    sound: Aligner,
    silence: Aligner,
    words: Sequence[Word],
    doubted: Sequence[int],
    question: _Question,
    near: Near,
) -> Iterator[float]:
    """Yield how much more likely each of some changes makes a sound, heard twice where that decides nothing."""
    lowest, highest = question.undecided
    again = 0
    for index in doubted:
        anyway = _EXPECTED * _gain(silence, words, index, question.change)
        compared = _Compared(words, index, question.change, near, anyway)
        gain = compared.heard(sound)
        if lowest < gain < highest and again < _MOST_UNDECIDED:
            gain = (gain + compared.heard_slower()) / 2
            again += 1
        yield gain


@dataclass(frozen=True, slots=True)
class _Compared:
    """A change of a single word; `anyway` is the gain that the recogniser expects of it in any sound."""

    words: Sequence[Word]
    index: int
    change: _Change
    near: Near
    anyway: float

    def heard(self, sound: Aligner) -> float:
        """Return how much more likely the change makes a sound, and that of the words around."""
        whole = _gain(sound, self.words, self.index, self.change)
        return (whole + self._part(_BEFORE, _AFTER, 1.0)) / 2 - self.anyway

    def heard_slower(self) -> float:
        """Return the same for a slower copy."""
        widely = self._part(_WIDELY_BEFORE, _WIDELY_AFTER, _SLOWER)
        return (widely + self._part(_BEFORE, _AFTER, _SLOWER)) / 2 - self.anyway

    def _part(self, before: int, after: int, speed: float) -> float:
        first, end = max(0, self.index - before), min(len(self.words), self.index + 1 + after)
        return _gain(self.near(first, end, speed), self.words[first:end], self.index - first, self.change)


def _is_hard_to_count(words: Sequence[Word], index: int) -> bool:
    """Return whether it can hardly be heard how often a word is spoken.

    It is alone, next to itself ("No, no"), or before one that begins like it ("I did – didn't know").
    """
    if len(words) == 1:
        return True
    own = words[index].text.casefold()
    after = words[index + 1].text.casefold() if index + 1 < len(words) else ""
    before = words[index - 1].text.casefold() if index else ""
    return before == own or after == own or (len(own) >= _BEGINNING and after.startswith(own))


def without(sound: Aligner, silence: Aligner, words: Sequence[Word], some: range) -> float:
    """Return how much more likely a sound is if some words in a row are left out, as the logarithm of the ratio.

    Args:
        sound: The sound.
        silence: The same without any speech.
        words: What the sound should say.
        some: Their indices.
    """
    end = min(len(words), some.stop + _AFTER)
    kept = [*words[: some.start], *words[some.stop : end]]
    gain, anyway = (
        sum(word.log_probability for word in align_words(heard, kept)[some.start :])
        - sum(word.log_probability for word in align_words(heard, words[:end])[some.start :])
        for heard in (sound, silence)
    )
    return gain - _EXPECTED * anyway


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
    end = min(len(words), before + _EXTENDED)
    found = align_words(sound, [*words[:before], *more, *words[before:end]])
    return sum(word.log_probability for word in found) - sum(word.log_probability for word in aligned[:end])


def _gains(sound: Aligner, words: Sequence[Word], own: Sequence[float], change: _Change) -> list[float]:
    """Return for each word how much more likely a sound is if the word is changed."""
    gains = [0.0] * len(words)
    for first in range(min(_STRIDE, len(words))):
        changed, places = _changed(words, first, change)
        found = [word.log_probability for word in align_words(sound, changed)]
        for index in range(first, len(words), _STRIDE):
            end = min(len(words), index + 1 + _BEHIND)
            gains[index] = sum(found[places[index] : places[end]]) - sum(own[index:end])
    return gains


def _gain(sound: Aligner, words: Sequence[Word], index: int, change: _Change) -> float:
    """Return how much more likely a sound is if one word is changed."""
    end = min(len(words), index + 1 + _BEHIND)
    changed = list(words[:index])
    change(changed, words[index])
    found = align_words(sound, [*changed, *words[index + 1 : end]])
    own = align_words(sound, words[:end])
    return sum(word.log_probability for word in found[index:]) - sum(
        word.log_probability for word in own[index:]
    )


def _changed(words: Sequence[Word], first: int, change: _Change) -> tuple[list[Word], list[int]]:
    """Return a text with every sixth word changed, and the place in it of each word and of the end."""
    text: list[Word] = []
    places: list[int] = []
    for index, word in enumerate(words):
        places.append(len(text))
        if index % _STRIDE == first:
            change(text, word)
        else:
            text.append(word)
    return text, [*places, len(text)]


def _left_out(text: list[Word], word: Word) -> None:
    if text and word.after.strip():
        text[-1] = Word(text[-1].text, word.after)


def _twice(text: list[Word], word: Word) -> None:
    again = word.text[0].lower() + word.text[1:] if word.text[1:].islower() else word.text
    text += [Word(word.text, " "), Word(again, word.after)]


_MISSING: Final = _Question(_left_out, _DOUBTED_MISSING, _UNDECIDED_MISSING)
_DOUBLED: Final = _Question(_twice, _DOUBTED_DOUBLED, _UNDECIDED_DOUBLED)
