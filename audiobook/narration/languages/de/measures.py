"""Prices, measures, postal codes and uncertain numbers in German: "14,-- €", "300-mm-Wafer", "mehrere 100"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.numerals import digits
from audiobook.narration.grammar.words import Words, alternatives

_POSTAL = re.compile(
    r"""
    (?P<street>(?:[Ss]tr(?:aße|\.)|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Uu]fer|[Rr]ing|[Dd]amm)[ ]\d{1,3}[ ]?[a-z]?,[ ]|(?<!\w)D-)
    (?P<code>\d{5})(?=[ ][A-ZÄÖÜ])   # 80331
    """,
    re.VERBOSE,
)
"""Matches a postal code after a street and number, or after the sign of the country."""
_MONEY: Final = r"€|EUR|Euro|DM|Mark|CHF|Fr\.|Franken"
_WHOLE_PRICE = re.compile(
    rf"""
    (?<=\d)(?:,[ ]?(?:--|[\u2013\u2014])|\.[ ]?(?:--?|[\u2013\u2014]))(?=[ ]?(?:{_MONEY}))   # 14.-- €
    | (?P<sum>(?<!\w)(?:{_MONEY})[ ]\d{{1,3}}(?>(?:[. ]?\d{{3}})*)),(?:--|\u2014)               # Euro 14,--
    """,
    re.VERBOSE,
)
"""Matches the dash in place of hundredths."""
_ONE = re.compile(r"(?<![\w.,:/-])1(?=-[A-ZÄÖÜ][a-zäöüß]{2})")
"""Matches one at the beginning of a compound: "1-Zimmer-Wohnung"."""
_SEVERAL = re.compile(
    r"""
    \b(?P<before>(?:[Mm]ehrere|[Ee]inige|[Ee]tliche|[Vv]iele|[Ww]enige)[nr]?|[Pp]aar)[ ]
    (?P<number>1(?:00)?(?:[. ]?000)?)(?<!\b1)(?![\w-]|[.,:]\d|[ ]\d)   # 100, 1000 or 100.000
    """,
    re.VERBOSE,
)
"""Matches an uncertain number of hundreds or thousands, without a one: "mehrere 100 Menschen"."""


def verbalize_measures(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its whole prices without a dash, and its postal codes and the units of its compounds in words."""
    text = text.sub(_POSTAL, lambda match: match["street"] + digits(match["code"], grammar.cardinal))
    text = text.sub(_WHOLE_PRICE, lambda match: match["sum"] or "")
    units = grammar.words.counted
    text = text.sub(_compound_pattern(grammar.words), lambda match: units[match["unit"]][-1])
    return text.sub(_ONE, "Ein")


def verbalize_hundreds(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its uncertain hundreds and thousands in words."""
    return text.sub(_SEVERAL, lambda match: _several(match, grammar))


@lru_cache(maxsize=1)
def _compound_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a unit between a number and a noun: "300-mm-Wafer"."""
    return re.compile(
        rf"(?<=\d-)(?!W-(?:Frage|Regel|Methode))(?P<unit>{alternatives(words.counted)})(?=-[^\W\d_])"
    )


def _several(match: re.Match[str], grammar: Grammar) -> str:
    said = grammar.cardinal(int(re.sub("[. ]", "", match["number"])))
    return f"{match['before']} {said.removeprefix('ein')}"
