"""Numbers in words from `num2words`, and the inflection of their last word."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from audiobook.narration.grammar.forms import Form
from audiobook.narration.grammar.words import Words
from audiobook.number_words import converter_of

MOST: Final = 10**12 - 1
"""Largest number read as one; a larger one is a code, and read digit by digit."""


@lru_cache(maxsize=1024)
def library_words(number: int, tag: str, kind: str = "cardinal", case: str = "") -> str:
    """Return a number in the library's words; in figures if it does not know the language.

    Args:
        number: From 0 to `MOST`.
        tag: Primary language subtag.
        kind: "cardinal", "ordinal" or "year".
        case: A Finnish case; "" for the nominative, and in other languages.
    """
    converter = converter_of(tag)
    if converter is None:
        return str(number)
    try:
        return str(getattr(converter, f"to_{kind}")(number, **({"case": case} if case else {})))
    except (NotImplementedError, OverflowError, ValueError, TypeError, KeyError, IndexError):
        return str(number)


def inflected(words: str, form: Form, cardinals: Mapping[Form, Mapping[str, str]]) -> str:
    """Return a number in words with its last word inflected for a form."""
    head, _, last = words.rpartition(" ")
    return f"{head} {cardinals.get(form, {}).get(last, last)}".lstrip()


def digits(text: str, cardinal: Callable[[int], str]) -> str:
    """Return the digits of a text one by one in words."""
    return " ".join(cardinal(int(digit)) for digit in text if digit.isdecimal())


def plain_value(written: str, words: Words) -> int | None:
    """Return the value of a whole number, with or without groups of thousands; None if it is not one."""
    if written.isdigit() and (written == "0" or written[0] != "0") and len(written) < 13:
        return int(written)
    grouped = _grouped(words.thousands).fullmatch(written) if words.thousands else None
    return int(re.sub(r"\D", "", written)) if grouped else None


@lru_cache(maxsize=32)
def _grouped(thousands: str) -> re.Pattern[str]:
    """Return a pattern for "12 500" and "1.000.000", with the same separator throughout."""
    return re.compile(rf"[1-9]\d{{0,2}}(?:([{re.escape(thousands)}])\d{{3}})(?:\1\d{{3}}){{0,2}}")
