"""Dates, brought into the form in which they are said."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.finnish import verbalize_finnish_days
from audiobook.narration.lexis import Lexis, alternatives, known_lexis
from audiobook.narration.neighbours import ends_text, last_word
from audiobook.narration.numbers import ordinal, year
from audiobook.narration.polish import verbalize_polish_years

_ISO = re.compile(r"(?<![\w.-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])")
_DOTTED = re.compile(
    r"(?<![\w.,])(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})(?![\w])(?P<word> ?r\.| roku?| g\.| gad[sa])?"
)
_SHORT = re.compile(r"(?<![\w.,])(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\.(?! ?\d)(?![\w])")
_SLASHED = re.compile(
    r"(?<![\w/+-])(?P<day>\d{1,2})(?P<sign>[/-])(?P<month>\d{1,2})(?P=sign)(?P<year>(?:1[5-9]|20)\d\d|(?<=/)\d{4})(?![\w/-])"
)
_ROMAN_MONTH = re.compile(r"(?<![\w.,])(?P<day>\d{1,2})\.? (?P<roman>[IVX]{1,4})\.? (?P<year>\d{4})(?!\w)")
_ROMAN_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def verbalize_dates(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with its dates written out as far as their order and their cases go."""
    if not any(map(str.isdecimal, text.text)):
        return text
    if "-" in text.text or "/" in text.text:
        text = text.sub(_ISO, lambda match: _written(match, lexis))
        text = text.sub(_SLASHED, lambda match: _written(_slashed(match, lexis), lexis, match.group()))
    text = text.sub(_DOTTED, lambda match: _written(match, lexis))
    text = text.sub(_ROMAN_MONTH, lambda match: _roman_month(match, lexis))
    if lexis.dates.get("short"):
        text = text.sub(_SHORT, lambda match: _written(match, lexis))
    if lexis.tag == "fi":
        text = verbalize_finnish_days(text, lexis)
    text = text.sub(_day_pattern(lexis.tag), lambda match: _day(match, lexis))
    return verbalize_polish_years(text) if lexis.tag == "pl" else text


def _slashed(match: re.Match[str], lexis: Lexis) -> re.Match[str] | dict[str, str]:
    """Tell day from month: by their size, else as the language has it."""
    day, month = int(match["day"]), int(match["month"])
    if month > 12 or (lexis.dates.get("month_first") and day <= 12):
        return {"day": match["month"], "month": match["day"], "year": match["year"]}
    return match


def _roman_month(match: re.Match[str], lexis: Lexis) -> str:
    if match["roman"] not in _ROMAN_MONTHS:
        return match.group()
    month = str(_ROMAN_MONTHS.index(match["roman"]) + 1)
    return _written({"day": match["day"], "month": month, "year": match["year"]}, lexis, match.group())


def _written(match: re.Match[str] | dict[str, str], lexis: Lexis, whole: str = "") -> str:
    """Write the month in letters, in the order of the language; what is no date stays."""
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return whole if isinstance(match, dict) else match.group()
    number = match["year"] if isinstance(match, dict) or "year" in match.re.groupindex else ""
    return str(lexis.dates["numeric"]).format(day=day, month=lexis.months[month - 1], year=number).strip()


@lru_cache(maxsize=8)
def _day_pattern(tag: str) -> re.Pattern[str]:
    """A day and the name of its month, and a year after it."""
    months = alternatives(known_lexis(tag).months)
    if tag == "en":
        return re.compile(
            rf"(?<![\w.,$])(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{months})(?:,? (?P<year>\d{{4}}))?(?![\w])"
            rf"|(?P<first>{months}) (?P<second>\d{{1,2}})(?:st|nd|rd|th)?(?:[\u2013-](?P<to>\d{{1,2}}))?(?![\w:-]|[.,]\d)(?P<comma>,? (?P<third>\d{{4}}))?(?!\w)"
        )
    return re.compile(
        rf"(?<![\w.,])(?:(?P<from>\d{{1,2}})\.?(?:[\u2013-]| do ))?(?P<day>\d{{1,2}})\.?(?P<gap> )(?P<month>{months})"
        r"(?:,? (?P<year>\d{4})(?P<word> ?r\.| roku)?)?(?!\w)"
    )


def _day(match: re.Match[str], lexis: Lexis) -> str:
    if lexis.tag == "en":
        return _english_day(match)
    if lexis.tag in {"lv", "id"} or not 1 <= int(match["day"]) <= 31:
        return match.group()  # there the day agrees as any ordinal does, or is none
    form = str(lexis.dates.get("day", ""))
    said = ordinal(int(match["day"]), lexis.tag, form)
    if match["from"]:
        if lexis.tag == "fi":
            opening, said = (
                ordinal(int(match["from"]), "fi", "elative"),
                ordinal(int(match["day"]), "fi", "illative"),
            )
            said = f"{opening} {said}"
        else:
            start = "od " if last_word(match.string, match.start()) == "dniach" else ""
            said = f"{start}{ordinal(int(match['from']), lexis.tag, form)} do {said}"
    said = f"{said} {match['month']}"
    if not match["year"]:
        return said
    if lexis.tag == "pl":
        end = (
            "."
            if match["word"] and match["word"].endswith(".") and ends_text(match.string, match.end())
            else ""
        )
        noun = " roku" if match["word"] else ""
        return f"{said} {ordinal(int(match['year']), 'pl', 'ego')}{noun}{end}"
    return f"{said} {year(int(match['year']), lexis.tag)}"


def _english_day(match: re.Match[str]) -> str:
    day = int(match["day"] or match["second"])
    if not 1 <= day <= 31:
        return match.group()
    number = match["year"] or match["third"]
    said = year(int(number), "en") if number else ""
    if match["day"]:
        the = "" if last_word(match.string, match.start()).lower() == "the" else "the "
        return f"{the}{ordinal(day, 'en')} of {match['month']} {said}".strip()
    last = f" to {ordinal(int(match['to']), 'en')}" if match["to"] else ""
    return f"{match['first']} {ordinal(day, 'en')}{last}" + (f", {said}" if said else "")
