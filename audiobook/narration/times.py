"""Times of day, brought into the form in which they are said."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.agreement import finnish_hour
from audiobook.narration.aligned import AlignedText
from audiobook.narration.latvian import is_hour_word, latvian_hour
from audiobook.narration.lexis import Lexis, known_lexis
from audiobook.narration.neighbours import governed, last_word, next_word
from audiobook.narration.numbers import cardinal
from audiobook.narration.polish import polish_hour, verbalize_polish_hours

_TIME = re.compile(
    r"(?<![\w.,:/-])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\w:]|[.,]\d)"
)
_DOTTED_TIME: Final = r"(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)(?![\w:]|[.,]\d)"
_HALF_DAY = re.compile(
    r"(?<=[\d\w] )(?P<half>[ap])\.?m\.(?!\w)|(?<=\d)(?: )?(?P<tight>[ap])\.?m\.?(?!\w)", re.IGNORECASE
)
_TIME_RANGE = re.compile(
    r"(?<![\w.,:/-])(?P<from>(?P<hour>\d{1,2})(?P<sign>[.:])[0-5]\d) ?[\u2013-] ?(?P<to>\d{1,2}(?P=sign)[0-5]\d)(?![\w:]|[.,]\d)"
)
_SLOVENIAN_HOUR = re.compile(
    r"(?<![\w.,])(?P<hour>\d{1,2})(?: ?h(?P<minute>[0-5]\d)|(?<=\bob \d) ?h|(?<=\bob \d\d) ?h)(?!\w)"
)
_ROUND_TIMES = re.compile(r"\d{1,2}\.[0-5][05]\D{1,3}\d{1,2}\.[0-5][05]")
"""A range of full five minutes: such numbers with a full stop are times even where no word tells it."""
_ONE_TIME = re.compile(r"(?P<hour>\d{1,2})[.:](?P<minute>\d\d)")
_HOURS: Final = 24


def verbalize_times(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with its times of day in words."""
    if lexis.tag == "en" and "m" in text.text.lower():
        text = text.sub(
            _HALF_DAY,
            lambda match: f"{'' if match['half'] else ' '}{(match['half'] or match['tight']).upper()} M",
        )
    if "-" in text.text or "\u2013" in text.text:
        text = text.sub(_TIME_RANGE, lambda match: _time_range(match, lexis))
    if lexis.tag == "pl":
        text = verbalize_polish_hours(text)
    if lexis.tag == "sl" and "h" in text.text:
        text = text.sub(_SLOVENIAN_HOUR, lambda match: f"{match['hour']}.{match['minute'] or '00'}")
    text = text.sub(_time_list_pattern(lexis.tag), lambda match: _time_list(match, lexis))
    if ":" in text.text:
        text = text.sub(_TIME, lambda match: _time(match, lexis))
    return text.sub(
        _time_pattern(lexis.times["before"], lexis.times.get("after", "")), lambda match: _time(match, lexis)
    )


@lru_cache(maxsize=8)
def _time_pattern(before: str, after: str) -> re.Pattern[str]:
    """A time with a full stop in it, which stands by a word that tells it is one."""
    sides = [rf"(?<=\b{word} )" for word in before.split("|")]
    if after:
        sides.append(rf"(?=\d{{1,2}}\.\d\d,? (?:{after})(?!\w))")
    return re.compile(rf"(?<![\w.,:/-])(?=\d)(?:{'|'.join(sides)}){_DOTTED_TIME}", re.IGNORECASE)


@lru_cache(maxsize=8)
def _time_list_pattern(tag: str) -> re.Pattern[str]:
    """Times with a full stop in them behind one word that tells what they are: "plkst. 18.00, 18.30 un 19.00"."""
    known = known_lexis(tag)
    if known.decimal == ".":
        return re.compile("(?!)")
    sides = "|".join(rf"(?<=\b{word} )" for word in known.times["before"].split("|"))
    more = (
        rf"(?:(?:,| {known.signs['and']}| {known.times['or']}) \d{{1,2}}\.[0-5]\d(?![\w:]|[.,]\d)){{1,12}}+"
    )
    return re.compile(rf"(?:{sides})(?P<first>\d{{1,2}}\.[0-5]\d){more}", re.IGNORECASE)


def _time_list(match: re.Match[str], lexis: Lexis) -> str:
    before = last_word(match.string, match.start())
    if any(int(time["hour"]) > _HOURS for time in _ONE_TIME.finditer(match.group())):
        return match.group()
    return _ONE_TIME.sub(lambda time: _listed_time(time, before, match, lexis), match.group())


def _listed_time(time: re.Match[str], before: str, whole: re.Match[str], lexis: Lexis) -> str:
    if lexis.tag == "lv" and is_hour_word(before):
        outer = last_word(whole.string, whole.start() - len(before) - 1)
        before = outer if governed(outer, lexis) else "at" if time["minute"] == "00" else ""
    said = _hour(int(time["hour"]), before.lower(), lexis)
    return said if time["minute"] == "00" else f"{said} {_minutes(time['minute'], lexis)}"


def _time(match: re.Match[str], lexis: Lexis) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > _HOURS:
        return match.group()
    text, end = match.string, match.end()
    second = match.groupdict().get("second")
    said = _hour(hour, _before_hour(match, lexis), lexis)
    if lexis.tag == "fi" and not minute:
        said = cardinal(hour, "fi", finnish_hour(next_word(text, end)))
    if minute:
        said += " " + _minutes(match["minute"], lexis)
    elif lexis.tag == "en" and not second and not text.startswith((" A M", " P M"), end):
        said += " o'clock"
    if second and int(second):
        said += " " + _minutes(second, lexis)
    return said


def _before_hour(match: re.Match[str], lexis: Lexis) -> str:
    """Give the word that an hour depends on: in Latvian the one before "plkst.", or "at" for a full hour."""
    before = last_word(match.string, match.start())
    if lexis.tag == "lv" and is_hour_word(before):
        outer = last_word(match.string, match.start() - len(before) - 1)
        return outer.lower() if governed(outer, lexis) else "at" if match["minute"] == "00" else ""
    return before.lower()


def _time_range(match: re.Match[str], lexis: Lexis) -> str:
    """Say both ends of a range of times; with a full stop in them they are times only behind a word for it."""
    before = last_word(match.string, match.start())
    is_told = match["sign"] == ":" or re.fullmatch(lexis.times["before"], before, re.IGNORECASE)
    if not (is_told or (lexis.decimal != "." and _ROUND_TIMES.fullmatch(match.group()))):
        return match.group()
    times = [_ONE_TIME.match(part) for part in (match["from"], match["to"])]
    parts = []
    for at, time in enumerate(times):
        if time is None or int(time["hour"]) > _HOURS:
            return match.group()
        said = _hour(int(time["hour"]), lexis.range if at else before.lower(), lexis)
        parts.append(said if time["minute"] == "00" else f"{said} {_minutes(time['minute'], lexis)}")
    joint = lexis.range or "\u2013"
    opening = "od " if before.lower() == "godzinach" else ""
    return opening + f" {joint} ".join(parts)


def _hour(hour: int, before: str, lexis: Lexis) -> str:
    if lexis.tag == "lv":
        return cardinal(hour, "lv", latvian_hour(hour, before, lexis))
    if lexis.tag == "sl" and before in {"ob", "od", "do", "po"}:
        return cardinal(hour, "sl", "hour" if hour % 20 == 1 else "loc")
    return polish_hour(hour, before) if lexis.tag == "pl" else cardinal(hour, lexis.tag)


def _minutes(minutes: str, lexis: Lexis) -> str:
    said = cardinal(int(minutes), lexis.tag)
    if minutes[0] != "0":
        return said
    return f"{'oh' if lexis.tag == 'en' else cardinal(0, lexis.tag)} {said}"
