"""A sentence, parts of which are said by their sounds, as espeak-ng is given it.

Between `[[` and `]]` the library takes mnemonics of phonemes, if a flag says so. The flag would let any text be such a
program, so it stands with no text but those made here, in which the text's own brackets cannot meet, and in which nothing
comes between ours but mnemonics that the voice itself names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from audiobook.document import Sentence
from audiobook.engines.espeak.sounds import Sounds
from audiobook.engines.word_times import WordEvent

_PIECE_BYTES: Final = 600
"""The library cuts a clause of more than 800 bytes, and would do so within brackets too."""
_WORD = re.compile(r"\S+")
_BRACKETS: Final = "[]"
_CLAUSE_ENDS: Final = ",;:"


class LibraryText(msgspec.Struct, frozen=True, array_like=True):
    """What the library is given at once.

    Attributes:
        text: Plain text, or with mnemonics between `[[` and `]]`.
        origins: For each character of it, the one of the sentence that it stands for; empty where it is the same one.
        with_mnemonics: Whether there are mnemonics in it.
    """

    text: str
    origins: tuple[int, ...] = ()
    with_mnemonics: bool = False

    def in_sentence(self, event: WordEvent, begun_samples: int) -> WordEvent:
        """Give a word as the sentence has it, from one of this text.

        Args:
            event: What the library told.
            begun_samples: When this text begins in the sentence.
        """
        if not self.origins:
            return event
        at = self.origins[min(max(event.position, 0), len(self.origins) - 1)]
        return WordEvent(at, event.length, event.sample + begun_samples)


def plain_text(text: str) -> LibraryText:
    """Give a sentence that has no phonemes: as it is, and without the flag."""
    return LibraryText(text)


def library_texts(sentence: Sentence, sounds: Sounds) -> tuple[LibraryText, ...]:
    """Give a sentence with phonemes, in as many texts as its length needs.

    Args:
        sentence: With phonemes that the voice knows.
        sounds: Of the voice.
    """
    units = list(_units(sentence, sounds))
    texts: list[LibraryText] = []
    while units:
        count = _fitting(units)
        text = "".join(unit for unit, _ in units[:count])
        if text.strip():
            origins = tuple(place for unit, place in units[:count] for _ in unit)
            texts.append(LibraryText(text, origins, True))
        units = units[count:]
    return tuple(texts)


_Unit = tuple[str, int]
"""What must not be cut, and the character of the sentence that it stands for."""


def _units(sentence: Sentence, sounds: Sounds) -> Iterator[_Unit]:
    """Cut a sentence into single characters of its text, and words in mnemonics."""
    text, done = sentence.text, 0
    for span in sentence.phonemes:
        yield from _characters(text, done, span.start)
        places = [span.start + match.start() for match in _WORD.finditer(text[span.start : span.end])]
        words = sounds.written(span.phonemes)[0]
        for number, word in enumerate(words):
            # Brackets of mnemonics that touch what stands before them may take it with them.
            place = places[number] if len(places) == len(words) else span.start
            yield f" [[{word}]]", place
        done = span.end
    yield from _characters(text, done, len(text))


def _characters(text: str, start: int, end: int) -> Iterator[_Unit]:
    """Give characters one by one, and a space between two brackets."""
    for at in range(start, end):
        if text[at] in _BRACKETS:
            yield f" {text[at]} ", at
        else:
            yield text[at], at


def _fitting(units: Sequence[_Unit]) -> int:
    """Give how many units make up the next text: all, or as many as fit, to the end of a clause or word if there is one."""
    length, space, clause = 0, 0, 0
    for number, (unit, _) in enumerate(units):
        length += len(unit.encode())
        if length > _PIECE_BYTES and number:
            return clause or space or number
        if unit[0] == " " and number:
            space = number
            if units[number - 1][0] in _CLAUSE_ENDS and length > _PIECE_BYTES // 2:
                clause = number
    return len(units)
