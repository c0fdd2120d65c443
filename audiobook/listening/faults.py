"""From evidence to faults: words of a passage that are missing, doubled or invented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby, pairwise
from typing import Final

import msgspec

from audiobook.engines.word_times import words_of
from audiobook.listening.evidence import WordEvidence

_MISSING: Final = 4.5
"""Logarithm of a likelihood ratio above which a word counts as missing. Of words that are said, names reach 4, the others
hardly 1; those that are left out are seldom below 7."""
_DOUBLED: Final = -1.5
"""The same for doubled words; negative, since a recogniser expects no word twice."""
_MISSING_TOGETHER: Final = 2.5
"""The same for several words in a row that are not transcribed. Of words that are said, it is below -3."""
_UNLIKELY: Final = -3.0
"""Log-likelihood of a word that probably belongs to the same fault as its neighbour."""
_UNLIKELY_WORDS: Final = 3
"""Number of unlikely words in a row that, not transcribed, show that something else is said."""
_UNLIKELY_TOGETHER: Final = -4.0
"""Highest mean log-likelihood of such words."""
_OTHER_WORDS: Final = 4
"""Number of words in a row, unlikely or not, that show the same if none is transcribed."""
_OTHER: Final = -3.0
"""Highest mean log-likelihood of such words."""
_BETWEEN: Final = 1
"""Number of words that two sentences may share by chance between others that differ."""
_ALIKE: Final = 0.7
"""How similar the letters of words are that may sound the same."""
_MOST_ALIKE_WORDS: Final = 3
"""Most words that are compared by how they sound: a long part sounds alike even if a word in it is missing."""
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")

SoundAlike = Callable[[Sequence[tuple[str, str]]], Sequence[bool]]
_Operations = Sequence[tuple[str, int, int, int, int]]


class Kind(str, Enum):
    """What is wrong with a part of a passage."""

    MISSING = "missing"
    """Words are not heard, or others in their place."""
    DOUBLED = "doubled"
    INVENTED = "invented"
    """Words are heard that are not in the text."""


class Suspicion(msgspec.Struct, frozen=True):
    """Words that do not sound as they should: the first, the one after the last, and how clear that is, above 0."""

    kind: Kind
    first: int
    end: int
    strength: float


def suspicions(evidence: Sequence[WordEvidence], is_transcribed: Sequence[bool]) -> list[Suspicion]:
    """Return the missing and doubled words of a text in order.

    Args:
        evidence: For each word.
        is_transcribed: Whether it is in the transcript.
    """
    found: list[Suspicion] = []
    for one in _single(evidence, is_transcribed):
        last = found[-1] if found else None
        if last and last.kind is one.kind is Kind.MISSING and one.first - last.end <= _BETWEEN:
            strength = max(last.strength, one.strength)
            found[-1] = Suspicion(Kind.MISSING, last.first, one.end, strength)
        else:
            found.append(one)
    return found


def _single(evidence: Sequence[WordEvidence], is_transcribed: Sequence[bool]) -> Iterator[Suspicion]:
    at = 0
    while at < len(evidence):
        run = _others(evidence, is_transcribed, at) or _not_transcribed(is_transcribed, at)
        strength = _strength(evidence[run.start : run.stop])
        doubted = [index for index in run if is_doubtful(evidence[index])]
        if doubted and strength > 0:
            yield Suspicion(Kind.MISSING, doubted[0], doubted[-1] + 1, round(strength, 2))
        else:
            yield from _doubled(evidence, run)
        at = run.stop


def left_out(
    is_transcribed: Sequence[bool], found: Sequence[Suspicion], gain: Callable[[range], float]
) -> Iterator[Suspicion]:
    """Yield words in a row that are missing together, though none of them seems to be missing by itself.

    Args:
        is_transcribed: Whether each word of the text is in the transcript.
        found: What is known to be missing or doubled.
        gain: Returns how much more likely the sound is without some words.
    """
    known = {index for one in found for index in range(one.first, one.end)}
    at = 0
    while at < len(is_transcribed):
        run = _not_transcribed(is_transcribed, at)
        at = run.stop
        if len(run) > 1 and known.isdisjoint(run):
            strength = gain(run) - _MISSING_TOGETHER
            if strength > 0:
                yield Suspicion(Kind.MISSING, run.start, run.stop, round(strength, 2))


def _not_transcribed(is_transcribed: Sequence[bool], start: int) -> range:
    """Return a word, and those that follow it if none of them is transcribed."""
    end = start
    while end < len(is_transcribed) and not is_transcribed[end]:
        end += 1
    return range(start, max(end, start + 1))


def _others(evidence: Sequence[WordEvidence], is_transcribed: Sequence[bool], start: int) -> range | None:
    """Return the longest run of words from one on in whose place others are said; None if it begins none.

    Words that both have by chance, one at a time, do not end it.
    """
    end = start
    while end < len(is_transcribed) and not all(is_transcribed[end : end + 1 + _BETWEEN]):
        end += 1
    missing = [index for index in range(start, end) if not is_transcribed[index]]
    if is_transcribed[start] or len(missing) < _OTHER_WORDS:
        return None
    run = range(start, missing[-1] + 1)
    return run if _mean(evidence[run.start : run.stop]) < _OTHER else None


def _doubled(evidence: Sequence[WordEvidence], places: range) -> Iterator[Suspicion]:
    """Yield words that are doubled."""
    for index in places:
        over = evidence[index].doubled - _DOUBLED
        if over > 0:
            yield Suspicion(Kind.DOUBLED, index, index + 1, round(over, 2))


def is_doubtful(word: WordEvidence) -> bool:
    """Return whether a word may be missing."""
    return word.log_probability < _UNLIKELY or word.missing > _MISSING


def _strength(words: Sequence[WordEvidence]) -> float:
    """Return how clear it is that some words in a row are missing: one of them, or several together."""
    single = max(word.missing for word in words) - _MISSING
    together = _OTHER - _mean(words) if len(words) >= _OTHER_WORDS else 0.0
    doubtful = [list(run) for holds, run in groupby(words, is_doubtful) if holds]
    unlikely = [_UNLIKELY_TOGETHER - _mean(run) for run in doubtful if len(run) >= _UNLIKELY_WORDS]
    return max(single, together, *unlikely)


def _mean(words: Sequence[WordEvidence]) -> float:
    return sum(word.log_probability for word in words) / len(words)


def are_transcribed(
    words: Sequence[str], heard: Sequence[str], doubtful: Sequence[bool], sound_alike: SoundAlike
) -> list[bool]:
    """Return for each word of a text whether it is in a transcript, maybe as others that are written or sound alike.

    Args:
        words: The words of the text, as from `plain`.
        heard: Those of the transcript.
        doubtful: Which words matter: only for those it is checked how they sound.
        sound_alike: Returns for pairs of words whether they sound alike.
    """
    found = [False] * len(words)
    others: list[tuple[int, int, int, int]] = []
    for operation, start, end, first, last in _compared(words, heard):
        if operation == "equal":
            found[start:end] = [True] * (end - start)
        elif (
            operation == "replace"
            and any(doubtful[start:end])
            and max(end - start, last - first) <= _MOST_ALIKE_WORDS
        ):
            others.append((start, end, first, last))
    pairs = [(" ".join(words[start:end]), " ".join(heard[first:last])) for start, end, first, last in others]
    written = [_likeness(one, other) >= _ALIKE for one, other in pairs]
    if not all(written):
        written = [either or alike for either, alike in zip(written, sound_alike(pairs), strict=True)]
    for (start, end, _, _), alike in zip(others, written, strict=True):
        if alike:
            found[start:end] = [True] * (end - start)
    return found


def invented(words: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield what is transcribed between two words of a text that are both transcribed.

    Yields:
        The index of the next word of the text, and the first and the last (exclusive) of the words in between.
    """
    for operation, start, _, first, last in _compared(words, heard):
        if operation == "insert":
            yield start, first, last


def shares(words: Sequence[Sequence[str]], heard: Sequence[str]) -> list[int]:
    """Return how many words of a transcript belong to each of several sentences."""
    whole = [word for sentence in words for word in sentence]
    operations = _compared(whole, heard)
    places, at = [0], 0
    for sentence in words:
        at += len(sentence)
        places.append(max(places[-1], _place(operations, at)))
    places[-1] = len(heard)
    return [end - start for start, end in pairwise(places)]


def plain(word: str) -> str:
    """Return a word in lower case, without signs."""
    return _NOT_A_LETTER.sub("", word).lower()


def plain_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without signs."""
    return [plain(text[start:end]) for start, end in words_of(text)]


def _compared(words: Sequence[str], others: Sequence[str]) -> _Operations:
    return SequenceMatcher(None, words, others, autojunk=False).get_opcodes()


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _place(operations: _Operations, at: int) -> int:
    """Return where in the second sequence the place `at` of the first one is."""
    for operation, start, end, first, last in operations:
        if start < at <= end:
            return (
                first + at - start
                if operation == "equal"
                else first + (last - first) * (at - start) // (end - start)
            )
    return 0
