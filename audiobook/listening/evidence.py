"""Finding the words of a text that are missing or doubled in a sound, by comparing likelihoods.

A transcript does not show this: a recogniser tends to write what people usually say, and it has its own spelling of
numbers and names. So two texts are compared for each word: is the sound more likely if the word is left out, or if it
is spoken twice?

The recogniser finds some texts likely whatever the sound: it expects "the" where people usually say it, and it expects
no word twice. So the texts are compared in silence too, and a share of that difference is subtracted.

First, all words are compared, every sixth word in one text. Doubtful words are then compared alone, both in the whole
sound and in the sound of the words around them, where the recogniser guesses less. If the result is still undecided,
both comparisons are repeated in a slower copy, in which chance errors do not repeat and short words are easier to tell
apart.

Source: Z. Meng et al., "Internal Language Model Estimation for Domain-Adaptive End-to-End Speech Recognition", 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from audiobook.listening.wording import Aligned, Aligner, Word, align_words

_STRIDE: Final = 6
"""Every sixth word is changed at once, so a sound is compared with six changed texts, however many words there are."""
_DOUBTED_MISSING: Final = (0.5, 6.0)
"""Range of log-likelihood ratios in which a word that may be missing is compared again, alone."""
_DOUBTED_DOUBLED: Final = (-4.0, inf)
"""The same for a word that may be doubled."""
_MOST_DOUBTED: Final = 8
"""How many words of a text are compared alone."""
_UNDECIDED_MISSING: Final = (3.0, 6.5)
"""Range of log-likelihood ratios in which such a word is compared once more, in a slower copy of the sound."""
_UNDECIDED_DOUBLED: Final = (-2.6, 0.5)
"""The same for a word that may be doubled."""
_MOST_UNDECIDED: Final = 3
"""How many words of a text are compared in a slower copy."""
_SLOWER: Final = 0.85
"""Speed of the slower copy. At 0.7, repeated words are recognised less well than at normal speed."""
_WIDE_BEFORE: Final = 12
"""Number of words before the word in question in the longer slowed excerpt; the whole sound could be too long."""
_WIDE_AFTER: Final = 8
"""Number of words after the word in question in that excerpt."""
_NARROW_BEFORE: Final = 2
"""Number of words before the word in question in the shorter excerpt."""
_NARROW_AFTER: Final = 3
"""Number of words after the word in question in the shorter excerpt."""
_COUNTED_AFTER: Final = 2
"""Number of words after the changed word whose likelihood counts. Later words hardly depend on the change."""
_PRIOR_WEIGHT: Final = 0.4
"""Share of the gain in silence that is subtracted, because the recogniser expects some texts whatever the sound."""
_HARD_TO_COUNT: Final = 2.6
"""How much the log-likelihood ratio of a doubled word is lowered where repetitions are hard to count."""
_SHARED_BEGINNING_CHARS: Final = 3
"""Minimum length of a word with which the next word begins, for repetitions to be hard to count."""
_COUNTED_AFTER_INSERTION: Final = 5
"""Number of words after inserted words whose likelihood counts."""
_Change = Callable[[list[Word], Word], None]
"""Appends a changed word to a text: nothing to leave it out, or the word twice."""
Near = Callable[[int, int, float], Aligner]
"""Returns an excerpt of a sound: from the start of a word to the start of another, by index, played at a speed."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A kind of change to a word, and the log-likelihood ratios for which it needs a closer look.

    Attributes:
        change: Makes the change.
        doubted: Lowest and highest ratio for which the word is compared alone.
        undecided: Lowest and highest ratio for which it is then compared in a slower copy.
    """

    change: _Change
    doubted: tuple[float, float]
    undecided: tuple[float, float]


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """The evidence in a sound for one word of its text.

    Attributes:
        log_probability: Natural logarithm of the word's probability, given the sound and the words before it.
        missing: How much more likely the sound is without the word: the logarithm of the likelihood ratio.
        doubled: How much more likely the sound is if the word is spoken twice: the logarithm of the likelihood ratio.
    """

    log_probability: float
    missing: float
    doubled: float


def word_evidence(
    sound: Aligner, silence: Aligner, words: Sequence[Word], aligned: Sequence[Aligned], near: Near
) -> list[WordEvidence]:
    """Return the evidence for each word of a text, in order.

    Args:
        sound: The sound.
        silence: A sound without any speech.
        words: What the sound should say.
        aligned: `align_words(sound, words)`.
        near: Returns an excerpt of the sound, given the index of its first word, the index after its last, and a
            playing speed.
    """
    in_sound = [word.log_probability for word in aligned]
    in_silence = [word.log_probability for word in align_words(silence, words)]
    missing, doubled = (
        _question_gains(question, sound, silence, words, in_sound, in_silence, near)
        for question in (_MISSING, _DOUBLED)
    )
    for index in range(len(words)):
        if _is_hard_to_count(words, index):
            doubled[index] -= _HARD_TO_COUNT
    return [WordEvidence(*values) for values in zip(in_sound, missing, doubled, strict=True)]


def _question_gains(
    question: _Question,
    sound: Aligner,
    silence: Aligner,
    words: Sequence[Word],
    in_sound: Sequence[float],
    in_silence: Sequence[float],
    near: Near,
) -> list[float]:
    """Return how much more likely a change of each word makes a sound; doubtful words are compared more closely."""
    change = question.change
    pairs = zip(
        _gains(sound, words, in_sound, change), _gains(silence, words, in_silence, change), strict=True
    )
    gains = [gain - _PRIOR_WEIGHT * prior for gain, prior in pairs]
    lowest, highest = question.doubted
    doubted = [index for index, gain in enumerate(gains) if lowest < gain < highest]
    likeliest = sorted(doubted, key=gains.__getitem__, reverse=True)[:_MOST_DOUBTED]
    closer = _closer_gains(sound, silence, words, likeliest, question, near)
    for index, gain in zip(likeliest, closer, strict=True):
        gains[index] = gain
    return gains


def _closer_gains(
    sound: Aligner,
    silence: Aligner,
    words: Sequence[Word],
    doubted: Sequence[int],
    question: _Question,
    near: Near,
) -> Iterator[float]:
    """Yield how much more likely a change of each doubted word makes a sound, compared alone.

    Where the result is undecided, it is averaged with that of a slower copy.
    """
    lowest, highest = question.undecided
    slower_count = 0
    for index in doubted:
        prior = _PRIOR_WEIGHT * _gain(silence, words, index, question.change)
        comparison = _Comparison(words, index, question.change, near, prior)
        gain = comparison.gain(sound)
        if lowest < gain < highest and slower_count < _MOST_UNDECIDED:
            gain = (gain + comparison.gain_slower()) / 2
            slower_count += 1
        yield gain


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A text compared with the same text in which one word is changed.

    Attributes:
        words: The text.
        index: Index of the changed word.
        change: Makes the change.
        near: Returns an excerpt of the sound; see `word_evidence`.
        prior: The expected gain of the change, independent of the sound; it is subtracted from the result.
    """

    words: Sequence[Word]
    index: int
    change: _Change
    near: Near
    prior: float

    def gain(self, sound: Aligner) -> float:
        """Return the mean of the gains in the whole sound and in the sound of the nearest words."""
        whole = _gain(sound, self.words, self.index, self.change)
        return (whole + self._excerpt_gain(_NARROW_BEFORE, _NARROW_AFTER, 1.0)) / 2 - self.prior

    def gain_slower(self) -> float:
        """Return the mean of the gains in a longer and a shorter excerpt, both played slower."""
        wide = self._excerpt_gain(_WIDE_BEFORE, _WIDE_AFTER, _SLOWER)
        return (wide + self._excerpt_gain(_NARROW_BEFORE, _NARROW_AFTER, _SLOWER)) / 2 - self.prior

    def _excerpt_gain(self, before: int, after: int, speed: float) -> float:
        first, end = max(0, self.index - before), min(len(self.words), self.index + 1 + after)
        return _gain(self.near(first, end, speed), self.words[first:end], self.index - first, self.change)


def _is_hard_to_count(words: Sequence[Word], index: int) -> bool:
    """Return whether it is hard to hear how often a word is spoken.

    This is so for a single word, a repeated word ("No, no", "as soon as"), and a word with which the next one begins
    ("I did – didn't know").
    """
    if len(words) == 1:
        return True
    own = words[index].text.casefold()
    after = words[index + 1].text.casefold() if index + 1 < len(words) else ""
    near = (*words[max(0, index - 2) : index], *words[index + 1 : index + 3])
    is_repeated = any(word.text.casefold() == own for word in near)
    return is_repeated or (len(own) >= _SHARED_BEGINNING_CHARS and after.startswith(own))


def gain_without(sound: Aligner, silence: Aligner, words: Sequence[Word], omitted: range) -> float:
    """Return how much more likely a sound is if some adjacent words are left out: the log-likelihood ratio.

    Args:
        sound: The sound.
        silence: A sound without any speech.
        words: What the sound should say.
        omitted: Indices of the words to leave out.
    """
    end = min(len(words), omitted.stop + _NARROW_AFTER)
    kept = [*words[: omitted.start], *words[omitted.stop : end]]
    gain, prior = (
        sum(word.log_probability for word in align_words(heard, kept)[omitted.start :])
        - sum(word.log_probability for word in align_words(heard, words[:end])[omitted.start :])
        for heard in (sound, silence)
    )
    return gain - _PRIOR_WEIGHT * prior


def gain_with_inserted(
    sound: Aligner, words: Sequence[Word], before: int, inserted: Sequence[Word], aligned: Sequence[Aligned]
) -> float:
    """Return how much more likely a sound is if words are inserted into its text: the log-likelihood ratio.

    Args:
        sound: The sound.
        words: What the sound should say.
        before: Index of the word before which the others are inserted; `len(words)` for the end of the text.
        inserted: The inserted words.
        aligned: `align_words(sound, words)`.
    """
    end = min(len(words), before + _COUNTED_AFTER_INSERTION)
    found = align_words(sound, [*words[:before], *inserted, *words[before:end]])
    return sum(word.log_probability for word in found) - sum(word.log_probability for word in aligned[:end])


def _gains(sound: Aligner, words: Sequence[Word], own: Sequence[float], change: _Change) -> list[float]:
    """Return for each word how much more likely a sound is if it is changed; `own` are the words' log-likelihoods."""
    gains = [0.0] * len(words)
    for first in range(min(_STRIDE, len(words))):
        changed, starts = _changed(words, first, change)
        found = [word.log_probability for word in align_words(sound, changed)]
        for index in range(first, len(words), _STRIDE):
            end = min(len(words), index + 1 + _COUNTED_AFTER)
            gains[index] = sum(found[starts[index] : starts[end]]) - sum(own[index:end])
    return gains


def _gain(sound: Aligner, words: Sequence[Word], index: int, change: _Change) -> float:
    """Return how much more likely a sound is if one word is changed."""
    end = min(len(words), index + 1 + _COUNTED_AFTER)
    changed = list(words[:index])
    change(changed, words[index])
    found = align_words(sound, [*changed, *words[index + 1 : end]])
    own = align_words(sound, words[:end])
    return sum(word.log_probability for word in found[index:]) - sum(
        word.log_probability for word in own[index:]
    )


def _changed(words: Sequence[Word], first: int, change: _Change) -> tuple[list[Word], list[int]]:
    """Return a text with every sixth word changed from `first` on, and the new index of each word and of the end."""
    text: list[Word] = []
    starts: list[int] = []
    for index, word in enumerate(words):
        starts.append(len(text))
        if index % _STRIDE == first:
            change(text, word)
        else:
            text.append(word)
    return text, [*starts, len(text)]


def _left_out(text: list[Word], word: Word) -> None:
    if text and word.after.strip():
        text[-1] = Word(text[-1].text, word.after)


def _twice(text: list[Word], word: Word) -> None:
    again = word.text[0].lower() + word.text[1:] if word.text[1:].islower() else word.text
    text += [Word(word.text, " "), Word(again, word.after)]


_MISSING: Final = _Question(_left_out, _DOUBTED_MISSING, _UNDECIDED_MISSING)
_DOUBLED: Final = _Question(_twice, _DOUBTED_DOUBLED, _UNDECIDED_DOUBLED)
