"""English hours and times of day: "9–5", "1.30 pm", "6.30–10 am", "from 9.30 to 10.45", "10 a.m."."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text, last_word

_HOURS = re.compile(
    r"""
    (?<![\w.,:/$£€-])
    (?P<from>\d{1,2})[\u2013-](?P<to>\d{1,2})     # 9–5
    (?![\w.,:/\u2013-]\d|\d)
    (?P<half>(?=[ ]?[ap]\.?m\b))?                # before p.m.
    """,
    re.VERBOSE,
)
_HOUR_WORDS: Final = frozenset(
    "from open opens work works worked working hours daily weekdays monday tuesday wednesday thursday friday "
    "saturday sunday".split()
)
_NOON: Final = 12
_HALF_DAYS = re.compile(r"(?P<half>(?<=\d) ?[ap]\.?m\b\.?) ?[\u2013-] ?(?=\d)", re.IGNORECASE)
_UNTIL_HALF_DAY = re.compile(
    r"(?<=\d:[0-5]\d) ?[\u2013-] ?(?=\d{1,2}(?:[.:][0-5]\d)? ?[ap]\.?m\b)", re.IGNORECASE
)
"""Matches the dash in "6:30–10 am"."""
_CLOCK = re.compile(
    r"""
    (?:(?<![\w.,:/$£€-])|(?<=\d-))(?P<hour>[01]?\d|2[0-4])\.(?P<minutes>[0-5]\d)
    (?=[ ]?[ap]\.?[ ]?m\b                               # 1.30 pm
      # 1.30–3 pm
      |(?:[ ]?[\u2013-][ ]?|[ ](?:to|and|or|till|until)[ ])\d{1,2}(?:[.:][0-5]\d)?[ ]?[ap]\.?[ ]?m\b
      |[ ](?P<served>[a-z]+)(?!\w))                      # the 9.15 train
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FROM_TO_CLOCK = re.compile(
    r"""
    \b(?P<led>from|between)[ ]
    (?P<first>[01]?\d|2[0-4])\.(?P<minutes>[0-5][05])             # from 9.30
    (?P<join>[ ](?:to|till|until|and)[ ])
    (?P<last>[01]?\d|2[0-4])\.(?P<others>[0-5][05])              # to 10.45
    (?!\w|[.,]\d|[ ]?[%°$£€])
    (?:(?=[ ](?P<next>[a-z]+)))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CHANGING: Final = re.compile(
    r"\b(?:r[io]se[ns]?|rising|f[ae]ll(?:en|s|ing)?|gr[eo]w[ns]?|(?:in|de)creas|drop|rang|var(?:y|ie)|chang|improv|price|rate|index"
    r"|average|ratio|scale|score|grade|size|distance|weight|value|version|sections?|chapters?|figures?|tables?|pages?)",
    re.IGNORECASE,
)
"""Words before two numbers that are amounts: "rose from 1.20 to 1.35"."""
_BEHIND_HOURS: Final = frozenset(
    "and or but on in at the every each daily today tomorrow tonight yesterday only it he she we they there then for with when "
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays "
    "weekdays weekends hours o".split()
)
"""Words after two times; others are what two amounts count: "from 9.30 to 10.45 metres"."""
_BEFORE_SERVED: Final = frozenset("the a an his her my your our their this that next last for on".split())
_HALF_DAY = re.compile(
    r"""
    (?<=[\d\w][ ])
    (?P<half>[ap])\.?m\.     # 10 a.m.
    (?!\w)
    |
    (?<=\d)(?:[ ])?
    (?P<tight>[ap])\.?m\.?   # 10am
    (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def write_clocks(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with colons in its times of day: "1:30 pm"."""
    if "." not in text.text:
        return text
    return text.sub(_FROM_TO_CLOCK, _from_to).sub(_CLOCK, lambda match: _clock(match, grammar))


def _from_to(match: re.Match[str]) -> str:
    """Return "from 9:30 to 10:45" for "from 9.30 to 10.45", unless something else is counted."""
    before = match.string[max(0, match.start() - 60) : match.start()]
    if _CHANGING.search(before) or (match["next"] and match["next"].lower() not in _BEHIND_HOURS):
        return match.group()
    first, last = f"{match['first']}:{match['minutes']}", f"{match['last']}:{match['others']}"
    return f"{match['led']} {first}{match['join']}{last}"


def _clock(match: re.Match[str], grammar: Grammar) -> str:
    is_time = match["served"] is None or (
        match["served"].lower() in grammar.words.lists["served"]
        and last_word(match.string, match.start()).lower() in _BEFORE_SERVED
    )
    return f"{match['hour']}:{match['minutes']}" if is_time else match.group()


def verbalize_half_days(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "a.m." and "p.m." as separate letters."""
    if "m" not in text.text.lower():
        return text
    return text.sub(_HALF_DAY, _half_day)


def _half_day(match: re.Match[str]) -> str:
    """Return "A M" or "P M", with a full stop where it also ends the sentence."""
    gap, half = ("", match["half"]) if match["half"] else (" ", match["tight"])
    stop = "." if match.group().endswith(".") and ends_text(match.string, match.end()) else ""
    return f"{gap}{half.upper()} M{stop}"


def verbalize_hours(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "to" between two hours: "9–5", "10 a.m.–2 p.m."."""
    if "\u2013" not in text.text and "-" not in text.text:
        return text
    text = text.sub(_HALF_DAYS, lambda match: f"{match['half']} to ").sub(_UNTIL_HALF_DAY, " to ")
    return text.sub(_HOURS, _hours)


def _hours(match: re.Match[str]) -> str:
    """Return "nine to five" for what would otherwise be a score: after a word for hours, or before "p.m."."""
    first, last = int(match["from"]), int(match["to"])
    if not 0 < last <= first <= _NOON:
        return match.group()
    is_timed = last_word(match.string, match.start()).lower() in _HOUR_WORDS or match["half"] is not None
    return f"{first} to {last}" if is_timed or (first, last) == (9, 5) else match.group()
