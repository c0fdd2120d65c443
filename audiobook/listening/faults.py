"""Faults in the sound of a passage, found from the evidence for each word: words missing, doubled or invented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from difflib import SequenceMatcher
from enum import Enum, IntEnum
from itertools import groupby, pairwise
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.engines.word_times import words_of
from audiobook.listening.evidence import WordEvidence

_MISSING: Final = 4.5
"""Log-likelihood ratio above which a word counts as missing. It is at most 4 for names that were spoken, at most 1 for
nearly all other spoken words, and above 7 for nearly all words that were left out."""
_DOUBLED: Final = -1.5
"""Log-likelihood ratio above which a word counts as doubled; negative, because the recogniser expects no word twice."""
_ANOTHER_HEARD: Final = 2.2
"""How much the log-likelihood ratio of missing words is lowered if other words are transcribed in their place: then
something was said there. In the place of a word that was left out, nothing is transcribed."""
_MOST_REPLACED: Final = 3
"""Largest number of words for which this holds. If more were replaced, another sentence may have been said."""
_INVENTED: Final = 6.0
"""Log-likelihood ratio above which words count as invented. It is below 5.5 for words that a recogniser adds because
they are usual there ("being *the* equidistant"), and mostly above 6.5 for words that were said."""
_MISSING_TOGETHER: Final = 2.5
"""Log-likelihood ratio above which several adjacent words that are not transcribed count as missing; it is below -3 if
they were spoken."""
_UNLIKELY: Final = -3.0
"""Log-probability below which a word may belong to a fault."""
_UNLIKELY_WORDS: Final = 3
"""Number of adjacent unlikely words that, if not transcribed, show that something else was said."""
_UNLIKELY_TOGETHER: Final = -4.0
"""Highest mean log-probability of these words."""
_OTHER_WORDS: Final = 4
"""Number of adjacent words, unlikely or not, that show the same if none of them is transcribed."""
_OTHER: Final = -3.0
"""Highest mean log-probability of these words."""
_BETWEEN: Final = 1
"""Number of words that two different sentences may have in common by chance between words that differ."""
_ALIKE: Final = 0.7
"""Similarity of letters (0 to 1) from which two different spellings count as the same words."""
_MOST_ALIKE_WORDS: Final = 3
"""Largest number of words compared by sound. Longer parts sound alike even if one of their words is missing."""
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")

SoundAlike = Callable[[Sequence[tuple[str, str]]], Sequence[bool]]
_Operations = Sequence[tuple[str, int, int, int, int]]


class Kind(str, Enum):
    """What is wrong with a part of a passage."""

    MISSING = "missing"
    """Words of the text are not heard, or other words are heard instead."""
    DOUBLED = "doubled"
    """A word is heard twice."""
    INVENTED = "invented"
    """Words are heard that are not in the text."""


class Written(IntEnum):
    """How a word of the text is written in a transcript; false if it is not there."""

    NOT = 0
    SAME = 1
    """As in the text, but a recogniser sometimes writes an expected word that nobody said; or together with other words
    that sound like the text, although one of them may be missing ("whitely" for "from Whiteley's")."""
    OTHERWISE = 2
    """As one other word that sounds alike ("and" for "Anne"), which shows that it was said."""


class Suspicion(msgspec.Struct, frozen=True):
    """Adjacent words of a text that probably do not sound as they should.

    Attributes:
        kind: What is wrong.
        first: Index of the first word.
        end: Index after the last word.
        strength: How clear the fault is: how far a log-likelihood ratio is above its threshold; above 0.
    """

    kind: Kind
    first: int
    end: int
    strength: float


def suspicions(
    evidence: Sequence[WordEvidence],
    is_transcribed: Sequence[Written | bool],
    gain: Callable[[range], float],
) -> list[Suspicion]:
    """Return the missing and doubled words of a text, in order.

    Args:
        evidence: The evidence for each word.
        is_transcribed: Whether each word is in the transcript, a `Written` or a truth value; as many as `evidence`.
        gain: Returns how much more likely the sound is without some words, given their indices: the log-likelihood
            ratio.
    """
    found: list[Suspicion] = []
    for one in _single(evidence, is_transcribed, gain):
        last = found[-1] if found else None
        if last and last.kind is one.kind is Kind.MISSING and one.first - last.end <= _BETWEEN:
            strength = max(last.strength, one.strength)
            found[-1] = Suspicion(Kind.MISSING, last.first, one.end, strength)
        else:
            found.append(one)
    return found


def _single(
    evidence: Sequence[WordEvidence],
    is_transcribed: Sequence[Written | bool],
    gain: Callable[[range], float],
) -> Iterator[Suspicion]:
    at = 0
    while at < len(evidence):
        run = _others(evidence, is_transcribed, at) or _not_transcribed(is_transcribed, at)
        doubted = [
            index
            for index in run
            if is_doubtful(evidence[index]) and is_transcribed[index] is not Written.OTHERWISE
        ]
        strength = _strength(evidence, run, range(doubted[0], doubted[-1] + 1), gain) if doubted else 0.0
        if strength > 0:
            yield Suspicion(Kind.MISSING, doubted[0], doubted[-1] + 1, round(strength, 2))
        else:
            yield from _doubled(evidence, run)
        at = run.stop


def missing_runs(
    is_transcribed: Sequence[Written | bool],
    found: Sequence[Suspicion],
    replaced: Set[int],
    gain: Callable[[range], float],
) -> Iterator[Suspicion]:
    """Yield adjacent words that are missing together, although none of them seems to be missing alone.

    Args:
        is_transcribed: Whether each word of the text is in the transcript.
        found: Words already known to be missing or doubled, which are left out.
        replaced: Indices of the words that are replaced in the transcript, from `replaced_words`.
        gain: Returns how much more likely the sound is without some words, given their indices: the log-likelihood
            ratio.
    """
    known = {index for one in found for index in range(one.first, one.end)}
    at = 0
    while at < len(is_transcribed):
        run = _not_transcribed(is_transcribed, at)
        at = run.stop
        if len(run) > 1 and known.isdisjoint(run):
            strength = gain(run) - _MISSING_TOGETHER - (_ANOTHER_HEARD if run.start in replaced else 0.0)
            if strength > 0:
                yield Suspicion(Kind.MISSING, run.start, run.stop, round(strength, 2))


def _not_transcribed(is_transcribed: Sequence[Written | bool], start: int) -> range:
    """Return the indices of the adjacent words from `start` that are not transcribed; at least `start` itself."""
    end = start
    while end < len(is_transcribed) and not is_transcribed[end]:
        end += 1
    return range(start, max(end, start + 1))


def _others(
    evidence: Sequence[WordEvidence], is_transcribed: Sequence[Written | bool], start: int
) -> range | None:
    """Return the longest run of words from `start` that were replaced by other words; None if no run begins there.

    A single word that is in both texts by chance does not end the run.
    """
    end = start
    while end < len(is_transcribed) and not all(is_transcribed[end : end + 1 + _BETWEEN]):
        end += 1
    missing = [index for index in range(start, end) if not is_transcribed[index]]
    if is_transcribed[start] or len(missing) < _OTHER_WORDS:
        return None
    run = range(start, missing[-1] + 1)
    return run if _mean(evidence[run.start : run.stop]) < _OTHER else None


def _doubled(evidence: Sequence[WordEvidence], indices: range) -> Iterator[Suspicion]:
    for index in indices:
        over = evidence[index].doubled - _DOUBLED
        if over > 0:
            yield Suspicion(Kind.DOUBLED, index, index + 1, round(over, 2))


def invented(before: int, count: int, gain: float) -> Suspicion | None:
    """Return the suspicion that words were said that are not in the text; None if it is not clear enough.

    Args:
        before: Index of the word before which they are heard; `count` for the end of the text.
        count: Number of words in the text, at least 1.
        gain: How much more likely the sound is with them: the log-likelihood ratio.
    """
    strength = gain - _INVENTED
    at = min(before, count - 1)
    return Suspicion(Kind.INVENTED, at, at + 1, round(strength, 2)) if strength > 0 else None


def is_doubtful(word: WordEvidence) -> bool:
    """Return whether a word may be missing: it is unlikely, or the sound is more likely without it."""
    return word.log_probability < _UNLIKELY or word.missing > _MISSING


def _strength(
    evidence: Sequence[WordEvidence], run: range, doubted: range, gain: Callable[[range], float]
) -> float:
    """Return the strength of the evidence that one or more of some adjacent words are missing; above 0 if they are.

    Words that are only unlikely together may be names or foreign words, which a recogniser writes as it hears them.
    These were said if the sound is less likely without them.
    """
    words = evidence[run.start : run.stop]
    single = max(word.missing for word in words) - _MISSING
    together = _OTHER - _mean(words) if len(words) >= _OTHER_WORDS else 0.0
    doubtful = [list(run) for holds, run in groupby(words, is_doubtful) if holds]
    unlikely = [_UNLIKELY_TOGETHER - _mean(run) for run in doubtful if len(run) >= _UNLIKELY_WORDS]
    strongest = max(single, together, *unlikely)
    return strongest if strongest in (single, 0.0) or gain(doubted) > 0 else single


def _mean(words: Sequence[WordEvidence]) -> float:
    return sum(word.log_probability for word in words) / len(words)


def replaced_words(words: Sequence[str], heard: Sequence[str]) -> frozenset[int]:
    """Return the indices of the words of a text in whose place others are transcribed, up to three in a row.

    Args:
        words: The words of the text, from `normalised`.
        heard: The words of the transcript, from `normalised`.
    """
    return frozenset(
        index
        for operation, start, end, first, last in _compared(words, heard)
        if operation == "replace" and max(end - start, last - first) <= _MOST_REPLACED
        for index in range(start, end)
    )


def lowered(evidence: Sequence[WordEvidence], replaced: Set[int]) -> list[WordEvidence]:
    """Return the evidence for each word, with less for those to be missing that are replaced in the transcript."""
    return [
        replace(word, missing=word.missing - _ANOTHER_HEARD) if index in replaced else word
        for index, word in enumerate(evidence)
    ]


def transcribed_words(
    words: Sequence[str], heard: Sequence[str], doubtful: Sequence[bool], sound_alike: SoundAlike
) -> list[Written]:
    """Return for each word of a text whether it is in a transcript, possibly in another spelling.

    Args:
        words: The words of the text, from `normalised`.
        heard: The words of the transcript, from `normalised`.
        doubtful: Whether each word of the text may be missing. Other words are not compared by sound.
        sound_alike: Returns for each pair of words, or of up to three words each, whether they sound alike.
    """
    found = [Written.NOT] * len(words)
    others: list[tuple[int, int, int, int]] = []
    for operation, start, end, first, last in _compared(words, heard):
        if operation == "equal":
            found[start:end] = [Written.SAME] * (end - start)
        elif (
            operation == "replace"
            and any(doubtful[start:end])
            and max(end - start, last - first) <= _MOST_ALIKE_WORDS
        ):
            others.append((start, end, first, last))
    pairs = [(" ".join(words[start:end]), " ".join(heard[first:last])) for start, end, first, last in others]
    are_alike = [_similarity(one, other) >= _ALIKE for one, other in pairs]
    if not all(are_alike):
        sounds = sound_alike(pairs)
        are_alike = [is_written or sounds_so for is_written, sounds_so in zip(are_alike, sounds, strict=True)]
    for (start, end, first, last), is_alike in zip(others, are_alike, strict=True):
        if is_alike:
            is_one = end - start == last - first == 1
            found[start:end] = [Written.OTHERWISE if is_one else Written.SAME] * (end - start)
    return found


def inserted_words(words: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Find words in a transcript that may have been added between two adjacent words of the text.

    If more words are transcribed than the text has there, either the first or the last of them may have been added.

    Yields:
        Index of the next word in the text; start and end (exclusive) of the added words in the transcript.
    """
    for operation, start, end, first, last in _compared(words, heard):
        more = last - first - (end - start)
        if operation == "insert":
            yield start, first, last
        elif operation == "replace" and more > 0:
            yield start, first, first + more
            yield end, last - more, last


def words_per_sentence(words: Sequence[Sequence[str]], heard: Sequence[str]) -> list[int]:
    """Return how many words of a transcript belong to each sentence.

    Args:
        words: The words of each sentence.
        heard: The words of the transcript. Each of them belongs to one sentence.
    """
    whole = [word for sentence in words for word in sentence]
    operations = _compared(whole, heard)
    ends, end = [0], 0
    for sentence in words:
        end += len(sentence)
        ends.append(max(ends[-1], _index_in_second(operations, end)))
    ends[-1] = len(heard)
    return [after - before for before, after in pairwise(ends)]


def normalised(word: str) -> str:
    """Return a word in lower case, with letters and digits only."""
    return _NOT_A_LETTER.sub("", word).lower()


def normalised_words(text: str) -> list[str]:
    """Return the words of a text in lower case, with letters and digits only."""
    return [normalised(text[start:end]) for start, end in words_of(text)]


def _compared(words: Sequence[str], others: Sequence[str]) -> _Operations:
    return SequenceMatcher(None, words, others, autojunk=False).get_opcodes()


def _similarity(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _index_in_second(operations: _Operations, at: int) -> int:
    """Return the index in the second sequence that corresponds to an index in the first one."""
    for operation, start, end, first, last in operations:
        if start < at <= end:
            return (
                first + at - start
                if operation == "equal"
                else first + (last - first) * (at - start) // (end - start)
            )
    return 0
