"""English ranges, eras and dates that only what stands beside them tells: "9–5", "44 BC", "Mon.–Fri.", "1st–3rd"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.inches import verbalize_inches
from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import ends_text, last_word
from audiobook.narration.numbers import year

_DAY: Final = r"Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_DAYS = re.compile(rf"(?<![\w.-])(?P<first>{_DAY})\.? ?[\u2013-] ?(?P<last>{_DAY})\b(?P<stop>\.)?")
_LED_ERA = re.compile(r"(?<![\w.])(?:A\.D\.|AD) (?P<year>\d{1,4})(?![\w,]\w|\w)")
_ERA = re.compile(
    r"(?:(?<![\w.,\u2013-])(?:(?P<first>\d{1,4}) ?[\u2013-] ?)?(?P<year>\d{1,4}) ?|(?<=\d) |(?<=century ))"
    r"(?P<era>A\.D\.|AD|B\.C\.E\.|BCE|B\.C\.|BC|C\.E\.|CE)(?!\w|\.\w)"
)
_YEARS: Final = range(1001, 2100)
"""Those that are said in pairs."""
_HOURS = re.compile(
    r"(?<![\w.,:/$£€-])(?P<from>\d{1,2})[\u2013-](?P<to>\d{1,2})(?![\w.,:/\u2013-]\d|\d)(?P<half>(?= ?[ap]\.?m\b))?"
)
_HOUR_WORDS: Final = frozenset(
    "from open opens work works worked working hours daily weekdays monday tuesday wednesday thursday friday "
    "saturday sunday".split()
)
_NOON: Final = 12
_HALF_DAYS = re.compile(r"(?P<half>(?<=\d) ?[ap]\.?m\b\.?) ?[\u2013-] ?(?=\d)", re.IGNORECASE)
_FROM_TO = re.compile(r"(?<=\d)-to-(?=\d)")
_ORDINALS = re.compile(
    r"(?<![\w.,-])(?P<first>\d{1,3}(?:st|nd|rd|th))[\u2013-](?=\d{1,3}(?:st|nd|rd|th)(?!\w))"
)
_NUMBER = re.compile(r"(?:(?<=[a-z,;(] )|(?<!\w)(?=No \d{1,4} [A-Z]))No(?= \d)")
_MONTH = re.compile(r"(?<=\d )(?P<month>[A-Z][a-z]{2,3})(?:\.|(?= \d{4}(?!\d)))(?=,? [a-z\d])")


def verbalize_english_days(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give an English text with its ranges of days in words: "Mon.–Fri."."""
    if "-" not in text.text and "\u2013" not in text.text:
        return text
    return text.sub(_DAYS, lambda match: _days(match, lexis))


def verbalize_english(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give an English text with what signs and short forms mean beside numbers in words; the numbers stay."""
    if lexis.tag != "en":
        return text
    text = verbalize_inches(text)
    if "\u2013" in text.text or "-" in text.text:
        text = text.sub(_ORDINALS, lambda match: f"{match['first']} to ")
        text = text.sub(_HALF_DAYS, lambda match: f"{match['half']} to ")
        text = text.sub(_FROM_TO, " to ").sub(_HOURS, _hours)
    text = text.sub(_LED_ERA, lambda match: f"A D {_year(match['year'])}").sub(_ERA, _era)
    text = text.sub(_MONTH, lambda match: lexis.numbered.get(f"{match['month']}.", match.group()))
    return text.sub(_NUMBER, "number")


def _days(match: re.Match[str], lexis: Lexis) -> str:
    stop = "." if match["stop"] and ends_text(match.string, match.end()) else ""
    first, last = (lexis.short[f"{match[end]}."] for end in ("first", "last"))
    return f"{first} to {last}{stop}"


def _hours(match: re.Match[str]) -> str:
    """Say "nine to five" for what would else be a score: behind a word for hours, or before "p.m."."""
    first, last = int(match["from"]), int(match["to"])
    if not 0 < last <= first <= _NOON:
        return match.group()
    is_told = last_word(match.string, match.start()).lower() in _HOUR_WORDS or match["half"] is not None
    return f"{first} to {last}" if is_told or (first, last) == (9, 5) else match.group()


def _year(number: str) -> str:
    return year(int(number), "en") if int(number) in _YEARS else number


def _era(match: re.Match[str]) -> str:
    """Say the letters of an era, and the years before it; its last stop is kept at the end of the sentence."""
    letters = " ".join(letter for letter in match["era"] if letter != ".")
    stop = "." if match["era"].endswith(".") and ends_text(match.string, match.end()) else ""
    years = " to ".join(_year(number) for number in (match["first"], match["year"]) if number)
    gap = " " if years or match.group().startswith(" ") else ""
    return f"{years}{gap}{letters}{stop}"
