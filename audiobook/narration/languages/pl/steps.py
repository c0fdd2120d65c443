"""Steps for Polish only: short forms, days, parts of laws, and the two numbers of "między 5 a 10"; their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form, Gender, Use
from audiobook.narration.grammar.neighbours import YEARS, last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.languages.pl.adjectives import GENITIVE, INSTRUMENTAL, NOMINATIVE
from audiobook.narration.languages.pl.qualities import (
    verbalize_joined_measures,
    verbalize_numbers_of_men,
    verbalize_qualities,
)
from audiobook.narration.languages.pl.titles import verbalize_titles
from audiobook.narration.languages.pl.years import (
    HOURS,
    MONTHS,
    verbalize_decades,
    verbalize_hours,
    verbalize_years,
)
from audiobook.narration.rules.short_forms import verbalize_numeral_leaders

_AGE = re.compile(r"(?<![\w.,])(?P<number>\d{1,3}) l\.(?=[),])|(?<=\()l\. (?P<led>\d{1,3})(?=\))")
_LETNI = re.compile(
    r"""
    (?<![\w.,])
    (?P<number>(?:\d{1,3}[\u2013-])?\d{1,3})[ ]                           # 10–12
    (?=(?:letni|krotn|piętrow)(?:[aey]|iej|ego|emu|ej|ą|ym|im|i|ie)?\b)   # before letni
    """,
    re.VERBOSE,
)
_PER = re.compile(
    r"""
    (?<=[^\W\d_.][ ])
    (?P<per>na|za)[ ]                                      # na
    (?P<unit>godz|sek|min|mies)\.                          # godz.
    (?P<more>(?=[ ]"?[^\W\d_A-Z])|(?=[,;:)])|(?=[ ]\())?   # the sentence goes on
    """,
    re.VERBOSE,
)
_NO_STOP = re.compile(r"(?<=\d )tys(?= (?:[^\W\d_]|\$|€)|$)|(?<!\w)ok(?= \d)")
"""Matches short forms written without their full stop."""
_IN_PERCENT = re.compile(
    r"""
    (?<!\w)
    (?P<in>[Ww](?:[ ](?:ok\.|około|ponad|prawie|niemal|blisko|aż|tylko|zaledwie))?)[ ]   # w
    (?P<number>\d{1,3})[ ]?                             # 50
    (?:%|proc\.(?=[ ][^\W\d_A-Z]|[,;)])|proc\b(?!\.))   # proc.
    (?!\w)
    """,
    re.VERBOSE,
)
_HOLIDAY = re.compile(
    r"""
    (?<![\w.,/-])
    (?P<day>[12]?\d|3[01])[ ]                                                     # 3
    (?=(?:Stycznia|Lutego|Marca|Kwietnia|Maja|Czerwca|Lipca|Sierpnia|Września      # Maja
        |Października|Listopada|Grudnia)(?!\w))
    """,
    re.VERBOSE,
)
"""Matches the day of a street or holiday: "ul. 3 Maja"."""
_PER_UNITS: Final = {"godz": "godzinę", "sek": "sekundę", "min": "minutę", "mies": "miesiąc"}
_ACT = re.compile(r"(?<=\d)/(?=(?:EWG|WE|UE|EC|EEC|Euratom|WSiSW|EWWiS)\b)")
_AND_HALF = re.compile(r"(?<![\w.,])(?P<number>\d{1,2}),5-(?P<rest>[^\W\d_]{4,20})")
_PERCENT = re.compile(r"(?<![\w.,])(?P<number>\d{1,3})-proc\.(?= (?P<next>[^\W\d_]{2,20}))")
_NAMED_DAY = re.compile(rf"(?<![\w.,])(?P<day>\d{{1,2}})\.? (?P<month>{'|'.join(MONTHS.split())})(?!\w)")
_SHARED_MONTH: Final = r"""
    (?<![\w.,/-])
    (?P<day>\d{{1,2}})\.?                                                                   # 5
    (?=(?P<rest>(?>(?:(?:,|[ ]na|[ ]i|[ ]lub|[ ]oraz|[ ]albo)[ ]\d{{1,2}}\.?){{1,6}}))[ ]      # before i 6
        (?:{months})\b)                                                                     # maja
    """
_PER_HUNDRED = re.compile(r"(?<![\w/])(?P<unit>m?g)/(?P<number>100) ?(?P<per>k?g|ml|l)(?![\w/])")
_PER_HUNDRED_WORDS: Final = {
    "g": "gramów",
    "mg": "miligramów",
    "kg": "kilogramów",
    "ml": "mililitrów",
    "l": "litrów",
}
_BETWEEN = re.compile(
    r"""
    (?<=między[ ])
    (?P<hour>godziną[ ])?       # między godziną
    (?P<first>\d{1,4})[ ]a[ ]   # 9 a
    (?P<last>\d{1,4})           # 17
    (?![\w:%]|[.,]\d|[ ]?[%°€$£])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LAW: Final = re.compile("artyku|ust[ęe]p|punk|paragraf|pozycj")
_LAW_PARTS = re.compile(
    r"""
    (?<!\w)
    (?P<part>(?:artyku|ust[ęe]p|pun(?:kt|kc)|paragraf|pozycj)\w{0,4})[ ]                     # artykule
    (?P<numbers>\d{1,3}(?:,[ ]\d{1,3}){0,8}(?:[ ](?:i|oraz|lub|albo)[ ]|[\u2013-])\d{1,3})   # 5 i 6
    (?![\w-]|[.,]\d)
    """,
    re.VERBOSE,
)
_FEMININE_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, Gender.FEMININE)
_ALONE: Final = Form(Case.INSTRUMENTAL, use=Use.ALONE)


def verbalize_bounds(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with both numbers after "między" in words, if the second shows their form."""
    return text.sub(_BETWEEN, lambda match: _between(match, grammar))


def verbalize_law_parts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with several articles, paragraphs and so on of a law in words: "w art. 5 i 6"."""
    if not _LAW.search(text.text):
        return text
    return text.sub(_LAW_PARTS, lambda match: _law_parts(match, grammar))


def verbalize_short_words(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short forms recognised by position in full: "(54 l.)", "8-9 letni", "na godz."."""
    text = text.sub(_NO_STOP, lambda match: f"{match.group()}.")
    text = text.sub(_IN_PERCENT, lambda match: f"{match['in']} {match['number']} procentach")
    if "-" in text.text:
        text = text.sub(_AND_HALF, lambda match: _and_half(match, grammar))
        text = text.sub(_PERCENT, lambda match: _percent(match, grammar))
    text = text.sub(_AGE, _age).sub(_LETNI, lambda match: f"{match['number']}-")
    if "/" in text.text:
        text = text.sub(_ACT, " łamane przez ").sub(_PER_HUNDRED, _per_hundred)
    return text.sub(_PER, _per)


def verbalize_named_days(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the days before the nominative of a month in words: "2 marzec"."""
    text = text.sub(
        _shared_month_pattern(grammar.words), lambda match: grammar.ordinal(int(match["day"]), GENITIVE)
    )
    text = text.sub(_HOLIDAY, lambda match: f"{grammar.ordinal(int(match['day']), GENITIVE)} ")
    return text.sub(
        _NAMED_DAY, lambda match: f"{grammar.ordinal(int(match['day']), NOMINATIVE)} {match['month']}"
    )


@lru_cache(maxsize=1)
def _shared_month_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for one of several days before the name of a month: "z 11 na 12 lipca"."""
    return re.compile(_SHARED_MONTH.format(months=alternatives(words.dates.months)), re.VERBOSE)


def _and_half(match: re.Match[str], grammar: Grammar) -> str:
    """Return "czteroipółmetrowy" for "4,5-metrowy"."""
    return grammar.joined(int(match["number"]), "ipół") + match["rest"]


def _percent(match: re.Match[str], grammar: Grammar) -> str:
    """Return "pięcioprocentowej" for "5-proc.", by the word after it."""
    before = last_word(match.string, match.start()).lower()
    ending = grammar.adjective_ending(before, match["next"], "")
    return grammar.joined(int(match["number"]), "procentow") + ending


def _age(match: re.Match[str]) -> str:
    """Return "54 lata" for "54 l." and "lat 54" for "l. 54"."""
    if match["led"]:
        return f"lat {match['led']}"
    number = int(match["number"])
    few = number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14)
    return f"{number} {'rok' if number == 1 else 'lata' if few else 'lat'}"


def _per(match: re.Match[str]) -> str:
    stop = "." if match["more"] is None else ""
    return f"{match['per']} {_PER_UNITS[match['unit']]}{stop}"


def _per_hundred(match: re.Match[str]) -> str:
    """Return "gramów na 100 gramów" for "g/100 g"."""
    return f"{_PER_HUNDRED_WORDS[match['unit']]} na {match['number']} {_PER_HUNDRED_WORDS[match['per']]}"


def _between(match: re.Match[str], grammar: Grammar) -> str:
    """Return both numbers as ordinals if they are years or before a singular noun ("rokiem"), else as cardinals."""
    first, last = int(match["first"]), int(match["last"])
    after = next_word(match.string, match.end())
    if last in YEARS and after in {"r", "roku", "rokiem"}:
        return f"{grammar.ordinal(first, INSTRUMENTAL)} a {last}"
    if form := _bounds_form(first, last, match, grammar):
        said = [grammar.ordinal(number, form) for number in (first, last)]
    elif after.endswith("ami") or _is_last(match):
        said = [grammar.cardinal(number, _ALONE) for number in (first, last)]
    else:
        return match.group()
    return f"{match['hour'] or ''}{said[0]} a {said[1]}"


def _bounds_form(first: int, last: int, match: re.Match[str], grammar: Grammar) -> Form | None:
    """Return the form of both numbers as ordinals; None if they are cardinals."""
    after = next_word(match.string, match.end())
    if match["hour"]:
        return _FEMININE_INSTRUMENTAL if max(first, last) <= HOURS else None
    if after in grammar.words.dates.months or (first in YEARS and last in YEARS and _is_last(match)):
        return INSTRUMENTAL
    return grammar.ordinal_form("", after) if after.endswith(("iem", "em", "ą")) else None


def _is_last(match: re.Match[str]) -> bool:
    """Return whether no countable word follows."""
    return not match.string[match.end() : match.end() + 2].strip().isalnum()


def _law_parts(match: re.Match[str], grammar: Grammar) -> str:
    form = grammar.words.forms["parts"].get(match["part"].lower())
    if not form:
        return match.group()
    said = re.sub(r"(?<=\d)[\u2013-](?=\d)", " do ", match["numbers"])
    head, _, last = said.partition(" do ")
    said = re.sub(r"\d+", lambda number: grammar.ordinal(int(number[0]), form), head)
    return f"{match['part']} {said}" + (f" do {grammar.ordinal(int(last), GENITIVE)}" if last else "")


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (verbalize_titles, verbalize_qualities, verbalize_numeral_leaders),
    Place.FIGURES: (verbalize_joined_measures, verbalize_short_words),
    Place.DAYS: (verbalize_named_days,),
    Place.LISTS: (verbalize_bounds, verbalize_decades, verbalize_law_parts),
    Place.YEARS: (verbalize_years,),
    Place.HOURS: (verbalize_hours,),
    Place.ORDINALS: (verbalize_numbers_of_men,),
}
