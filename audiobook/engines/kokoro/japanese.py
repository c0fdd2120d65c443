"""Japanese texts as symbols of Kokoro: Janome finds the words and their sounds, and num2words reads numbers.

Source: hexgrad/misaki 0.9, `misaki/cutlet.py`, with which the network was trained.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

from audiobook.engines.kokoro.reading import Reading
from audiobook.number_words import converter_of

if TYPE_CHECKING:
    from janome.tokenizer import Token, Tokenizer

PACKAGES: Final = ("janome",)
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_UNKNOWN: Final = "*"
_LONG: Final = "ー"
_NASAL: Final = "ン"
_STOP: Final = "ッ"
_SOUNDS: Final = frozenset((_LONG, _NASAL, _STOP))
_REPEATED: Final = "々"
_INFLECTED: Final = ("動詞", "助動詞", "形容詞")
"""Parts of speech with endings, as the dictionary names them: verbs, auxiliaries and adjectives."""
_ENDINGS: Final = ("助動詞", "助詞,接続助詞", "動詞,非自立", "動詞,接尾")
"""Parts of speech that are pronounced as the ending of the word before."""
_TO_KATAKANA: Final = {code: code + 96 for code in range(0x3041, 0x3097)}


def readings(text: str) -> Iterator[Reading]:
    """Yield the reading of each word, together with its endings.

    Args:
        text: Words without letters of other scripts.
    """
    written, spans = _without_digits(text)
    at, kana, kind = 0, "", ""
    start = end = 0
    for token in cast("Iterator[Token]", _tokenizer().tokenize(written)):
        first, last = spans[at][0], spans[at + len(token.surface) - 1][1]
        at += len(token.surface)
        sound = _kana(token)
        if token.surface == _REPEATED:
            sound = kana
        if kana and kind.startswith(_INFLECTED) and token.part_of_speech.startswith(_ENDINGS):
            kana, end = kana + sound, last
        else:
            if kana:
                yield Reading(start, end, _symbols(kana))
            kana, start, end = sound, first, last
        kind = token.part_of_speech
    if kana:
        yield Reading(start, end, _symbols(kana))


def _kana(token: Token) -> str:
    """Return the sound of a word in katakana; "" if it is unknown."""
    sound: str = token.surface if token.phonetic == _UNKNOWN else token.phonetic
    return "".join(
        sign for sign in sound.translate(_TO_KATAKANA) if sign in _SOUNDS or sign in _table()["kana"]
    )


def _without_digits(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with its numbers in Japanese characters, and the span in `text` of each of the result's characters."""
    japanese = converter_of("ja")
    assert japanese is not None
    written, done = "", 0
    spans: list[tuple[int, int]] = []
    for found in _NUMBER.finditer(text):
        spoken = japanese.to_cardinal(Decimal(found[0].replace(",", "")))
        written += text[done : found.start()] + spoken
        spans += [(at, at + 1) for at in range(done, found.start())]
        spans += [found.span()] * len(spoken)
        done = found.end()
    spans += [(at, at + 1) for at in range(done, len(text))]
    return (written + text[done:]).replace("%", "％"), spans


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from janome.tokenizer import Tokenizer

    return Tokenizer()


def _symbols(kana: str) -> str:
    """Return the symbols of a word in katakana. Other characters are left out."""
    table, nasals = _table()["kana"], _table()["nasal"]
    written, at = "", 0
    while at < len(kana):
        size = 2 if kana[at : at + 2] in table else 1
        sign = kana[at : at + size]
        if sign == _NASAL:
            following = (table.get(kana[at + 1 : at + 3]) or table.get(kana[at + 1 : at + 2], ""))[:1]
            written += next(
                (nasal for nasal, before in nasals.items() if following and following in before), "ɴ"
            )
        elif sign == _STOP:
            written += "ʔ"
        elif sign == _LONG:
            written += "ː"
        else:
            written += table.get(sign, "")
        at += size
    return written


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("audiobook.engines.kokoro").joinpath("japanese.toml").read_text("utf-8"))
