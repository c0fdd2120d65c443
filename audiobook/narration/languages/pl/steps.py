"""Steps for Polish only: years and hours as ordinals, decades, and the two numbers of "między 5 a 10"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form, Gender, Number, Use
from audiobook.narration.grammar.neighbours import YEARS, ends_text, last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.languages.pl.qualities import (
    verbalize_joined_measures,
    verbalize_numbers_of_men,
    verbalize_qualities,
)
from audiobook.narration.languages.pl.titles import verbalize_titles

_YEAR = re.compile(
    r"""
    (?<![\w.,])(?P<year>\d{4}|\d{3})[ ](?P<word>r\.|roku|rok|rokiem)(?!\w)      # 1990 r.
    |
    (?P<before>\b(?:rok|roku|rokiem|(?<!\d[ ])r\.))[ ](?P<after>\d{3,4})(?![\w.,]\w|\w)         # roku 1990
    """,
    re.VERBOSE,
)
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
    (?P<in>[Ww])[ ]                                     # w
    (?P<number>\d{1,3})[ ]?                             # 50
    (?:%|proc\.(?=[ ][^\W\d_A-Z]|[,;)])|proc\b(?!\.))   # proc.
    (?!\w)
    """,
    re.VERBOSE,
)
_YEAR_NAMED = re.compile(r"(?<=\b[Rr]oku, )(?P<year>1[1-9]\d\d|20\d\d)(?=,)")
_PER_UNITS: Final = {"godz": "godzinę", "sek": "sekundę", "min": "minutę", "mies": "miesiąc"}
_ACT = re.compile(r"(?<=\d)/(?=(?:EWG|WE|UE|EC|EEC|Euratom|WSiSW|EWWiS)\b)")
_AND_HALF = re.compile(r"(?<![\w.,])(?P<number>\d{1,2}),5-(?P<rest>[^\W\d_]{4,20})")
_PERCENT = re.compile(r"(?<![\w.,])(?P<number>\d{1,3})-proc\.(?= (?P<next>[^\W\d_]{2,20}))")
_SHARED_YEAR = re.compile(
    r"""
    (?P<noun>\b(?:roku|rok|rokiem))[ ]          # roku
    (?P<first>1[1-9]\d\d|20\d\d)                # 1990
    (?P<joint>[ ](?:i|oraz|lub|albo)[ ]|,[ ])   # i
    (?P<last>1[1-9]\d\d|20\d\d)                 # 1995
    (?![\w-]|[.,]\d|[ ]r\b)
    """,
    re.VERBOSE,
)
_OF_LIFE = re.compile(
    r"""
    (?<![\w.,/-])
    (?:(?P<first>\d{1,2})[\u2013-])?   # 5–
    (?P<number>\d{1,2})[ ]             # 6
    (?P<word>roku|rok|rokiem)          # roku
    (?!\w)
    (?P<what>[ ][^\W\d_]{4,14})?       # życia
    """,
    re.VERBOSE,
)
_MONTHS: Final = (
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
)
_NAMED_DAY = re.compile(rf"(?<![\w.,])(?P<day>\d{{1,2}})\.? (?P<month>{'|'.join(_MONTHS.split())})(?!\w)")
_SHARED_MONTH: Final = r"""
    (?<![\w.,/-])
    (?P<day>\d{{1,2}})\.?                                                                   # 5
    (?=(?P<rest>(?:(?:,|[ ]na|[ ]i|[ ]lub|[ ]oraz|[ ]albo)[ ]\d{{1,2}}\.?){{1,6}}+)[ ]      # before i 6
        (?:{months})\b)                                                                     # maja
    """
_YEAR_BEHIND = re.compile(
    r"""
    (?<=[^\W\d_][ ])
    (?P<year>1[1-9]\d\d|20\d\d)   # wiosną 1990
    (?![\w-]|[.,]\d|[ ]r\.|[ ]r\b|[ ]rok)
    """,
    re.VERBOSE,
)
_BEFORE_YEARS: Final = frozenset(
    f"{_MONTHS} styczniu lutym marcu kwietniu maju czerwcu lipcu sierpniu wrześniu październiku listopadzie grudniu stycznia "
    "lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia wiosną wiosnę jesień "
    "zimę lato latem jesienią zimą wiosny lata jesieni zimy".split()
)
_YEAR_ALONE = re.compile(
    r"""
    (?:(?<=[ "]\()|(?<=^\()|(?<=[^\W\d_]{2},[ ]))   # (1918), (Nowak, 1975; Kowalski, 1980)
    (?P<year>1[1-9]\d\d|20\d\d)
    (?=[a-c]?[);])
    """,
    re.VERBOSE,
)
_PER_HUNDRED = re.compile(r"(?<![\w/])(?P<unit>m?g)/(?P<number>100) ?(?P<per>k?g|ml|l)(?![\w/])")
_PER_HUNDRED_WORDS: Final = {
    "g": "gramów",
    "mg": "miligramów",
    "kg": "kilogramów",
    "ml": "mililitrów",
    "l": "litrów",
}
_HOUR = re.compile(
    r"""
    (?:(?<=godzinie[ ])|(?<=godziny[ ])|(?<=godziną[ ])|(?<=godzinę[ ]))
    (?P<hour>\d{1,2})   # o godzinie 9
    (?![\w:-]|[.,]\d)
    """,
    re.VERBOSE,
)
_AT_HOUR = re.compile(
    r"""
    (?P<led>            # spotkanie o
        \b
        (?:
            dziś|dzisiaj|jutro|wczoraj|pojutrze|codziennie|niedzielę|poniedziałek|wtorek|środę|czwartek
          | piątek|sobotę|rano|wieczorem|spotkanie|początek|zbiórka|zaczyna[ ]się|dopiero|już
        )
        [ ]o[ ]
    )
    (?P<hour>\d{1,2})   # 9
    # not o 9 lat
    (?![\w:-]|[.,]\d|[ ](?:proc|lat|raz|dni|godzin|minut|więcej|mniej|tys|mln|zł|km|m|cm)|[ ]?[%°])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HOUR_RANGE = re.compile(
    r"""
    (?<=godzin)
    (?P<case>\w{1,3})[ ]         # godzinach
    (?P<from>\d{1,2})[\u2013-]   # 9–
    (?P<to>\d{1,2})              # 17
    (?![\w,.:-]\w|\w)
    """,
    re.VERBOSE,
)
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
_DECADE = re.compile(
    r"""
    (?P<years>\b[Ll]at(?:a|ach|om|ami)?)[ ]                                        # lata
    (?P<numbers>(?:[12]\d)?\d0\.(?:(?:,|[ ]i|[ ]oraz)[ ](?:[12]\d)?\d0\.){0,6}+)   # 80. i 90.
    (?P<end>$)?
    """,
    re.VERBOSE,
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
_HOURS: Final = 24
_COUNTED_FIGURES: Final = 3
"""Number of figures of numbers that are years after "roku" only if no noun follows."""
_GENITIVE: Final = Form(Case.GENITIVE, Gender.MASCULINE)
_LOCATIVE: Final = Form(Case.LOCATIVE, Gender.MASCULINE)
_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, Gender.MASCULINE)
_NOMINATIVE: Final = Form(Case.NOMINATIVE, Gender.MASCULINE)
_FEMININE: Final = Form(Case.NOMINATIVE, Gender.FEMININE)
_FEMININE_GENITIVE: Final = Form(Case.GENITIVE, Gender.FEMININE)
_FEMININE_INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, Gender.FEMININE)
_ALONE: Final = Form(Case.INSTRUMENTAL, use=Use.ALONE)
_DECADES: Final = {
    "lata": Form(Case.NOMINATIVE, number=Number.PLURAL),
    "latom": Form(Case.DATIVE, number=Number.PLURAL),
    "latami": Form(Case.INSTRUMENTAL, number=Number.PLURAL),
}


def verbalize_bounds(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with both numbers after "między" in words, if the second tells their form."""
    return text.sub(_BETWEEN, lambda match: _between(match, grammar))


def verbalize_law_parts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with several articles, paragraphs and so on of a law in words: "w art. 5 i 6"."""
    if not _LAW.search(text.text):
        return text
    return text.sub(_LAW_PARTS, lambda match: _law_parts(match, grammar))


def verbalize_decades(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its decades in words: "lata 60. i 70."."""
    return text.sub(_DECADE, lambda match: _decade(match, grammar))


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
        _shared_month_pattern(grammar.words), lambda match: grammar.ordinal(int(match["day"]), _GENITIVE)
    )
    return text.sub(
        _NAMED_DAY, lambda match: f"{grammar.ordinal(int(match['day']), _NOMINATIVE)} {match['month']}"
    )


@lru_cache(maxsize=1)
def _shared_month_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for one of several days before the name of a month: "z 11 na 12 lipca"."""
    return re.compile(_SHARED_MONTH.format(months=alternatives(words.dates.months)), re.VERBOSE)


def verbalize_years(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with years next to "roku", next to a month or in brackets in words."""
    text = text.sub(_OF_LIFE, lambda match: _of_life(match, grammar))
    if "oku, " in text.text:
        text = text.sub(_YEAR_NAMED, lambda match: grammar.ordinal(int(match["year"]), _LOCATIVE))
    text = text.sub(_SHARED_YEAR, lambda match: _shared_years(match, grammar))
    text = text.sub(_YEAR, lambda match: _year(match, grammar))
    text = text.sub(_YEAR_BEHIND, lambda match: _year_behind(match, grammar))
    return text.sub(_YEAR_ALONE, lambda match: grammar.ordinal(int(match["year"]), _NOMINATIVE))


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with full hours after a word for "hour" in words."""
    text = text.sub(_HOUR_RANGE, lambda match: _hours(match, grammar))
    if " o " in text.text:
        text = text.sub(_AT_HOUR, lambda match: match["led"] + grammar.hour(int(match["hour"]), "o"))
    return text.sub(
        _HOUR, lambda match: grammar.hour(int(match["hour"]), last_word(match.string, match.start()))
    )


def _and_half(match: re.Match[str], grammar: Grammar) -> str:
    """Return "czteroipółmetrowy" for "4,5-metrowy"."""
    return grammar.joined(int(match["number"]), "ipół") + match["rest"]


def _percent(match: re.Match[str], grammar: Grammar) -> str:
    """Return "pięcioprocentowej" for "5-proc.", by the word after it."""
    before = last_word(match.string, match.start()).lower()
    ending = grammar.adjective_ending(before, match["next"], "")
    return grammar.joined(int(match["number"]), "procentow") + ending


def _shared_years(match: re.Match[str], grammar: Grammar) -> str:
    """Return two years that share one noun: "w roku 2001 oraz 2002"."""
    before = last_word(match.string, match.start()).lower()
    form = _form_behind_noun(match["noun"], before)
    first, last = (grammar.ordinal(int(match[end]), form) for end in ("first", "last"))
    return f"{match['noun']} {first}{match['joint']}{last}"


def _form_behind_noun(noun: str, before: str) -> Form:
    form = {"rok": _NOMINATIVE, "roku": _GENITIVE, "rokiem": _INSTRUMENTAL}[noun]
    return _LOCATIVE if before in {"w", "po"} and noun == "roku" else form


def _year_behind(match: re.Match[str], grammar: Grammar) -> str:
    """Return the year after a month or season: "w styczniu 1975"."""
    if last_word(match.string, match.start()).lower() not in _BEFORE_YEARS:
        return match.group()
    return grammar.year_of_date(int(match["year"]))


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


def _of_life(match: re.Match[str], grammar: Grammar) -> str:
    """Return the year of a life, a reign or a course of study: "do 15 roku życia"."""
    number, what = int(match["number"]), (match["what"] or "").strip()
    is_course = what in grammar.words.lists["years_of"]
    before = last_word(match.string, match.start()).lower()
    if (
        not number
        or before in grammar.words.dates.months
        or not (is_course or (number > 1 and match["word"] != "rok"))
    ):
        return match.group()
    forms = {"rok": _NOMINATIVE, "rokiem": _INSTRUMENTAL}
    form = forms.get(match["word"]) or (
        _LOCATIVE if before in {"w", "we", "po", "na", "przy", "o"} else _GENITIVE
    )
    said = grammar.ordinal(number, form)
    if match["first"]:
        said = f"{grammar.ordinal(int(match['first']), form)} do {grammar.ordinal(number, _GENITIVE)}"
    return f"{said} {match['word']}{match['what'] or ''}"


def _between(match: re.Match[str], grammar: Grammar) -> str:
    """Return both numbers as ordinals if they are years or before a singular noun ("rokiem"), else as cardinals."""
    first, last = int(match["first"]), int(match["last"])
    after = next_word(match.string, match.end())
    if last in YEARS and after in {"r", "roku", "rokiem"}:
        return f"{grammar.ordinal(first, _INSTRUMENTAL)} a {last}"
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
        return _FEMININE_INSTRUMENTAL if max(first, last) <= _HOURS else None
    if after in grammar.words.dates.months or (first in YEARS and last in YEARS and _is_last(match)):
        return _INSTRUMENTAL
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
    return f"{match['part']} {said}" + (f" do {grammar.ordinal(int(last), _GENITIVE)}" if last else "")


def _decade(match: re.Match[str], grammar: Grammar) -> str:
    years = match["years"]
    form = _DECADES.get(years.lower(), Form(Case.GENITIVE, number=Number.PLURAL))
    said = re.sub(r"(\d+)\.", lambda number: grammar.ordinal(int(number[1]), form), match["numbers"])
    return f"{years} {said}" + ("." if match["end"] is not None else "")


def _year(match: re.Match[str], grammar: Grammar) -> str:
    before = last_word(match.string, match.start()).lower()
    if match["before"]:
        if len(match["after"]) == _COUNTED_FIGURES and next_word(match.string, match.end())[:1].islower():
            return match.group()
        if before in grammar.words.lists["determiners"]:  # "w tym roku 1500 osób"
            return match.group()
        noun = "roku" if match["before"] == "r." else match["before"]
        form = _form_behind_noun(noun, before)
        return f"{noun} {grammar.ordinal(int(match['after']), form)}"
    form, noun = _year_form(match, before)
    if match["word"].endswith(".") and not match.string[: match.start()].endswith("("):
        noun += "." if ends_text(match.string, match.end()) else ""
    return f"{grammar.ordinal(int(match['year']), form)} {noun}"


def _year_form(match: re.Match[str], before: str) -> tuple[Form, str]:
    """Return the form of a year before its noun, and the noun."""
    word = match["word"]
    if word == "r." and match.string[: match.start()].endswith("("):
        return _NOMINATIVE, "rok"
    if before in {"w", "we", "po", "o"} and word != "rok":
        return _LOCATIVE, "roku"
    if word == "rok" or (word == "r." and before in {"na", "za", "przez"}):
        return _NOMINATIVE, "rok"
    if word == "rokiem" or (before in {"przed", "między", "za", "a"} and word != "roku"):
        return _INSTRUMENTAL, "rokiem"
    return _GENITIVE, "roku"


def _hours(match: re.Match[str], grammar: Grammar) -> str:
    first, last = int(match["from"]), int(match["to"])
    if max(first, last) > _HOURS:
        return match.group()
    opening = grammar.ordinal(first, _FEMININE if match["case"] == "a" else _FEMININE_GENITIVE)
    if match["case"] == "ach":
        opening = f"od {opening}"
    return f"{match['case']} {opening} do {grammar.ordinal(last, _FEMININE_GENITIVE)}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (verbalize_titles, verbalize_qualities),
    Place.FIGURES: (verbalize_joined_measures, verbalize_short_words),
    Place.DAYS: (verbalize_named_days,),
    Place.LISTS: (verbalize_bounds, verbalize_decades, verbalize_law_parts),
    Place.YEARS: (verbalize_years,),
    Place.HOURS: (verbalize_hours,),
    Place.ORDINALS: (verbalize_numbers_of_men,),
}
