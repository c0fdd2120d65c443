"""Japanese and Chinese texts as symbols of Kokoro, word by word.

espeak-ng cannot read these scripts, so packages with dictionaries are used. They also report which characters a sound
belongs to, so word times need no alignment.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Final, NamedTuple

from audiobook.document import PhonemeSpan
from audiobook.engines.kokoro import chinese, japanese
from audiobook.engines.kokoro.reading import Reading
from audiobook.engines.kokoro.symbols import symbol_ids, symbols_of

_PACKAGES: Final = {"ja": japanese.PACKAGES, "cmn": chinese.PACKAGES}
_READERS: Final[dict[str, Callable[[str], Iterator[Reading]]]] = {
    "ja": japanese.readings,
    "cmn": chinese.readings,
}
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’ -]*")
_SIGNS: Final = {
    "、": ",", "，": ",", "。": ".", "．": ".", "！": "!", "？": "?", "：": ":", "；": ";", "…": "…", "—": "—", "―": "—", "～": "—", "〜": "—",
    "「": "“", "」": "”", "『": "“", "』": "”", "《": "“", "》": "”", "〈": "“", "〉": "”", "【": "“", "】": "”", "“": "“", "”": "”", '"': '"',
    "（": "(", "）": ")", "(": "(", ")": ")", ",": ",", ".": ".", "!": "!", "?": "?", ":": ":", ";": ";",
}  # fmt: skip
_OPENING: Final = frozenset("“(")


class Spelled(NamedTuple):
    """A text as symbols of Kokoro.

    Attributes:
        symbols: All symbols, in order.
        words: For each word with a sound: the index of its first symbol, and its start and end in the text.
    """

    symbols: list[str]
    words: list[tuple[int, int, int]]


def has_reader(language: str) -> bool:
    """Return whether this module reads texts of a language, given by espeak-ng's tag; espeak-ng reads all others."""
    return language in _READERS


def is_readable(language: str) -> bool:
    """Return whether the packages that a language needs are installed; most need none."""
    return all(find_spec(package) for package in _PACKAGES.get(language, ()))


def load_reader(language: str) -> None:
    """Load the dictionaries of a language, so that processes forked later share them."""
    deque(_READERS[language]("1一"), maxlen=0)


def packages_of(language: str) -> tuple[str, ...]:
    """Return the names of the packages that read a language; empty if espeak-ng does."""
    return _PACKAGES.get(language, ())


def spelled(
    text: str, spans: Sequence[PhonemeSpan], language: str, say_latin: Callable[[str], str]
) -> Spelled:
    """Return a text as symbols.

    Args:
        text: A sentence.
        spans: The parts of the sentence that are given as phonemes, in order.
        language: espeak-ng's tag of a language for which `has_reader` is true.
        say_latin: Returns the symbols of words in Latin letters.
    """
    known = symbol_ids()
    symbols: list[str] = []
    words: list[tuple[int, int, int]] = []
    for reading in _readings(text, spans, language, say_latin):
        chosen = [symbol for symbol in reading.symbols if symbol in known]
        if not chosen:
            continue
        is_sign = all(symbol in _SIGNS.values() for symbol in chosen)
        closes = is_sign and chosen[0] not in _OPENING
        if symbols and not closes and symbols[-1] not in _OPENING and not reading.continues:
            symbols.append(" ")
        if not is_sign:
            words.append((len(symbols), reading.start, reading.end))
        symbols += chosen
    return Spelled(symbols, words)


def _readings(
    text: str, spans: Sequence[PhonemeSpan], language: str, say_latin: Callable[[str], str]
) -> Iterator[Reading]:
    done = 0
    for span in spans:
        yield from _plain(text, done, span.start, language, say_latin)
        yield Reading(span.start, span.end, symbols_of(span.phonemes.symbols, language))
        done = span.end
    yield from _plain(text, done, len(text), language, say_latin)


def _plain(
    text: str, start: int, end: int, language: str, say_latin: Callable[[str], str]
) -> Iterator[Reading]:
    """Yield the readings of a part of a text without given phonemes."""
    at = start
    while at < end:
        if latin := _LATIN.match(text, at, end):
            words = latin[0].rstrip()
            yield Reading(at, at + len(words), say_latin(words))
            at = latin.end()
            continue
        last = at
        while last < end and not _ends_run(text, last, start, end) and not _LATIN.match(text, last, end):
            last += 1
        for reading in _READERS[language](text[at:last]):
            yield Reading(at + reading.start, at + reading.end, reading.symbols, continues=reading.continues)
        if last < end and text[last] in _SIGNS:
            yield Reading(last, last + 1, _SIGNS[text[last]])
        at = last if last > at and last < end and text[last] not in _SIGNS else last + 1


def _ends_run(text: str, at: int, start: int, end: int) -> bool:
    """Return whether a character ends a run of words. A full stop or comma between digits does not."""
    between_digits = start < at < end - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
    return text[at] in _SIGNS and not between_digits
