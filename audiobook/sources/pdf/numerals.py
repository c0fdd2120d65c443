"""Numbers of pages and chapters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.sources.chapters.lines import chapter_line
from audiobook.sources.chapters.numbers import word_value

_ROMAN: Final = re.compile(
    r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE | re.ASCII
)
_NUMERAL: Final = re.compile(r"\W{0,3}(?P<number>\d{1,3}|[IVXLCDM]{1,8})\W{0,3}")
_NUMBERED: Final = re.compile(
    r"""
    (?:
        (?P<label>[^\W\d_]{2,14})\.?\s+(?P<after>\d{1,3}|[IVXLCDM]{1,8})               # Kapitel 1, ROZDZIAŁ II
      | (?P<before>\d{1,3})\s?[.ªº°]?\s+(?P<word>[^\W\d_]{2,14})            # 1. fejezet
    )
    \W{0,2}
    """,
    re.VERBOSE,
)
"""Matches a word with a number, in any language: `Kapitel 1`, `ROZDZIAŁ II.`, `1. fejezet`."""
_LETTERED: Final = re.compile(r"[^\W\d_]{4,14}\s+[A-Z]")
"""Matches a word with a letter, such as `Appendix A`."""
_CHINESE: Final = re.compile(r"第\s?[\d一二三四五六七八九十百千零〇两]{1,6}\s?[章回节節卷部篇话話]")
_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "fi", "pl", "lv", "ru")
_LONGEST_SPELLED_CHARS: Final = 24
_LONGEST_CHARS: Final = 90
_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def roman_value(text: str) -> int | None:
    """Return the value of a Roman numeral in capital or small letters; None for any other text."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    digits = [_VALUES[letter] for letter in text.lower()]
    return sum(
        -value if value < after else value for value, after in zip(digits, [*digits[1:], 0], strict=True)
    )


def is_bare_number(text: str) -> bool:
    """Return whether a heading only counts, such as `Chapter 1`, `II.`, `Two` or `Kapitel 3`, so that its title may follow."""
    if len(text) > _LONGEST_CHARS:
        return False
    mark = chapter_line(text)
    if mark is not None:
        return not mark.title and any(map(str.isalnum, mark.key.partition(" ")[2]))
    if is_numbered(text) or is_spelled_number(text):
        return True
    return is_number(text) or any(each.fullmatch(text) for each in (_CHINESE, _LETTERED))


@lru_cache(maxsize=8192)
def is_spelled_number(text: str) -> bool:
    """Return whether a text is a number in words and nothing else, such as `Two` or `Twenty-First`."""
    words = text.strip(" .:")
    if not words[:1].isupper() or len(words) > _LONGEST_SPELLED_CHARS or any(map(str.isdigit, words)):
        return False
    return any(word_value(words, language) for language in _LANGUAGES)


def is_number(text: str) -> bool:
    """Return whether a text is a number and nothing else, such as `12.` or `XII`."""
    found = _NUMERAL.fullmatch(text)
    return found is not None and (found["number"].isdecimal() or roman_value(found["number"]) is not None)


def is_numbered(text: str) -> bool:
    """Return whether a text is a word with a number, in any language, such as `Kapitel 1`; not `1 Introduction`."""
    return label_and_number(text) is not None


def label_and_number(text: str) -> tuple[str, int] | None:
    """Return the word, in small letters, and the number of a text such as `Kapitel 1` or `1. fejezet`; None for others."""
    found = _NUMBERED.fullmatch(text)
    if found is None:
        return None
    word, number = found["word"] or found["label"], found["before"] or found["after"]
    if found["before"] and not (word.islower() or word.isupper()):
        return None
    value = int(number) if number.isdecimal() else roman_value(number)
    return None if value is None else (word.casefold(), value)


def count_of(text: str) -> int:
    """Return the value of a text that is a number; 0 for any other text."""
    found = _NUMERAL.fullmatch(text)
    if found is None:
        return 0
    return int(found["number"]) if found["number"].isdecimal() else roman_value(found["number"]) or 0
