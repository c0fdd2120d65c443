"""English days, months and dates: "Mon.–Fri.", "May 5th", "5. Nov 2020", "01-Feb-02", "3/4/99"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text, last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives

_DAY: Final = r"Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_DAYS = re.compile(rf"(?<![\w.-])(?P<first>{_DAY})\.? ?[\u2013-] ?(?P<last>{_DAY})\b(?P<stop>\.)?")
_DOTTED_DAY: Final = re.compile(
    r"""
    (?<![\w.,/-])
    (?P<day>[12]?\d|3[01])\.[ ]                                                        # 5.
    (?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?[ ]\d{4}(?!\w))   # before May 1990
    """,
    re.VERBOSE,
)
_TWO_FIGURES = re.compile(r"(?<![\w/.-])(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d\d)(?![\w/-]|[.,]\d)")
_SHORT_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_MONTH = re.compile(
    rf"""
    (?<![\w.,:/-])
    (?P<day>\d{{1,2}}(?:st|nd|rd|th)?[ ](?:of[ ])?)(?P<behind>{_SHORT_MONTH})(?:\.(?=,?[ ][a-z\d])|(?![\w.'-]))
    |
    (?<![\w.-])(?P<before>{_SHORT_MONTH})(?=[ ]\d{{1,2}}(?:st|nd|rd|th)?(?![\w.:/-]\w|\w))
    """,
    re.VERBOSE,
)
_HYPHENED = re.compile(
    r"""
    (?<![\w.-])
    (?P<day>\d{1,2})-   # 01-Feb-02
    (?P<month>[A-Z][a-z]{2,8})-
    (?P<year>(?:1[5-9]|20)\d\d|\d\d)
    (?![\w-])
    """,
    re.VERBOSE,
)
_MONTHS: Final = 12
_RECENT: Final = 50
"""Two-figure years below this are in the 21st century."""
_MOST_DAYS: Final = 31


def verbalize_days_of_week(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ranges of days in words: "Mon.–Fri."."""
    if "-" not in text.text and "\u2013" not in text.text:
        return text
    return text.sub(_DAYS, lambda match: _days(match, grammar))


def write_dotted_days(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence without the full stop after a day: "5. Nov 2020"."""
    return text.sub(_DOTTED_DAY, lambda match: f"{match['day']} ") if "." in text.text else text


def write_full_years(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with all figures of the years in "11/15/99"."""
    return text.sub(_TWO_FIGURES, _full_year) if "/" in text.text else text


def write_months(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the short names of months next to a day in full."""
    return text.sub(_MONTH, lambda match: _month(match, grammar))


def verbalize_month_days(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with days and months, in either order, and the years after them in words."""
    if "-" in text.text or "\u2013" in text.text:
        text = text.sub(_HYPHENED, lambda match: _hyphened(match, grammar))
        text = text.sub(_full_range_pattern(grammar.words), " to ")
    return text.sub(_month_day_pattern(grammar.words), lambda match: _month_day(match, grammar))


def _days(match: re.Match[str], grammar: Grammar) -> str:
    stop = "." if match["stop"] and ends_text(match.string, match.end()) else ""
    first, last = (grammar.words.short[f"{match[end]}."].say for end in ("first", "last"))
    return f"{first} to {last}{stop}"


def _full_year(match: re.Match[str]) -> str:
    """Return a date with all four figures of its year; other text stays."""
    month, day, year = int(match["month"]), int(match["day"]), int(match["year"])
    if not (0 < min(month, day) <= _MONTHS and max(month, day) <= _MOST_DAYS):
        return match.group()
    return f"{month}/{day}/{year + (2000 if year < _RECENT else 1900)}"


def _month(match: re.Match[str], grammar: Grammar) -> str:
    found = grammar.words.numbered.get(f"{match['behind'] or match['before']}.")
    return f"{match['day'] or ''}{found.say}" if found else match.group()


def _hyphened(match: re.Match[str], grammar: Grammar) -> str:
    """Return "1 February 2002" for "01-Feb-02"; other text stays."""
    found = grammar.words.numbered.get(f"{match['month']}.")
    month = found.say if found else match["month"]
    if month not in grammar.words.dates.months:
        return match.group()
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < _RECENT else 1900
    return f"{int(match['day'])} {month} {year}"


@lru_cache(maxsize=1)
def _full_range_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the dash between two full dates: "13 December 1998-30 June 2001"."""
    months = alternatives(words.dates.months)
    return re.compile(rf"(?<=\b\d{{4}}) ?[\u2013-] ?(?=\d{{1,2}} (?:{months})\b|(?:{months}) \d)")


@lru_cache(maxsize=1)
def _month_day_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for "5 May 1990", "the 5th of May" and "May 5–7, 1990"."""
    months = alternatives(words.dates.months)
    return re.compile(
        rf"""
        (?<![\w.,$])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ](?:of[ ])?(?P<month>{months})
        (?:,?[ ](?P<year>\d{{4}}))?(?![\w])
        |
        (?P<first>{months})[ ](?P<second>\d{{1,2}})(?:st|nd|rd|th)?
        (?:[\u2013-](?P<to>\d{{1,2}}))?(?![\w:-]|[.,]\d)
        (?P<comma>,?[ ](?P<third>\d{{4}}))?(?!\w)
        """,
        re.VERBOSE,
    )


def _month_day(match: re.Match[str], grammar: Grammar) -> str:
    day = int(match["day"] or match["second"])
    if not 1 <= day <= _MOST_DAYS:
        return match.group()
    if match["second"] and _counts_noun(match, grammar):
        return match.group()
    number = match["year"] or match["third"]
    said = grammar.year(int(number)) if number else ""
    if match["day"]:
        led = last_word(match.string, match.start()).lower()
        the = "" if led in grammar.words.lists["determiners"] else "the "
        return f"{the}{grammar.ordinal(day)} of {match['month']} {said}".strip()
    last = f" to {grammar.ordinal(int(match['to']))}" if match["to"] else ""
    return f"{match['first']} {grammar.ordinal(day)}{last}" + (f", {said}" if said else "")


def _counts_noun(match: re.Match[str], grammar: Grammar) -> bool:
    """Return whether a number after a month counts the next noun: "In May 5 people came", but "On May 5 people"."""
    if match["to"] or match["third"] or not match.group().endswith(match["second"]):
        return False
    before, after = last_word(match.string, match.start()), next_word(match.string, match.end())
    is_counted = grammar.words.patterns["counted"].search(after) is not None
    return is_counted and after.islower() and before.lower() in grammar.words.lists["before_months"]
