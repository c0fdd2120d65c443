"""The words of a sentence, and when they begin, according to the word events that an engine reports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from audiobook.document import Mark

_FIRST_WITHOUT_SPACES: Final = "\u0e00"
_NO_SPACES: Final = r"""
    [\u0e00-\u0eff]  # Thai, Lao
    | [\u1000-\u109f]  # Burmese
    | [\u1780-\u17ff]  # Khmer
    | [\u3040-\u30ff]  # Japanese kana
    | [\u3400-\u9fff\uf900-\ufaff]  # Chinese characters
"""
"""A character of a script that does not separate words with spaces."""
_IN_A_RUN: Final = rf"""
    (?: {_NO_SPACES} )
    | (?: (?! {_NO_SPACES} ) [^\W_] )+ (?: [.,'’-] (?: (?! {_NO_SPACES} ) [^\W_] )+ )* [%‰]?  # 3.5%, it's
    | .
"""
"""Part of a text without spaces: a character of such a script, a number or word of another script, or a sign."""
_PUNCTUATION = frozenset({"Po", "Pd", "Ps", "Pe", "Pi", "Pf"})
_TOKEN = re.compile(r"(?:(?!--)[^\s—…])+")
"""Part of a text between spaces and dashes, which are also typed as two hyphens ("there;--but")."""


class WordEvent(NamedTuple):
    """The start of a word.

    Attributes:
        position: Index of the word's first character in the sentence.
        length: Length of the word in characters.
        sample: The sample at which the word begins, from the start of the sentence.
    """

    position: int
    length: int
    sample: int


def word_marks(text: str, events: Sequence[WordEvent], length_samples: int) -> tuple[Mark, ...]:
    """Return marks for the words of a text, made from an engine's word events.

    espeak-ng reports the parts of a number at inexact positions, a hyphenated word in pieces, and some pairs of words
    ("of the") as one word. So the first event inside a word marks that word, and a word without an event joins the word
    before it. After punctuation, it joins the next word, because a mark never spans punctuation.

    Args:
        text: The spoken sentence.
        events: The events in the order in which the engine reported them.
        length_samples: Length of the spoken sentence.

    Returns:
        Marks in order of time. Each covers one or more whole words, and they do not overlap.
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
    begin: int | None = None  # where the words begin that join the next word
    for index, (start, end) in enumerate(tokens):
        before = marks[-1].start + marks[-1].length if marks else None
        if begin is not None and is_interrupted(text, tokens[index - 1][1], start):
            begin = None
        if index in heard and (not marks or heard[index] >= marks[-1].offset_samples):
            first = start if begin is None else begin
            marks.append(Mark(first, end - first, heard[index]))
            begin = None
        elif before is not None and begin is None and not is_interrupted(text, before, start):
            marks[-1] = Mark(marks[-1].start, end - marks[-1].start, marks[-1].offset_samples)
        elif begin is None:
            begin = start
    return tuple(marks)


def is_interrupted(text: str, start: int, end: int) -> bool:
    """Return whether there is punctuation in a text from `start`, the end of a word, to `end`, the start of the next."""
    return any(unicodedata.category(text[at]) in _PUNCTUATION for at in range(start, end))


def words_of(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each word in a text, without punctuation. Signs between spaces are left out."""
    spans: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while start < end and not _is_spoken(text[start]):
            start += 1
        while end > start and not _is_spoken(text[end - 1]):
            end -= 1
        if start == end:
            continue
        if max(text[start:end]) >= _FIRST_WITHOUT_SPACES and _pattern(_NO_SPACES).search(text, start, end):
            parts = (part.span() for part in _pattern(_IN_A_RUN).finditer(text, start, end))
            spans.extend(part for part in parts if _is_spoken(text[part[0]]))
        else:
            spans.append((start, end))
    return spans


@cache
def _pattern(source: str) -> re.Pattern[str]:
    """Return a verbose pattern, compiled on first use, because few texts need it and compiling takes long."""
    return re.compile(source, re.VERBOSE)


def _is_spoken(character: str) -> bool:
    """Return whether a word can begin or end with a character: a letter, mark, digit, or a symbol that is read aloud."""
    return unicodedata.category(character)[0] in "LMNS" or character in "%‰&@#§"
