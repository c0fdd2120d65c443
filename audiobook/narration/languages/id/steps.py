"""Steps for Indonesian only.

These are ordinals with a prefix and decades with a suffix ("ke-3", "1990-an"), short names of months, feet, and
amounts that share a currency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.rules.roman import roman_value

_ORDINAL = re.compile(r"(?<!\w)(?P<ke>[Kk]e)-?(?P<number>\d{1,6})(?P<an>-?an)?(?!\w)")
_DECADE = re.compile(r"(?<![\w.,])(?P<number>\d{2,4})-an(?!\w)")


_MONTHS: Final = {
    "jan": 0,
    "feb": 1,
    "mar": 2,
    "apr": 3,
    "mei": 4,
    "may": 4,
    "jun": 5,
    "jul": 6,
    "agu": 7,
    "ags": 7,
    "agt": 7,
    "aug": 7,
    "sep": 8,
    "okt": 9,
    "oct": 9,
    "nov": 10,
    "des": 11,
    "dec": 11,
}
"""Short forms of months, including English ones, and the numbers of the months."""
_MONTH = re.compile(
    rf"""
    (?<![\w.,-])
    (?P<day>[0-3]?\d)[-/ ]                # 23-
    (?P<month>(?ai:{"|".join(_MONTHS)}))   # Aug
    (?:[-/ ](?P<year>\d{{4}}|\d\d))?      # -2007
    (?![\w-])
    """,
    re.VERBOSE,
)
_PERIOD = re.compile(r"(?P<word>[^\W\d_]{3,12}) (?P<roman>[IVX]{1,5})(?P<sign>[-/])(?=\d{4}(?!\d))")
_FEET = re.compile(r"(?<![\w.,'])(?P<number>\d{1,5})'(?=[ ,.)])(?![^']{0,40}')")
_RANGE = re.compile(
    r"""
    (?<!\w)
    (?P<sign>Rp\.?|US\$|\$)[ ]?
    (?P<low>\d[\d.,]{0,20})[ ]?                                   # Rp 5
    (?P<joint>hingga|sampai|[\u2013-])[ ]?(?P=sign)[ ]?           # - Rp
    (?P<high>\d[\d.,]{0,20}(?:[ ](?:ribu|juta|miliar|triliun)))   # 10 juta
    (?!\w)
    """,
    re.VERBOSE,
)


_UNTIL_AMOUNT = re.compile(r"(?<=[\da-z]) ?[\u2013-] ?(?=(?:Rp\.?|US\$|\$) ?\d)")
"""Matches the dash between two amounts that both name their currency: "Rp10.000 - Rp15.000"."""
_HAJI = re.compile(
    r"""
    (?:
        (?P<led>\b(?:Prof|Dr|dr|Drs|Ir|Bapak|Bpk|Letjen|Mayjen|Brigjen|Jenderal|Kolonel)\.?[ ])H\.   # Dr. H.
      | (?<![\w.])K\.?[ ]?H\.?                                                                     # K.H.
    )
    [ ]?(?=[A-Z][a-z]{2})
    """,
    re.VERBOSE,
)


def write_hajis(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "H." after a title, and "K.H.", in full before a name; elsewhere, "H." is an initial."""
    if "H" not in text.text:
        return text
    return text.sub(_HAJI, lambda match: f"{match['led']}Haji " if match["led"] else "Kiai Haji ")


def write_periods(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the numerals of periods and issues before a year in words: "triwulan I-2007"."""
    if "-" not in text.text and "/" not in text.text:
        return text
    return text.sub(_PERIOD, lambda match: _period(match, grammar))


def _period(match: re.Match[str], grammar: Grammar) -> str:
    value = roman_value(match["roman"])
    if not value or match["word"].lower() not in grammar.words.roman.chapters:
        return match.group()
    joint = f" {grammar.words.signs['slash']} " if match["sign"] == "/" else " "
    return f"{match['word']} {grammar.cardinal(value)}{joint}"


def write_months(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short names of months in full: "23-Aug" is "23 Agustus"."""
    return text.sub(_MONTH, lambda match: _month(match, grammar))


def _month(match: re.Match[str], grammar: Grammar) -> str:
    month = grammar.words.dates.months[_MONTHS[match["month"].lower()]]
    year = match["year"] or ""
    if len(year) == 2:
        year = f"{'19' if year > '50' else '20'}{year}"
    return f"{int(match['day'])} {month} {year}".rstrip()


def verbalize_amounts(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with the currency of a range before its second amount alone, and feet in letters."""
    text = text.sub(_FEET, lambda match: f"{match['number']} kaki")
    return text.sub(_RANGE, _range).sub(_UNTIL_AMOUNT, " sampai ")


def _range(match: re.Match[str]) -> str:
    joint = match["joint"] if match["joint"].isalpha() else "sampai"
    return f"{match['low']} {joint} {match['sign']}{match['high']}"


def verbalize_affixes(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals and decades in words."""
    text = text.sub(_ORDINAL, lambda match: _ordinal(match, grammar))
    return text.sub(_DECADE, lambda match: grammar.cardinal(int(match["number"])) + "an")


def _ordinal(match: re.Match[str], grammar: Grammar) -> str:
    said = grammar.ordinal(int(match["number"])) + ("an" if match["an"] else "")
    return said.capitalize() if match["ke"] == "Ke" else said


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (write_hajis, write_periods),
    Place.FIGURES: (write_months, verbalize_amounts),
    Place.ORDINALS: (verbalize_affixes,),
}
