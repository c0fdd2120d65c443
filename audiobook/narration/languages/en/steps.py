"""Steps for English only, and their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.languages.en.amounts import write_amounts, write_european_signs
from audiobook.narration.languages.en.clocks import verbalize_half_days, verbalize_hours, write_clocks
from audiobook.narration.languages.en.dates import (
    verbalize_days_of_week,
    verbalize_month_days,
    write_dotted_days,
    write_full_years,
    write_months,
)
from audiobook.narration.languages.en.inches import verbalize_inches
from audiobook.narration.languages.en.numerals import verbalize_parts
from audiobook.narration.languages.en.postal_codes import verbalize_codes
from audiobook.narration.languages.en.ratios import write_ratios
from audiobook.narration.languages.en.shared_days import verbalize_shared_days
from audiobook.narration.languages.en.streets import verbalize_streets
from audiobook.narration.languages.en.years import verbalize_decades, verbalize_eras, verbalize_prefixed
from audiobook.narration.rules.roman import roman_value

_LOW_NUMERAL: Final = re.compile(
    r"""
    (?P<word>\b(?:[Pp]p?\.|[Pp]ages?))[ ]                   # pp.
    (?P<first>[ivxl]{1,7})                                  # ix
    (?:(?P<dash>[ ]?[\u2013-][ ]?)(?P<last>[ivxl]{1,7}))?   # –xii
    (?![\w-])
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"(?<![\w.])[Nn]o\.(?= (?:[IVX]{2,7}|[VX])(?![\w.]\w|\w))")
_SECTOR = re.compile(
    r"""
    (?:(?<=Sector[ ])|(?<=Block[ ])|(?<=Phase[ ])|(?<=Plot[ ])|(?<=Ward[ ])|(?<=Unit[ ]))-   # Sector -37
    (?=\d{1,3}(?![\w.-]))
    """,
    re.VERBOSE,
)
"""Matches a hyphen that is not a minus: "Sector -37"."""
_AIRCRAFT = re.compile(
    r"""
    (?:(?<=\b[Tt]he[ ])|(?<=\b[Aa][ ])|(?<=\bBoeing[ ]))
    7(?P<middle>[0-8])7                 # 747
    (?:-(?P<variant>[2-9])00)?          # -400
    (?P<many>s)?
    (?![\w,.-]\w|\w)
    (?:(?=[ ](?P<next>[a-z]+)))?
    """,
    re.VERBOSE,
)
_WITH = re.compile(r"(?<![\w/])w/(?P<out>o\b)?[ ]?(?=[^\W_])", re.IGNORECASE)
_FROM_TO = re.compile(r"(?<=\d)-to-(?=\d)")
_AMOUNT_TO = re.compile(r"(?<=\d)[\u2013-](?=[$£€]\d)")
_ORDINALS = re.compile(
    r"""
    (?<![\w.,-])
    (?P<first>\d{1,3}(?:st|nd|rd|th))[\u2013-]   # 1st–3rd
    (?=\d{1,3}(?:st|nd|rd|th)(?!\w))
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:(?<=[a-z,;(] )|(?<!\w)(?=No \d{1,4} [A-Z]))No(?= \d)")
_ORDINAL = re.compile(r"(?<![\w.,])(?P<number>\d{1,3}(?:,\d{3}){1,2}|\d{1,6})(?:st|nd|rd|th)(?!\w)")


def verbalize_with(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "w/" and "w/o" in full."""
    if "w/" not in text.text and "W/" not in text.text:
        return text
    return text.sub(_WITH, lambda match: "without " if match["out"] else "with ")


def write_numerals(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with small Roman numerals of pages in figures, and "No." before capital ones in full."""
    if "No. " in text.text or "no. " in text.text:
        text = text.sub(_NUMBERED, lambda match: "Number" if match.group()[0] == "N" else "number")
    if "p. " in text.text or "P. " in text.text or "age" in text.text:
        text = text.sub(_LOW_NUMERAL, _low_numeral)
    return text


def _low_numeral(match: re.Match[str]) -> str:
    """Return "pages 4–10" for "pages iv–x"."""
    ends = [roman_value(match[end].upper()) for end in ("first", "last") if match[end]]
    return f"{match['word']} {chr(0x2013).join(map(str, ends))}" if all(ends) else match.group()


def verbalize_ranges(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "to" between two ordinals, numbers or amounts: "1st–3rd", "5-to-6", "$5–$10"."""
    if "\u2013" not in text.text and "-" not in text.text:
        return text
    text = text.sub(_ORDINALS, lambda match: f"{match['first']} to ")
    return text.sub(_FROM_TO, " to ").sub(_AMOUNT_TO, " to ")


def remove_hyphens(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence without hyphens that would be read as a minus: "Sector -37"."""
    return text.sub(_SECTOR, "")


def verbalize_aircraft(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its aircraft in words: "the 747" is "seven forty-seven"."""
    return text.sub(_AIRCRAFT, lambda match: _aircraft(match, grammar)) if "7" in text.text else text


def _aircraft(match: re.Match[str], grammar: Grammar) -> str:
    if match["next"] and grammar.words.patterns["counted"].search(match["next"]):
        return match.group()  # "the 747 passengers"
    middle = f"{grammar.cardinal(int(match['middle'] + '7'))}" if match["middle"] != "0" else "oh seven"
    variant = f" {grammar.cardinal(int(match['variant']) * 100)}" if match["variant"] else ""
    return f"seven {middle}{variant}{'s' if match['many'] else ''}"


def verbalize_number_signs(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "No" before a number as "number"."""
    return text.sub(_NUMBER, "number")


def verbalize_ordinals(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals in words: "3rd"."""
    return text.sub(_ORDINAL, lambda match: grammar.ordinal(int(match["number"].replace(",", ""))))


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (write_numerals, verbalize_with, verbalize_parts, verbalize_streets, verbalize_days_of_week),
    Place.FIGURES: (
        write_ratios,
        write_clocks,
        write_dotted_days,
        write_amounts,
        verbalize_codes,
        verbalize_inches,
        verbalize_ranges,
        verbalize_hours,
        remove_hyphens,
        verbalize_aircraft,
        write_european_signs,
        write_full_years,
        verbalize_prefixed,
        verbalize_eras,
        write_months,
        verbalize_number_signs,
    ),
    Place.DAYS: (verbalize_shared_days, verbalize_month_days),
    Place.TIMES: (verbalize_half_days,),
    Place.ORDINALS: (verbalize_decades, verbalize_ordinals),
}
