"""From evidence to faults: words of a passage that are missing, doubled, invented, or something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import Final

import msgspec

from audiobook.engines.word_times import words_of
from audiobook.listening.evidence import WordEvidence

_MISSING: Final = 2.0
"""Logarithm of a likelihood ratio above which a word counts as missing. Half of the English essays gave at most -0.2 for
words that a Piper voice spoke, and at least 3 for words that it did not."""
_DOUBLED: Final = -3.6
"""The same for doubled words; negative, since a recogniser expects no word twice."""
_INVENTED: Final = 0.0
_UNLIKELY: Final = -3.0
"""Log-likelihood of a word that probably belongs to the same fault as a missing word next to it."""
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")


class Kind(str, Enum):
    """What is wrong with a part of a passage."""

    MISSING = "missing"
    """Words are not heard, or others in their place."""
    DOUBLED = "doubled"
    INVENTED = "invented"
    """Words are heard that are not in the text."""


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """A part of a sentence that does not sound as it should.

    Attributes:
        kind: What is wrong.
        start: Index of its first character in the text of the sentence.
        length: Its length in characters; of an invented part, that of the word before which it is heard.
        strength: How clear the evidence is: the logarithm of a likelihood ratio above its threshold.
    """

    kind: Kind
    start: int
    length: int
    strength: float


def faults_of(evidence: Sequence[WordEvidence]) -> Iterator[Fault]:
    """Yield the missing and doubled words of a text in order.

    Neighbours of a missing word that are unlikely too belong to the same fault: when half a sentence is missing, no
    single word fits without the others.
    """
    taken = -1
    for index, word in enumerate(evidence):
        if index <= taken:
            continue
        if word.missing is not None and word.missing > _MISSING:
            first, last = _run(evidence, index, taken)
            taken = last
            strength = max(one.missing or 0.0 for one in evidence[first : last + 1]) - _MISSING
            start = evidence[first].start
            yield Fault(Kind.MISSING, start, evidence[last].end - start, round(strength, 2))
        elif word.doubled > _DOUBLED:
            yield Fault(Kind.DOUBLED, word.start, word.end - word.start, round(word.doubled - _DOUBLED, 2))


def _run(evidence: Sequence[WordEvidence], index: int, taken: int) -> tuple[int, int]:
    first = last = index
    while first - 1 > taken and evidence[first - 1].log_probability < _UNLIKELY:
        first -= 1
    while last + 1 < len(evidence) and (
        evidence[last + 1].log_probability < _UNLIKELY or (evidence[last + 1].missing or 0.0) > _MISSING
    ):
        last += 1
    return first, last


def invented(text: str, heard: str) -> Iterator[tuple[int, str]]:
    """Yield what is heard between two words of a text that are both heard: (index of the next word, what is heard)."""
    words, others = plain_words(text), plain_words(heard)
    shown = heard.split()
    for operation, start, _, first, last in _compared(words, others):
        if operation == "insert" and len(shown) == len(others):
            yield start, " ".join(shown[first:last])


def heard_instead(texts: Sequence[str], heard: str) -> list[str]:
    """Return what is heard of each of several sentences, given what is heard of all of them together."""
    counts = [len(plain_words(text)) for text in texts]
    words = [word for text in texts for word in plain_words(text)]
    shown = [word for word in heard.split() if plain_words(word)]
    others = [plain_words(word)[0] for word in shown]
    ends = [len(shown)] * len(texts)
    at = 0
    for index, count in enumerate(counts[:-1]):
        at += count
        ends[index] = _place(_compared(words, others), at)
    return [" ".join(shown[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def plain_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    found = (_NOT_A_LETTER.sub("", text[start:end]).lower() for start, end in words_of(text))
    return [word for word in found if word]


def _compared(words: Sequence[str], others: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, words, others, autojunk=False).get_opcodes()


def _place(operations: Sequence[tuple[str, int, int, int, int]], at: int) -> int:
    """Return where in the second sequence the place `at` of the first one is."""
    for operation, start, end, first, last in operations:
        if start <= at < end or (at == end and operation != "insert"):
            if operation == "equal":
                return first + at - start
            return first + (last - first) * (at - start) // max(1, end - start)
    return operations[-1][4] if operations else 0
