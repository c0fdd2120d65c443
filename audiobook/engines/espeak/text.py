"""Texts for espeak-ng, made from a sentence that may contain phonemes.

If a flag is set, the library reads everything between `[[` and `]]` as mnemonics, even if the brackets are part of the
user's text. So the flag is only set for texts made here: spaces keep the user's brackets from forming such a pair, and
our own pairs contain only mnemonics that the voice knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import Sentence
from audiobook.engines.word_times import WordEvent

if TYPE_CHECKING:
    from audiobook.engines.espeak.sounds import Sounds  # which a process that speaks does not need

_PIECE_BYTES: Final = 600
"""Longest text for one call; the library splits a clause of more than 800 bytes, even inside brackets."""
_WORD = re.compile(r"\S+")
_BRACKETS: Final = "[]"
_CLAUSE_ENDS: Final = ",;:"


class LibraryText(msgspec.Struct, frozen=True, array_like=True):
    """A text for one call of the library.

    Attributes:
        text: Plain text, or text with mnemonics between `[[` and `]]`.
        origins: For each character, the index in the sentence of the character it stands for; empty if `text` is the
            sentence.
        with_mnemonics: Whether the text contains mnemonics.
    """

    text: str
    origins: tuple[int, ...] = ()
    with_mnemonics: bool = False

    def in_sentence(self, event: WordEvent, begun_samples: int) -> WordEvent:
        """Translate a word event of this text to a word event of the sentence.

        Args:
            event: The event reported by the library.
            begun_samples: Number of samples of the sentence before this text.
        """
        if not self.origins:
            return event
        at = self.origins[min(max(event.position, 0), len(self.origins) - 1)]
        return WordEvent(at, event.length, event.sample + begun_samples)


def plain_text(text: str) -> LibraryText:
    """Return a sentence without phonemes as a text for the library, unchanged."""
    return LibraryText(text)


def library_texts(sentence: Sentence, sounds: Sounds) -> tuple[LibraryText, ...]:
    """Return a sentence with phonemes as one or more texts, depending on its length.

    Args:
        sentence: The sentence; the voice must know all its phonemes.
        sounds: The sounds of the voice.
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
"""Text that must not be split, and the index in the sentence of the character it stands for."""


def _units(sentence: Sentence, sounds: Sounds) -> Iterator[_Unit]:
    """Yield the characters of a sentence, with each word that is given as phonemes as one unit of mnemonics."""
    text, done = sentence.text, 0
    for span in sentence.phonemes:
        yield from _characters(text, done, span.start)
        places = [span.start + match.start() for match in _WORD.finditer(text[span.start : span.end])]
        words = sounds.written(span.phonemes)[0]
        for number, word in enumerate(words):
            # Without the space, the library may merge the brackets with the text before them.
            place = places[number] if len(places) == len(words) else span.start
            yield f" [[{word}]]", place
        done = span.end
    yield from _characters(text, done, len(text))


def _characters(text: str, start: int, end: int) -> Iterator[_Unit]:
    """Yield characters one by one, with spaces around each bracket."""
    for at in range(start, end):
        if text[at] in _BRACKETS:
            yield f" {text[at]} ", at
        else:
            yield text[at], at


def _fitting(units: Sequence[_Unit]) -> int:
    """Return how many units fit into the next text, preferably up to the end of a clause or word."""
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
