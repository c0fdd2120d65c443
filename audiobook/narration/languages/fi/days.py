"""Finnish days: short names of weekdays ("ti 4.9.", "ma–to klo 9"), and ranges of dates ("1.3.–31.5.2012")."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Form

_STEMS: Final = {
    "ma": "maanantai",
    "ti": "tiistai",
    "ke": "keskiviikko",
    "to": "torstai",
    "pe": "perjantai",
    "la": "lauantai",
    "su": "sunnuntai",
}
_ORDER: Final = tuple(_STEMS)
_WEEKDAY: Final = "|".join(_STEMS)
_ON_DAY = re.compile(
    rf"""
    (?<![\w.-])
    (?P<day>{_WEEKDAY})[ ]                                   # ti
    (?=\d{{1,2}}\.[ ]?\d{{1,2}}\.(?!\d)|\d{{1,2}}\.[ ]?\d{{1,2}}\.\d{{4}}|klo[ ]?\d|kello[ ]\d    # 4.9.
      |\d{{1,2}}(?:\.\d\d)?[ ]?[\u2013-][ ]?\d{{1,2}}(?:\.\d\d)?(?![\w.,]\w|\w))                 # 10–14
    """,
    re.VERBOSE,
)
_DAYS = re.compile(
    rf"(?<![\w.-])(?P<first>{_WEEKDAY}) ?[\u2013-] ?(?P<last>{_WEEKDAY})(?=[ ,;)]?(?:klo\b|kello\b|\d|$|[,;)]))"
)
_DATES = re.compile(
    r"""
    (?<![\w.,])
    (?P<day>\d{1,2})\.[ ]?(?P<month>\d{1,2})\.(?:[ ]?(?P<year>\d{4}))?[ ]?[\u2013-][ ]?           # 1.3.–
    (?P<last_day>\d{1,2})\.[ ]?(?P<last_month>\d{1,2})\.(?:[ ]?(?P<last_year>\d{4}))?(?!\w)      # 31.5.2012
    """,
    re.VERBOSE,
)
_DATES_WITHOUT_STOP = re.compile(
    r"""
    (?<![\w.,])
    (?P<day>\d{1,2})\.(?P<month>\d{1,2})(?=[\u2013-](?P<last_day>\d{1,2})\.\d{1,2}\.(?P<year>\d{4})?(?!\w))   # 31.10-8.11.
    """,
    re.VERBOSE,
)
"""Matches the first day of a range of dates without its last full stop."""
_HOUR = re.compile(r"^(?P<hour>[01]?\d|2[0-4])\.(?P<minutes>[0-5]\d)(?= (?:[A-ZÅÄÖ\"]|\u2013 ))")
"""Matches a time of day at the start of a sentence, as in a programme: "19.00 Konsertti"."""
_OPEN = re.compile(
    r"(?:(?<=\()|(?<=\bklo )|(?<=\bkello ))(?P<hour>[01]?\d|2[0-4])\.(?P<minutes>[0-5][05])[\u2013-](?P<to>[01]?\d|2[0-4])(?=[),;]|$)"
)
"""Matches hours in brackets or after a word for them, the second without minutes: "(6.30-10)"."""
_MONTH = re.compile(r"(?<![\w.,/-])(?P<month>0[1-9]|1[0-2])\.(?P<year>1[89]\d\d|20\d\d)(?![\w-]|[.,]\d)")
_MOST_DAYS: Final = 31


def write_weekdays(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with the short names of weekdays before a date or time in full."""
    return text.sub(_DAYS, _days).sub(_ON_DAY, lambda match: f"{_STEMS[match['day']]}na ")


def write_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with a colon in a time at its start ("19.00 Konsertti"), and with months in full ("05.1969")."""
    text = text.sub(_HOUR, lambda match: f"{match['hour']}:{match['minutes']}")
    text = text.sub(_OPEN, lambda match: f"{match['hour']}:{match['minutes']}\u2013{match['to']}:00")
    return text.sub(_MONTH, lambda match: _month(match, grammar))


def _month(match: re.Match[str], grammar: Grammar) -> str:
    return f"{grammar.words.dates.months[int(match['month']) - 1].removesuffix('ta')} {match['year']}"


def _days(match: re.Match[str]) -> str:
    first, last = match["first"], match["last"]
    if _ORDER.index(first) >= _ORDER.index(last):
        return match.group()
    stem = _STEMS[first]
    since = "keskiviikosta" if first == "ke" else f"{stem}sta"
    until = "keskiviikkoon" if last == "ke" else f"{_STEMS[last]}hin"
    return f"{since} {until}"


def verbalize_date_ranges(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ranges of dates in words, expressed by cases: "ensimmäisestä … viidenteen …"."""
    if "-" not in text.text and "\u2013" not in text.text:
        return text
    text = text.sub(_DATES_WITHOUT_STOP, _with_stop)
    return text.sub(_DATES, lambda match: _dates(match, grammar))


def _with_stop(match: re.Match[str]) -> str:
    """Return the first day with a full stop, unless the figures may be decimals: "1.5-2.5."."""
    is_date = match["year"] or int(match["day"]) > 9 or int(match["last_day"]) > 9
    return f"{match.group()}." if is_date else match.group()


def _dates(match: re.Match[str], grammar: Grammar) -> str:
    first = _date(match["day"], match["month"], match["year"], Case.ELATIVE, grammar)
    last = _date(match["last_day"], match["last_month"], match["last_year"], Case.ILLATIVE, grammar)
    return f"{first} {last}" if first and last else match.group()


def _date(day: str, month: str, year: str | None, case: Case, grammar: Grammar) -> str:
    if not (1 <= int(day) <= _MOST_DAYS and 1 <= int(month) <= 12):
        return ""
    said = f"{grammar.ordinal(int(day), Form(case))} {grammar.words.dates.months[int(month) - 1]}"
    return f"{said} {year}" if year else said
