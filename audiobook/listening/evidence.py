"""Finding the words of a text that are missing or doubled in a sound, by comparing likelihoods.

A transcript does not show this: a recogniser tends to write what people usually say, and it has its own spelling of
numbers and names. So two texts are compared for each word: is the sound more likely if the word is left out, or if it
is spoken twice?

The recogniser finds some texts likely whatever the sound: it expects "the" where people usually say it, and it expects
no word twice. So the texts are compared in silence too, and a share of that difference is subtracted.

First, all words are compared, every sixth word in one text. Doubtful words are then compared alone, both in the whole
sound and in the sound of the words around them, where the recogniser guesses less. If the result is still undecided,
both comparisons are repeated in copies at other speeds, in which chance errors do not repeat. So are those of words
that a recogniser adds.

Source: Z. Meng et al., "Internal Language Model Estimation for Domain-Adaptive End-to-End Speech Recognition", 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf
from statistics import fmean
from typing import Final

import msgspec

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
"""Range of log-likelihood ratios in which such a word is compared again, in copies of the sound at other speeds."""
_UNDECIDED_DOUBLED: Final = (-2.6, 0.5)
"""The same for a word that may be doubled."""
_MOST_UNDECIDED: Final = 3
"""How many words of a text are compared in these copies."""
_OTHER_SPEEDS: Final = (0.75, 0.85, 0.93, 1.1)
"""Speeds of the copies. What a recogniser imagines at one speed, it does not hear at others."""
_WIDE_BEFORE: Final = 12
"""Number of words before the word in question in the longer excerpt of a copy; the whole sound could be too long."""
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
_LOWEST_PRIOR: Final = -8.0
"""Lower limit of that gain. Repetitions that are less likely in silence are not more likely in any sound."""
_HARD_TO_COUNT: Final = 2.6
"""How much the log-likelihood ratio of a doubled word is lowered where repetitions are hard to count."""
_SHARED_BEGINNING_CHARS: Final = 3
"""Minimum length of a word with which the next word begins, for repetitions to be hard to count."""
_Change = Callable[[list[Word], Word], None]
"""Appends a changed word to a text: nothing to leave it out, or the word twice."""
Near = Callable[[int, int, float], Aligner]
"""Returns an excerpt of a sound: from the start of a word to the start of another, by index, played at a speed."""


class _Question(msgspec.Struct, frozen=True):
    """A kind of change to a word, and the log-likelihood ratios for which it needs a closer look.

    Attributes:
        change: Makes the change.
        doubted: Lowest and highest ratio for which the word is compared alone.
        undecided: Lowest and highest ratio for which it is then compared in copies at other speeds.
    """

    change: _Change
    doubted: tuple[float, float]
    undecided: tuple[float, float]


class WordEvidence(msgspec.Struct, frozen=True):
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
    gains = [gain - _share(prior) for gain, prior in pairs]
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

    Where the result is undecided, it is averaged with those of copies at other speeds.
    """
    lowest, highest = question.undecided
    undecided_count = 0
    for index in doubted:
        changed: list[Word] = list(words[:index])
        question.change(changed, words[index])
        comparison = _Comparison(words, range(index, index + 1), changed, near)
        prior = comparison.prior(silence)
        gain = comparison.gain(sound) - prior
        if lowest < gain < highest and undecided_count < _MOST_UNDECIDED:
            gain = comparison.mean_gain(sound) - prior
            undecided_count += 1
        yield gain


class _Comparison(msgspec.Struct, frozen=True):
    """A text compared with the same text in which some adjacent words are changed.

    Attributes:
        words: The text.
        changed: Indices of the changed words; empty, but with the place, if words are only inserted.
        beginning: The changed text up to the change.
        near: Returns an excerpt of the sound; see `word_evidence`.
    """

    words: Sequence[Word]
    changed: range
    beginning: Sequence[Word]
    near: Near

    def prior(self, silence: Aligner) -> float:
        """Return the expected gain, independent of the sound, which must be subtracted from the others."""
        return _share(self._gain(silence, 0, len(self.words)))

    def gain(self, sound: Aligner) -> float:
        """Return the mean of the gains in the whole sound and in the sound of the nearest words."""
        whole = self._gain(sound, 0, len(self.words))
        return (whole + self._excerpt_gain(_NARROW_BEFORE, _NARROW_AFTER, 1.0)) / 2

    def mean_gain(self, sound: Aligner) -> float:
        """Return the mean of `gain`, and of the gains in a longer and a shorter excerpt at each of the other speeds."""
        gains = [self.gain(sound)]
        for speed in _OTHER_SPEEDS:
            wide = self._excerpt_gain(_WIDE_BEFORE, _WIDE_AFTER, speed)
            gains.append((wide + self._excerpt_gain(_NARROW_BEFORE, _NARROW_AFTER, speed)) / 2)
        return fmean(gains)

    def _excerpt_gain(self, before: int, after: int, speed: float) -> float:
        first = max(0, self.changed.start - before)
        end = min(len(self.words), max(self.changed.stop + after, first + 1))
        return self._gain(self.near(first, end, speed), first, end)

    def _gain(self, sound: Aligner, first: int, end: int) -> float:
        """Return how much more likely a sound of some words (from `first` to `end`, exclusive) is with the change."""
        end = min(end, self.changed.stop + _COUNTED_AFTER)
        kept = self.changed.start - first
        found = align_words(sound, [*self.beginning[first:], *self.words[self.changed.stop : end]])
        own = align_words(sound, self.words[first:end])
        return sum(word.log_probability for word in found[kept:]) - sum(
            word.log_probability for word in own[kept:]
        )


def _share(gain_in_silence: float) -> float:
    """Return the share of a gain in silence that is subtracted from that in a sound."""
    return _PRIOR_WEIGHT * max(gain_in_silence, _LOWEST_PRIOR)


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
    return gain - _share(prior)


def gain_with_inserted(
    sound: Aligner, silence: Aligner, words: Sequence[Word], before: int, inserted: Sequence[Word], near: Near
) -> float:
    """Return how much more likely a sound is if words are inserted into its text: the log-likelihood ratio.

    Args:
        sound: The sound.
        silence: A sound without any speech.
        words: What the sound should say.
        before: Index of the word before which the others are inserted; `len(words)` for the end of the text.
        inserted: The inserted words.
        near: Returns an excerpt of the sound; see `word_evidence`.
    """
    beginning = [*words[:before], *inserted]
    comparison = _Comparison(words, range(before, before), beginning, near)
    prior = comparison.prior(silence)
    gain = comparison.gain(sound) - prior
    return comparison.mean_gain(sound) - prior if gain > 0 else gain


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
