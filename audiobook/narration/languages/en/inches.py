"""English feet and inches: "6'2½", "12' x 14'", "6 ft 2 in.", "5 in. of rain"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text, last_word
from audiobook.narration.rules.figures import NUMBER

_MAY: Final = re.compile(r"\d['\"]|[\d½¼¾] ?(?:in|ft|feet)\b")
_ALONE: Final = r"(?<![\w.,°'])"
_COUNT: Final = r"(?:\d{1,3}[½¼¾]?|[½¼¾])"
_IN: Final = r"[ ]?in(?:\.|\b(?![ ]?\w))"
"""Matches the short form of inches, not the preposition: with a full stop, or without a word after it."""
_FT: Final = r"[ ]?(?:ft\b\.?|feet\b|foot\b)"
_HEIGHT = re.compile(
    rf"""
    {_ALONE}(?P<first>\d{{1,2}})(?P<sign>')                             # 6'
    [ ]?(?P<second>\d{{1,2}}(?:\.\d)?[½¼¾]?|[½¼¾])(?P<last>"|(?![\w'.,]\w|\w))  # 2½"
    """,
    re.VERBOSE,
)
_HEIGHT_IN_LETTERS = re.compile(
    rf"""
    {_ALONE}
    (?P<first>\d{{1,2}})   # 6 ft
    (?P<sign>[ ]?(?:ft\.?|feet|foot))[ ]
    (?P<second>{_COUNT})   # 2 in.
    (?P<last>{_IN})
    """,
    re.VERBOSE,
)
_AREA = re.compile(
    rf"""
    {_ALONE}
    (?P<first>{_COUNT})                       # 12
    (?P<sign>['"]|{_IN}|{_FT}|)[ ]?(?:x|×|by)[ ]?   # ' x
    (?P<second>{_COUNT})                            # 14
    (?P<last>['"](?!\w)|{_IN}|{_FT})                # '
    """,
    re.VERBOSE,
)
_MEASURE = re.compile(
    rf"""
    {_ALONE}
    (?P<number>{_COUNT})                                            # 5
    (?P<sign>['"])                                                  # "
    (?=[ ](?:wide|long|tall|high|thick|deep|in[ ]diameter)(?!\w))   # wide
    """,
    re.VERBOSE,
)
"""Matches a single sign that is a measure, as a word such as "wide" shows. Otherwise it may end a quotation."""
_PAIR = re.compile(
    rf"""
    {_ALONE}
    (?P<first>{_COUNT})"[ ]             # 5"
    (?P<joint>or|and|to)[ ]             # or
    (?P<second>{_COUNT})"               # 6"
    (?=[ ](?P<noun>[a-z])|(?P<stop>))   # before nails
    """,
    re.VERBOSE,
)
_INCHES = re.compile(rf"{_ALONE}(?P<number>{NUMBER}|{_COUNT}) ?in\.(?= [a-z(]|[,;)])")
_MOST_INCHES: Final = 12
_HEIGHTS_OF_PEOPLE: Final = range(3, 9)
_OF_PARTS: Final = {"½": "an inch", "¼": "of an inch", "¾": "of an inch"}


def verbalize_inches(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with its feet and inches in words; the numbers stay.

    After a number at the end of a sentence, "in." stays: it may be the preposition.
    """
    if not _MAY.search(text.text):
        return text
    text = text.sub(_HEIGHT, _height).sub(_HEIGHT_IN_LETTERS, _height).sub(_AREA, _area)
    text = text.sub(_MEASURE, lambda match: _measure(match["number"], match["sign"]))
    return text.sub(_PAIR, _pair).sub(_INCHES, _inches)


def _pair(match: re.Match[str]) -> str:
    """Return "17 inch or 16 inch wheels" for two numbers that share a noun."""
    if match["noun"]:
        return f"{match['first']} inch {match['joint']} {match['second']} inch"
    return f"{_measure(match['first'], chr(34))} {match['joint']} {_measure(match['second'], chr(34))}"


def _height(match: re.Match[str]) -> str:
    """Return feet and inches in words; without the final sign, only if they can be a person's height."""
    feet, inches = int(match["first"]), re.split("[½¼¾]", match["second"])[0]
    if float(inches or 0) >= _MOST_INCHES or not (match["last"] or feet in _HEIGHTS_OF_PEOPLE):
        return match.group()
    return f"{_measure(match['first'], chr(39))} {_measure(match['second'], chr(34))}{_stop(match)}"


def _area(match: re.Match[str]) -> str:
    if match["sign"] and last_word(match.string, match.start()) in {"a", "an"}:  # "a 12 ft x 14 ft room"
        unit = "foot" if "f" in match["last"] or match["last"] == "'" else "inch"
        return f"{match['first']} {unit} by {match['second']} {unit}{_stop(match)}"
    last = _measure(match["second"], match["last"])
    first = f"{match['first']} " if not match["sign"] else f"{_measure(match['first'], match['sign'])} "
    return f"{first}by {last}{_stop(match)}"


def _measure(number: str, sign: str) -> str:
    is_foot = sign == "'" or "f" in sign
    one, many = ("foot", "feet") if is_foot else ("inch", "inches")
    if not is_foot and number in _OF_PARTS:
        return f"{number} {_OF_PARTS[number]}"
    return f"{number} {one if number == '1' else many}"


def _inches(match: re.Match[str]) -> str:
    """Return "a five inch nail", but "five inches of rain"."""
    if last_word(match.string, match.start()) in {"a", "an"}:
        return f"{match['number']} inch"
    return _measure(match["number"], '"')


def _stop(match: re.Match[str]) -> str:
    return "." if match["last"].endswith(".") and ends_text(match.string, match.end()) else ""
