"""Ranges in figures: "10–15", "1990–1995", and scores, which look the same: "3–0"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.grammar.words import Words

MORE_NUMBERS: Final = re.compile(
    r"""
    (?:
        (?: , | ,?[ ][^\W\d_]{1,6} | [ ]?[\u2013-] ) [ ]?  # to, and, –
        \d{1,4}\.\d{1,4} (?!\w|[.,:]\d)  # 10.45
    ){1,12}+
    """,
    re.VERBOSE,
)
"""Matches the numbers with full stops that follow such a number: " to 10.45", ", 10.45 and 11.20"."""
_RANGE = re.compile(r"([\d ., ]+)[\u2013-]([\d ., ]+)")


def split_range(written: str) -> tuple[str, str] | None:
    """Return both ends of a range as they are written; None if it is not a range."""
    found = _RANGE.fullmatch(written)
    return (found[1], found[2]) if found else None


@lru_cache(maxsize=32)
def unit_names(words: Words) -> frozenset[str]:
    """Return the first words of all units, in all their forms: "1150–1250 metres" are not years."""
    return frozenset(form.split()[0] for forms in words.counted.values() for form in forms if form)


def _is_short_year(first: int, low: str, high: str, grammar: Grammar) -> bool:
    """Return whether a range is a year and the last two figures of a later one: "1995-99"."""
    is_short = len(low) == 4 and len(high) == 2 and low[2:] < high
    return is_short and not grammar.words.years_paused and grammar.is_year(first, "in", "")


def _is_next_year(first: int, low: str, high: str, grammar: Grammar) -> bool:
    """Return whether a range is a year and the last two figures of the next one, below ten: "2003-04"."""
    is_short = len(low) == 4 and len(high) == 2 and high.isdecimal() and int(high) == (first + 1) % 100
    return is_short and grammar.is_year(first, "in", "")


def read_range(low: str, high: str, before: str, after: str, grammar: Grammar) -> str:
    """Return a range of whole numbers in words; "" if an end is not a whole number.

    Args:
        low: The first number, as it is written.
        high: The second number.
        before: The word before it; "" if there is none.
        after: The word after it.
        grammar: The language.
    """
    first, last = plain_value(low, grammar.words), plain_value(high, grammar.words)
    if first is not None and last is None and _is_next_year(first, low, high, grammar):
        high, last = str(first + 1), first + 1
    if first is None or last is None:
        return ""
    is_code = before.lower() in grammar.words.lists.get("codes", ())
    if grammar.words.range and not is_code and _is_short_year(first, low, high, grammar):
        return f"{grammar.year(first)} {grammar.words.range} {grammar.cardinal(last)}"
    if last <= first:  # a score, or two seasons: "3–0", "1980-81"
        is_name = any(before == form.say for form in grammar.words.numbered.values())  # "n° 2015-39"
        between = "" if is_name else grammar.words.signs.get("score", "")
        ends = (grammar.whole(first, low, "", ""), between, grammar.whole(last, high, "", ""))
        return " ".join(word for word in ends if word)
    if len(low) == 4 and grammar.is_year(first, "in", "") and after not in unit_names(grammar.words):
        pause = grammar.words.years_paused or not grammar.words.range
        return f" {chr(0x2013) if pause else grammar.words.range} ".join(map(grammar.year, (first, last)))
    return grammar.cardinal_range(first, last, before, after)
