"""The words of a sentence, and when each is heard, from what an engine tells of its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from audiobook.document import Mark

_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: words stand without spaces between them."""
_TOKEN = re.compile(r"\S+")


class WordEvent(NamedTuple):
    """When a word begins: its first character from 0, its length, its sample from the start."""

    position: int
    length: int
    sample: int


def word_marks(text: str, events: Sequence[WordEvent], length_samples: int) -> tuple[Mark, ...]:
    """Turn the library's word events into marks on the words of the text.

    espeak-ng reports a number's parts at drifting positions, a hyphenated word in pieces, and some pairs of
    words ("of the") as one. So the first event that falls into a word marks the word, and a word
    without an event belongs to the one before it.

    Args:
        text: The sentence that was spoken.
        events: What the library reported, in its order.
        length_samples: How long the sentence sounds.

    Returns:
        Marks in order of time; each covers whole words, and none reaches into the next.
    """
    tokens = words_of(text)
    heard: dict[int, int] = {}
    at = 0
    for event in events:
        while at + 1 < len(tokens) and tokens[at + 1][0] <= event.position:
            at += 1
        if tokens and event.sample < length_samples and at not in heard:
            heard[at] = event.sample
    marks: list[Mark] = []
    for index, (start, end) in enumerate(tokens):
        if index in heard and (not marks or heard[index] >= marks[-1].offset_samples):
            marks.append(Mark(start, end - start, heard[index]))
        elif marks:
            marks[-1] = Mark(marks[-1].start, end - marks[-1].start, marks[-1].offset_samples)
    return tuple(marks)


def words_of(text: str) -> list[tuple[int, int]]:
    """Give the (start, end) of each word without its punctuation; words of signs alone are left out."""
    spans: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while start < end and not _is_spoken(text[start]):
            start += 1
        while end > start and not _is_spoken(text[end - 1]):
            end -= 1
        if start == end:
            continue
        if _NO_SPACES.search(text, start, end):
            spans.extend((position, position + 1) for position in range(start, end))
        else:
            spans.append((start, end))
    return spans


def _is_spoken(character: str) -> bool:
    """Whether a character can be part of a word: letters, marks, digits, and signs that are read out."""
    return unicodedata.category(character)[0] in "LMNS" or character in "%‰&@#§"
