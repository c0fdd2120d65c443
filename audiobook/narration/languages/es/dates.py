"""Spanish dates and times: "3 mayo 2001", "14.30 h", "9:30 hora local", "esta noche (23.55)", "(Reus, 11-10-63)"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.words import Words, alternatives

_CLOCK = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<hour>\d{1,2})[.:]   # 9.30 h
    (?P<minutes>[0-5]\d)[ ]?(?:h|hs)
    (?:\.(?=[ ][^\W\d_A-Z]))?
    (?![\w/])
    """,
    re.VERBOSE,
)
_HOUR = re.compile(r"(?<![\w.,:/-])(?<=\b[Ll]as )(?P<hour>21)(?![\w/%-]|[.,:]\d| [^\W\d_]+s\b)")
_ONE = re.compile(r"(?<=\b[Aa] la )1(?![\w/%-]|[.,:]\d)")
_PROGRAMME = re.compile(
    r"(?P<before>\b(?:noche|tarde|mañana|madrugada|hoy|horas?|TVE?|lunes|martes|miércoles|jueves|viernes|sábado|domingo) \()"
    r"(?P<hour>[01]?\d|2[0-3])\.(?P<minutes>[0-5]\d)(?=\))"
)
"""Matches the time of a broadcast in brackets: "esta noche (23.55)"."""
_BIRTH = re.compile(r"(?<=[^\W\d_], )(?P<day>[0-3]?\d)-(?P<month>[01]?\d)-(?P<year>\d\d)(?=\))")
"""Matches the date of birth after a place in brackets: "(Reus, 11-10-63)"."""
_LOCAL = re.compile(r"(?<=\d[.:][0-5]\d) (?=hora(?!\w))")
"""Matches the gap between a time and the name of its zone: "9:30 hora local"."""
_MOST_DAYS: Final = 31
_LATEST: Final = 30
"""Last year of this century that two figures can mean."""


def write_bracketed(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with times of broadcasts and dates of birth in brackets in their usual form."""
    if "(" not in text.text:
        return text
    text = text.sub(_PROGRAMME, lambda match: f"{match['before']}{match['hour']}:{match['minutes']}")
    return text.sub(_BIRTH, lambda match: _birth(match, grammar))


def rewrite_times(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "14.30 h" written as "14:30 horas", and the hour after "a la" in words."""
    text = text.sub(_LOCAL, ", ")
    text = text.sub(_CLOCK, lambda match: f"{match['hour']}:{match['minutes']} horas")
    text = text.sub(_HOUR, lambda match: grammar.hour(int(match["hour"]), ""))
    return text.sub(_ONE, grammar.hour(1, ""))


def link_dates(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "de" in its dates without it: "3 mayo 2001"."""
    return text.sub(_bare_date_pattern(grammar.words), _linked_date)


@lru_cache(maxsize=1)
def _bare_date_pattern(words: Words) -> re.Pattern[str]:
    months = alternatives(words.dates.months)
    return re.compile(
        rf"(?<![\w.,:/-])(?P<day>\d{{1,2}}) (?P<month>{months})(?:,? (?P<year>\d{{4}})(?!\d))?(?!\w)",
        re.IGNORECASE,
    )


def _linked_date(match: re.Match[str]) -> str:
    year = f" de {match['year']}" if match["year"] else ""
    return f"{match['day']} de {match['month']}{year}"


def _birth(match: re.Match[str], grammar: Grammar) -> str:
    """Return a date of birth with the name of its month and its century; other numbers stay."""
    day, month, year = (int(match[part]) for part in ("day", "month", "year"))
    months = grammar.words.dates.months
    if not (1 <= day <= _MOST_DAYS and 1 <= month <= len(months)):
        return match.group()
    return f"{day} de {months[month - 1]} de {(1900 if year > _LATEST else 2000) + year}"
