"""English days that share the name of a month: "25 and 26 March", "5–7 May 1990", "March 25, 26 and 27"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives

_DAY: Final = r"(?:[12]?\d|3[01])(?:st|nd|rd|th)?"
_ONE: Final = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?")
_UNTIL: Final = re.compile(r" ?[\u2013-] ?| to ")


def verbalize_shared_days(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with several days of one month, and the year after them, in words."""
    return text.sub(_shared_pattern(grammar.words), lambda match: _shared(match, grammar))


@lru_cache(maxsize=1)
def _shared_pattern(words: Words) -> re.Pattern[str]:
    months = alternatives(words.dates.months)
    several = rf"{_DAY}(?:,[ ]{_DAY}){{0,4}}"
    return re.compile(
        rf"""
        (?<![\w.,:/$£€-])
        (?P<days>{several}(?:,?[ ](?:and|or|&|to)[ ]|[ ]?[\u2013-][ ]?){_DAY})   # 25 and 26
        [ ](?:of[ ])?(?P<month>{months})                                        # March
        (?:,?[ ](?P<year>\d{{4}}))?(?!\w)
        |
        (?<!\w)(?P<first>{months})[ ]                                           # March
        (?P<later>{several},?[ ](?:and|or|&)[ ]{_DAY})                          # 25 and 26
        (?:,?[ ](?P<last>\d{{4}}))?(?![\w:-]|[.,]\d)
        """,
        re.VERBOSE,
    )


def _shared(match: re.Match[str], grammar: Grammar) -> str:
    number = match["year"] or match["last"]
    year = grammar.year(int(number)) if number else ""
    if match["later"]:
        if not number and _counts(next_word(match.string, match.end()), grammar):
            return match.group()  # "In March 25 and 26 people"
        return f"{match['first']} {_ordinals(match['later'], grammar)}" + (f", {year}" if year else "")
    led = last_word(match.string, match.start()).lower()
    the = "" if led in grammar.words.lists["determiners"] else "the "
    days = _ordinals(_UNTIL.sub(" to the ", match["days"]), grammar)
    return f"{the}{days} of {match['month']} {year}".rstrip()


def _ordinals(days: str, grammar: Grammar) -> str:
    return _ONE.sub(lambda one: grammar.ordinal(int(one["day"])), days)


def _counts(word: str, grammar: Grammar) -> bool:
    return word.islower() and grammar.words.patterns["counted"].search(word) is not None
