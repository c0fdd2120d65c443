"""Times of day, in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.rules.quantities import noun_form
from audiobook.narration.rules.ranges import MORE_NUMBERS, unit_names

_TIME = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<hour>\d{1,2}):          # 9:
    (?P<minute>[0-5]\d)         # 30
    (?::(?P<second>[0-5]\d))?   # :15
    (?!\w|:\w|[.,]\d)
    """,
    re.VERBOSE,
)
_DOTTED_TIME: Final = r"(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)(?!\w|:\w|[.,]\d)"
_TIME_RANGE = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<from>(?P<hour>\d{1,2})(?P<sign>[.:])[0-5]\d)    # 9.00
    [ ]?[\u2013-][ ]?
    (?P<to>\d{1,2}(?P=sign)[0-5]\d)                     # 17.00
    (?![\w:]|[.,]\d)
    """,
    re.VERBOSE,
)
_ROUND_TIMES = re.compile(r"\d{1,2}\.[0-5][05]\D{1,3}\d{1,2}\.[0-5][05]")
"""Matches a range at multiples of five minutes: times with full stops even without a word for times."""
_ONE_TIME = re.compile(r"(?P<hour>\d{1,2})[.:](?P<minute>\d\d)")
_LESSER: Final = {"h": ("min", "min."), "min": ("s", "Sek.", "sek.", "sek", "secs")}
"""For a unit of time, the signs that the next smaller one may have."""
_NEVER: Final = re.compile("(?!)")
_HOUR_SIGNS: Final = ("h", "hr", "hrs", "hrs.")
"""Signs of units that may also follow a time of day."""
_HOURS: Final = 24


def verbalize_time_ranges(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ranges of times in words: "9:00–17:00"."""
    if "-" not in text.text and "\u2013" not in text.text:
        return text
    return text.sub(_TIME_RANGE, lambda match: _time_range(match, grammar))


def verbalize_times(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its other times of day in words, and its durations as two units: "4:20 minutes"."""
    if ":" in text.text:
        text = text.sub(_duration_pattern(grammar.words), lambda match: _duration(match, grammar))
    text = text.sub(_time_list_pattern(grammar.words), lambda match: _time_list(match, grammar))
    if ":" in text.text:
        text = text.sub(_TIME, lambda match: _time(match, grammar))
    return text.sub(_time_pattern(grammar.words), lambda match: _time(match, grammar))


@lru_cache(maxsize=32)
def _time_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a time with a full stop in it, next to a word for times: "klo 14.30"."""
    times = words.times
    sides = [rf"(?<=\b{word} )" for word in times.before.split("|") if word]
    if times.after:
        sides.append(rf"(?=\d{{1,2}}\.\d\d,? (?:{times.after})(?!\w))")
    if not sides:
        return _NEVER
    return re.compile(rf"(?<![\w.,:/-])(?=\d)(?:{'|'.join(sides)}){_DOTTED_TIME}", re.IGNORECASE)


@lru_cache(maxsize=32)
def _time_list_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for several times with full stops after a word for times: "plkst. 18.00, 18.30 un 19.00"."""
    if not words.times.before:
        return _NEVER
    sides = "|".join(rf"(?<=\b{word} )" for word in words.times.before.split("|"))
    joints = "|".join(f" {word}" for word in (words.signs["and"], words.times.alternative) if word)
    more = rf"(?>(?:(?:,|{joints}) \d{{1,2}}\.[0-5]\d(?![\w:]|[.,]\d)){{1,12}})"
    return re.compile(rf"(?=\d)(?:{sides})(?P<first>\d{{1,2}}\.[0-5]\d){more}", re.IGNORECASE)


@lru_cache(maxsize=32)
def _duration_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a duration: "4:20 minutes", "2:30 h"."""
    names = alternatives(name for unit in _LESSER for name in _names(unit, words)) or _NEVER.pattern
    return re.compile(rf"(?<![\w.,:/-])(?P<first>\d{{1,3}}):(?P<second>[0-5]\d)[ ](?P<unit>{names})(?!\w)")


def _names(unit: str, words: Words) -> tuple[str, ...]:
    """Return the names of a unit of time; the sign for an hour also follows times of day."""
    forms = words.counted.get(unit, ())
    return forms if unit == "h" else (unit, *forms)


def _duration(match: re.Match[str], grammar: Grammar) -> str:
    """Return a duration as two numbers with their units, which become words like other quantities."""
    words = grammar.words
    unit = next(unit for unit in _LESSER if match["unit"] in _names(unit, words))
    lesser = next((sign for sign in _LESSER[unit] if sign in words.counted), "")
    if not lesser or match["unit"] in words.times.after.split("|"):
        return match.group()
    said, count = f"{match['first']} {unit}", int(match["second"])
    return (
        f"{said} {count} {noun_form(words.counted[lesser], grammar.count(count), words)}" if count else said
    )


def _time_list(match: re.Match[str], grammar: Grammar) -> str:
    if any(int(time["hour"]) > _HOURS for time in _ONE_TIME.finditer(match.group())):
        return match.group()
    if _is_measured(match.string, match.end(), grammar, is_series=True):
        return match.group()
    before = grammar.word_before(match.string, match.start()).lower()
    return _ONE_TIME.sub(lambda time: _hour_and_minutes(time, before, grammar), match.group())


def _hour_and_minutes(time: re.Match[str], before: str, grammar: Grammar) -> str:
    hour = grammar.hour(int(time["hour"]), before, is_full=time["minute"] == "00")
    return grammar.time(hour, time["minute"])


def _time(match: re.Match[str], grammar: Grammar) -> str:
    hour, is_full = int(match["hour"]), match["minute"] == "00"
    if hour > _HOURS:
        return match.group()
    text, end, times = match.string, match.end(), grammar.words.times
    if match.group().lstrip("0123456789").startswith(".") and _is_amount(text, end, grammar):
        return match.group()
    second = match.groupdict().get("second")
    before = grammar.word_before(text, match.start()).lower()
    said = grammar.hour(hour, before, next_word(text, end) if is_full else "", is_full=is_full)
    said = grammar.time(said, match["minute"])
    if (
        is_full
        and times.full
        and not second
        and not (times.half_days and re.match(times.half_days, text[end:]))
    ):
        said += f" {times.full}"
    if second and int(second):
        said = f"{said} {grammar.seconds(second)}"
    return said


def _is_amount(text: str, end: int, grammar: Grammar) -> bool:
    """Return whether a number such as "9.35", which ends at `end`, is an amount rather than a time of day.

    It is an amount if a unit follows, even after more numbers: "from 9.35 to 10.45 metres". In languages with a decimal
    point, it is also an amount if more numbers follow, because lists of times have been read by then.
    """
    more = MORE_NUMBERS.match(text, end)
    if more and grammar.words.decimal == ".":
        return True
    return _is_measured(text, more.end() if more else end, grammar, is_series=more is not None)


def _is_measured(text: str, end: int, grammar: Grammar, *, is_series: bool) -> bool:
    """Return whether a unit follows a number or, after a series of them, a noun that is counted."""
    words = grammar.words
    hours = {name for sign in _HOUR_SIGNS for name in (sign, *words.counted.get(sign, ()))}
    sign = _unit_sign(words).match(text, end)
    if sign:
        return sign["unit"] not in hours
    word = next_word(text, end)
    if not word or word in hours:
        return False
    if word in unit_names(words) or word in words.magnitudes:
        return True
    return is_series and word.islower() and bool(words.patterns.get("counted", _NEVER).search(word))


@lru_cache(maxsize=32)
def _unit_sign(words: Words) -> re.Pattern[str]:
    return re.compile(rf"[ ]?(?P<unit>{alternatives(words.counted) or _NEVER.pattern})(?!\w)")


def _time_range(match: re.Match[str], grammar: Grammar) -> str:
    """Return a range of times in words; with full stops, the numbers are times only after a word for times."""
    words = grammar.words
    before = last_word(match.string, match.start())
    is_marked = match["sign"] == ":" or re.fullmatch(words.times.before, before, re.IGNORECASE)
    if not (is_marked or (words.decimal != "." and _ROUND_TIMES.fullmatch(match.group()))):
        return match.group()
    parts = []
    for at, time in enumerate(_ONE_TIME.finditer(match.group())):
        if int(time["hour"]) > _HOURS:
            return match.group()
        hour = grammar.hour(int(time["hour"]), words.range if at else before.lower())
        parts.append(grammar.time(hour, time["minute"]))
    opening = words.openings.get(before.lower(), "")
    return f"{opening} {f' {words.range or chr(0x2013)} '.join(parts)}".lstrip()
