"""Chinese texts as symbols of Kokoro: jieba finds the words, pypinyin their sounds, and cn2an reads numbers.

Source: hexgrad/misaki 0.9, `misaki/zh.py`, with which the network was trained.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from audiobook.engines.kokoro.reading import Reading

PACKAGES: Final = ("cn2an", "pypinyin", "rjieba")
_NUMBER: Final = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<percent>[%％])?(?P<year>(?<=\d{4})年)?")
_BUZZING: Final = frozenset({"zh", "ch", "sh", "r", "z", "c", "s"})


def readings(text: str) -> Iterator[Reading]:
    """Yield the reading of each character. There is no space between the characters of a word.

    Args:
        text: Words without letters of other scripts.
    """
    done = 0
    for found in _NUMBER.finditer(text):
        yield from _words(text, done, found.start())
        spoken = "".join(reading.symbols for reading in _words(_spelled_out(found), 0, None))
        yield Reading(found.start(), found.end(), spoken)
        done = found.end()
    yield from _words(text, done, None)


def _words(text: str, start: int, end: int | None) -> Iterator[Reading]:
    import rjieba
    from pypinyin import Style, lazy_pinyin

    at = start
    for word in rjieba.cut(text[start:end]):
        syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
        if len(syllables) == len(
            word
        ):  # false for other signs, which pypinyin keeps together and which have no sound
            for number, syllable in enumerate(syllables):
                yield Reading(at + number, at + number + 1, _symbols(syllable), continues=number > 0)
        at += len(word)


def _spelled_out(found: re.Match[str]) -> str:
    """Return a number in Chinese characters; a year is read digit by digit."""
    import cn2an

    number = found["number"].replace(",", "")
    if found["year"]:
        return f"{cn2an.an2cn(number, 'direct')}年"
    try:
        spoken = cn2an.an2cn(number, "low")
    except ValueError:  # too large for cn2an to name
        spoken = cn2an.an2cn(number, "direct")
    return f"百分之{spoken}" if found["percent"] else str(spoken)


@lru_cache(maxsize=2048)
def _symbols(pinyin: str) -> str:
    """Return the symbols of a syllable in pinyin with a tone number; "" for anything else."""
    from pypinyin.contrib.tone_convert import to_finals, to_initials

    table = _table()
    syllable, tone = pinyin[:-1], pinyin[-1:]
    if tone not in table["tones"] or not syllable:
        return ""
    whole: str = table["whole"].get(syllable, "")
    if not whole:
        initial, final = to_initials(syllable, strict=True), to_finals(syllable, strict=True, v_to_u=True)
        finals = table["finals"] | (table["buzzed"] if initial in _BUZZING else {})
        whole = table["initials"].get(initial, "") + finals.get(final, "")
    return whole.replace("0", table["tones"][tone])


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("audiobook.engines.kokoro").joinpath("chinese.toml").read_text("utf-8"))
