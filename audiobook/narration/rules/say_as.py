"""Parts of a text to be read in a given manner: as letters, as an ordinal, as a date.

Source: the values of `interpret-as` in the W3C's note "SSML 1.0 say-as attribute values", section 2 and 3.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.numerals import MOST, digits
from audiobook.narration.rules.roman import roman_value

_DATE = re.compile(r"(\d{1,4})\s*[-./ ]\s*(\d{1,2})\s*[-./ ]\s*(\d{1,4})\.?")
_TIME = re.compile(r"(\d{1,2})\s*[.:hH]\s*(\d{2})")
_GROUPED = re.compile(r"\d{1,3}(?:[\s.,]\d{3})+")
_SIGNS: Final = "@&#%*/_"
_YEAR_DIGITS: Final = 3
"""Number of digits of the part of a date that is the year."""


def read_as(written: str, manner: str, grammar: Grammar) -> str | None:
    """Return a part of a text as it is read in a manner.

    Args:
        written: The part as written.
        manner: One of `MANNERS`.
        grammar: The language of the sentence.

    Returns:
        Words, or figures that the rules read in this manner; None if the text does not fit, so that it is read as
        written.
    """
    return _MANNERS[manner](written.strip(), grammar)


def _characters(written: str, grammar: Grammar) -> str:
    """Return each character separately, without full stops, hyphens and the like; other signs are left as they are."""
    said: list[str] = []
    for one in written:
        if one.isdecimal():
            said.append(_digit(one, grammar))
        elif said and unicodedata.category(one)[0] == "M":  # the dots of ä, the vowel of कि
            said[-1] += one
        elif one.isalnum() or one in _SIGNS or unicodedata.category(one)[0] == "S":
            said.append(one.upper())
    return " ".join(said)


def _digits(written: str, grammar: Grammar) -> str | None:
    return digits(written, lambda digit: _digit(str(digit), grammar)) or None


def _digit(digit: str, grammar: Grammar) -> str:
    return grammar.cardinal(int(digit)) if grammar.words.has_rules else digit


def _telephone(written: str, grammar: Grammar) -> str | None:
    groups = [_digits(group, grammar) or "" for group in re.findall(r"\d+", written)]
    return ", ".join(groups) or None


def _cardinal(written: str, grammar: Grammar) -> str | None:
    return _number(written, grammar, grammar.cardinal)


def _ordinal(written: str, grammar: Grammar) -> str | None:
    return _number(written, grammar, grammar.ordinal)


def _year(written: str, grammar: Grammar) -> str | None:
    return _number(written, grammar, grammar.year)


def _number(written: str, grammar: Grammar, say: Callable[[int], str]) -> str | None:
    """Return a number in words; a Roman numeral counts as well."""
    plain = written.removesuffix(".")
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"\D", "", plain)
    value = int(plain) if plain.isdecimal() and len(plain) <= len(str(MOST)) else roman_value(plain)
    known = value or plain == "0"
    return say(value) if known and grammar.words.has_rules else None


def _date(written: str, grammar: Grammar) -> str | None:
    """Return a date with the year first, which is read in every language with rules."""
    found = _DATE.fullmatch(written)
    if not found:
        return None
    first, middle, last = found.groups()
    month_first = grammar.words.dates.month_first and int(first) <= 12
    if len(first) >= _YEAR_DIGITS:
        year, month, day = first, middle, last
    elif month_first and ("/" in written or int(middle) > 12):
        year, month, day = last, first, middle
    else:
        year, month, day = last, middle, first
    fits = len(year) == 4 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    return f"{year}-{int(month):02}-{int(day):02}" if fits else None


def _time(written: str, _grammar: Grammar) -> str | None:
    found = _TIME.fullmatch(written)
    return f"{found[1]}:{found[2]}" if found and int(found[1]) < 25 and int(found[2]) < 60 else None


_MANNERS: Final[Mapping[str, Callable[[str, Grammar], str | None]]] = {
    "characters": _characters,
    "digits": _digits,
    "cardinal": _cardinal,
    "ordinal": _ordinal,
    "year": _year,
    "date": _date,
    "time": _time,
    "telephone": _telephone,
}
