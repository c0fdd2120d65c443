"""Dates: those in figures are written out, and days next to the name of a month become ordinals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text, last_word
from audiobook.narration.grammar.words import Dates, Words, alternatives

_ISO = re.compile(r"(?<![\w.-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])")
_SHORT = re.compile(r"(?<![\w.,])(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\.(?! ?\d)(?![\w])")
_SLASHED = re.compile(
    r"""
    (?<![\w/+-])
    (?P<day>\d{1,2})(?P<sign>[/-])(?P<month>\d{1,2})(?P=sign)   # 5/6/, or 5-6-
    (?P<year>(?:1[5-9]|20)\d\d|(?<=/)\d{4})                     # 1990; after a slash any four digits
    (?![\w/-])
    """,
    re.VERBOSE,
)
_RANGE_START = re.compile(
    r"""
    (?<![\w.,])
    (?P<day>\d{1,2})\.[ ]?(?P<month>\d{1,2})(?:\.(?:[ ]?(?P<year>\d{4}))?)?[ ]?[\u2013-][ ]?   # 1.3.–
    (?=\d{1,2}\.[ ]?\d{1,2}\.[ ]?\d{4}(?!\d))                                                 # before 31.5.2012
    """,
    re.VERBOSE,
)
"""Matches the first date of a range of dates."""
_ROMAN_MONTH = re.compile(r"(?<![\w.,])(?P<day>\d{1,2})\.? (?P<roman>[IVX]{1,4})\.? (?P<year>\d{4})(?!\w)")
_BEFORE_TIME = re.compile(
    r"""
    (?:(?<=[/-]\d\d)|(?<=[/-]\d)|(?<=[/.-]\d{4}))[ ]   # 5/6/1990
    (?=\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:]))          # before 14:30
    """,
    re.VERBOSE,
)
"""Matches the end of a date in figures before a time."""
_ROMAN_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_MOST_DAYS: Final = 31


def verbalize_numeric_dates(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with dates in figures written out in the order of the language, and a pause before a time."""
    dates = grammar.words.dates
    if not dates.months:
        return text
    if ":" in text.text:
        text = text.sub(_BEFORE_TIME, ", ")
    if "-" in text.text or "/" in text.text:
        text = text.sub(_ISO, lambda match: _written(match.groupdict(), dates, match.group()))
        text = text.sub(_SLASHED, lambda match: _written(_slashed(match, dates), dates, match.group()))
    if grammar.words.range and dates.numeric.startswith("{day}"):
        text = text.sub(_RANGE_START, lambda match: _range_start(match, grammar.words))
    text = text.sub(
        _dotted_pattern(dates.year_word), lambda match: _written(match.groupdict(), dates, match.group())
    )
    text = text.sub(_ROMAN_MONTH, lambda match: _roman_month(match, dates))
    if dates.short:
        text = text.sub(_SHORT, lambda match: _short_date(match, grammar))
    return text


def write_short_months(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the short forms of months in full, after a day or before a year: "5. Nov 2020"."""
    if not grammar.words.dates.short_months:
        return text
    return text.sub(_short_month_pattern(grammar.words), lambda match: _in_full(match, grammar))


@lru_cache(maxsize=32)
def _short_month_pattern(words: Words) -> re.Pattern[str]:
    months = alternatives(words.dates.short_months)
    return re.compile(
        rf"""
        (?<!\w)
        (?:
            (?:(?<=\d\.[ ])|(?<=\d[ ])|(?<=\der[ ])|(?<=\d[ ]de[ ]))
            (?P<of_day>{months})(?:\.(?!\w)|(?=,?[ ](?:de[ ])?\d{{4}}(?!\d)|[ ]\()) # 5. Nov.; 5 Nov 2020; 5 Nov (DPA)
          | (?P<of_year>{months})\.(?=[ ](?:de[ ])?\d{{4}}(?!\d))                   # Nov. 2020
        )
        """,
        re.VERBOSE,
    )


def _in_full(match: re.Match[str], grammar: Grammar) -> str:
    month = grammar.words.dates.short_months[match["of_day"] or match["of_year"]]
    is_last = match.group().endswith(".") and ends_text(match.string, match.end())
    return f"{month}." if is_last else month


def verbalize_days(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with days next to names of months, and the years after them, in words."""
    dates = grammar.words.dates
    if dates.day is None or not dates.months:
        return text
    return text.sub(_day_pattern(grammar.words), lambda match: _day(match, grammar))


def _short_date(match: re.Match[str], grammar: Grammar) -> str:
    """Return a date without a year in words; it keeps its full stop if that also ends the sentence.

    After a word such as "Figure", it is the number of a part and stays: "kuva 4.2.".
    """
    dates = grammar.words.dates
    word = last_word(match.string, match.start()).lower().rpartition("-")[2]
    if word in grammar.words.lists.get("references", ()):
        is_last = ends_text(match.string, match.end())
        return match.group() if is_last else match.group().removesuffix(".")
    said = _written(match.groupdict(), dates, match.group())
    ends = said != match.group() and match.start() > 0 and ends_text(match.string, match.end())
    return f"{said}." if ends else said


@lru_cache(maxsize=32)
def _dotted_pattern(year_word: str) -> re.Pattern[str]:
    """Return a pattern for "5.5.1990" and "5. 5. 1990", with a word for "year" after it."""
    return re.compile(
        rf"""
        (?<![\w.,])
        (?P<day>\d{{1,2}})\.[ ]?(?P<month>\d{{1,2}})\.[ ]?(?P<year>\d{{4}})
        (?!\w)(?-x:{f"(?:{year_word})?" if year_word else ""})
        """,
        re.VERBOSE,
    )


def _range_start(match: re.Match[str], words: Words) -> str:
    """Return the first date of a range written out, with the word for a range in place of the dash."""
    dates = words.dates
    if not match["year"]:
        dates = msgspec.structs.replace(dates, numeric=dates.numeric.partition(" {year}")[0])
    said = _written(match.groupdict(), dates, "")
    return f"{said} {words.range} " if said else match.group()


def _slashed(match: re.Match[str], dates: Dates) -> Mapping[str, str]:
    """Return a date with slashes written out: the day is the number above 12, else as is usual in the language."""
    day, month = int(match["day"]), int(match["month"])
    if month > 12 or (dates.month_first and day <= 12):
        return {"day": match["month"], "month": match["day"], "year": match["year"]}
    return match.groupdict()


def _roman_month(match: re.Match[str], dates: Dates) -> str:
    if match["roman"] not in _ROMAN_MONTHS:
        return match.group()
    month = str(_ROMAN_MONTHS.index(match["roman"]) + 1)
    return _written({"day": match["day"], "month": month, "year": match["year"]}, dates, match.group())


def _written(parts: Mapping[str, str], dates: Dates, whole: str) -> str:
    """Return a date written out; the original text if it cannot be a date."""
    day, month = int(parts["day"]), int(parts["month"])
    if not (1 <= day <= _MOST_DAYS and 1 <= month <= 12):
        return whole
    return dates.numeric.format(day=day, month=dates.months[month - 1], year=parts.get("year", "")).strip()


@lru_cache(maxsize=32)
def _day_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for "5. maja", "5-7 maja", "5. do 7. maja" and "5 maja 1990 r."."""
    dates = words.dates
    return re.compile(
        rf"""
        (?<![\w.,])
        (?:(?P<from>\d{{1,2}})\.?(?:[\u2013-]|[ ](?-x:{re.escape(words.range) or "(?!)"})[ ]))?
        (?P<day>\d{{1,2}})\.?[ ](?P<month>(?-x:{alternatives(dates.months)}))
        (?:,?[ ](?P<year>\d{{4}})(?P<word>(?-x:{dates.year_word or "(?!)"}))?)?
        (?!\w)
        """,
        re.VERBOSE,
    )


def _day(match: re.Match[str], grammar: Grammar) -> str:
    day, before = int(match["day"]), last_word(match.string, match.start())
    if not 1 <= day <= _MOST_DAYS:
        return match.group()
    form = grammar.day_form(before)
    said = grammar.ordinal(day, form)
    if match["from"]:
        opening = grammar.words.openings.get(before, "")
        said = f"{opening} {grammar.ordinal_range(int(match['from']), day, form)}".lstrip()
    said = f"{said} {match['month']}"
    if not match["year"]:
        return said
    said = f"{said} {grammar.year_of_date(int(match['year']))}"
    if not match["word"]:
        return said
    ends = match["word"].endswith(".") and ends_text(match.string, match.end())
    return f"{said}{grammar.words.dates.year_noun}" + ("." if ends else "")
