"""Pronunciations from a book's lexicons."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from audiobook.document import ForeignText, Phonemes, Saying

MAX_ENTRIES: Final = 20_000
MAX_ENTRY_CHARS: Final = 100
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Spoken(NamedTuple):
    """The pronunciation of a word: other words, phonemes, or both. The words are for engines without phonemes."""

    text: str | None
    phonemes: Phonemes | None = None


class Aliases:
    """Words and phrases of one language with their pronunciations. Case-sensitive."""

    def __init__(self, language: str, spoken: Mapping[str, Spoken]) -> None:
        """Create the aliases.

        Args:
            language: BCP 47 tag of the texts that they apply to.
            spoken: The pronunciation of each word or phrase; at most `MAX_ENTRIES`, each of at most
                `MAX_ENTRY_CHARS` characters.
        """
        self.language = language
        self.spoken = dict(spoken)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for written in self.spoken:
            if first := _TOKEN.match(written):
                lengths[first.group()].add(len(written))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str, language: str, foreign: Sequence[ForeignText] = ()) -> tuple[Saying, ...]:
        """Return the pronunciations in a text. Of overlapping entries the longest wins; only whole words match.

        Args:
            text: A paragraph's text.
            language: BCP 47 tag of the text.
            foreign: Its passages in other languages, in order.
        """
        found: list[Saying] = []
        end = 0
        for start, stop, tag in _stretches(len(text), language, foreign):
            if primary(tag) != primary(self.language):
                continue
            for token in _TOKEN.finditer(text, start, stop):
                if token.start() < end:
                    continue
                if written := self._entry_at(text, token.start(), token.group()):
                    end = token.start() + len(written)
                    found.append(Saying(token.start(), end, *self.spoken[written]))
        return tuple(found)

    def _entry_at(self, text: str, start: int, token: str) -> str | None:
        for length in self._lengths.get(token, ()):
            written = text[start : start + length]
            if written in self.spoken and _is_whole(text, start + length):
                return written
        return None


def with_free(sayings: Sequence[Saying], more: Sequence[Saying]) -> tuple[Saying, ...]:
    """Return the sayings plus those of `more` that do not touch any of them. Both must be in order and disjoint."""
    kept: list[Saying] = []
    at = 0
    for each in more:
        while at < len(sayings) and sayings[at].end <= each.start:
            at += 1
        if at == len(sayings) or sayings[at].start >= each.end:
            kept.append(each)
    return tuple(sorted([*sayings, *kept], key=attrgetter("start")))


def primary(language: str) -> str:
    """Return the primary language of a tag, in lower case without script and region."""
    return language.partition("-")[0].lower()


def _is_whole(text: str, end: int) -> bool:
    """Return whether a position in a text is not in the middle of a word."""
    return end >= len(text) or not (_is_word(text[end - 1]) and _is_word(text[end]))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _stretches(length: int, language: str, foreign: Sequence[ForeignText]) -> list[tuple[int, int, str]]:
    """Split a text into stretches of one language each."""
    stretches: list[tuple[int, int, str]] = []
    at = 0
    for part in foreign:
        stretches += [(at, part.start, language), (part.start, part.end, part.language)]
        at = part.end
    return [*stretches, (at, length, language)]
