"""Polish years, decades and hours, which are ordinals: "w roku 1990", "lata 80.", "o godzinie 9"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Form, Gender, Number
from audiobook.narration.grammar.neighbours import ends_text, last_word, next_word
from audiobook.narration.languages.pl.adjectives import GENITIVE, INSTRUMENTAL, LOCATIVE, NOMINATIVE

_YEAR = re.compile(
    r"""
    (?<![\w.,])
    (?P<year>\d{4}|\d{3}|[1-9]\d?(?=[ ](?:r\.|roku|rok)[ ](?:p\.[ ]?)?(?:n\.[ ]?e\.|naszej|przed|Chr)))
    [ ](?P<word>r\.|roku|rok|rokiem)(?!\w)                                          # 1990 r., 49 r. p.n.e.
    |
    (?P<before>\b(?:rok|roku|rokiem|(?<!\d[ ])r\.))[ ](?P<after>\d{3,4})(?![\w.,]\w|\w)         # roku 1990
    """,
    re.VERBOSE,
)
_YEAR_NAMED = re.compile(r"(?<=\b[Rr]oku, )(?P<year>1[1-9]\d\d|20\d\d)(?=,)")
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
MONTHS: Final = (
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
)
_YEAR_BEHIND = re.compile(
    r"""
    (?<=[^\W\d_][ ])
    (?P<year>1[1-9]\d\d|20\d\d)   # wiosną 1990
    (?![\w-]|[.,]\d|[ ]r\.|[ ]r\b|[ ]rok)
    """,
    re.VERBOSE,
)
_BEFORE_YEARS: Final = frozenset(
    f"{MONTHS} styczniu lutym marcu kwietniu maju czerwcu lipcu sierpniu wrześniu październiku listopadzie grudniu stycznia "
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
_HOUR_OF_DAY = re.compile(
    r"""
    (?:(?P<led>(?:^|,[ ]|[ ](?:i|a|oraz)[ ])o[ ])|(?<=[ ]o[ ]))
    (?P<hour>1\d|2[0-4]|\d)                                               # o 12
    (?=[ ](?P<next>[^\W\d_]{1,20})(?:[ ](?P<second>[^\W\d_]{2,20}))?)   # byliśmy
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
_DECADE = re.compile(
    r"""
    (?P<years>\b[Ll]at(?:a|ach|om|ami)?)[ ]                                        # lata
    (?P<numbers>(?:[12]\d)?\d0\.(?>(?:(?:,|[ ]i|[ ]oraz)[ ](?:[12]\d)?\d0\.){0,6}))   # 80. i 90.
    (?P<end>$)?
    """,
    re.VERBOSE,
)
_TIMES_OF_DAY: Final = frozenset(
    ("rano", "wieczorem", "w nocy", "po południu", "nad ranem", "przed południem")
)
HOURS: Final = 24
_COUNTED_FIGURES: Final = 3
"""Number of figures of numbers that are years after "roku" only if no noun follows."""
_FEMININE: Final = Form(Case.NOMINATIVE, Gender.FEMININE)
_FEMININE_GENITIVE: Final = Form(Case.GENITIVE, Gender.FEMININE)
_DECADES: Final = {
    "lata": Form(Case.NOMINATIVE, number=Number.PLURAL),
    "latom": Form(Case.DATIVE, number=Number.PLURAL),
    "latami": Form(Case.INSTRUMENTAL, number=Number.PLURAL),
}


def verbalize_decades(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its decades in words: "lata 60. i 70."."""
    return text.sub(_DECADE, lambda match: _decade(match, grammar))


def verbalize_years(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with years next to "roku", next to a month or in brackets in words."""
    text = text.sub(_OF_LIFE, lambda match: _of_life(match, grammar))
    if "oku, " in text.text:
        text = text.sub(_YEAR_NAMED, lambda match: grammar.ordinal(int(match["year"]), LOCATIVE))
    text = text.sub(_SHARED_YEAR, lambda match: _shared_years(match, grammar))
    text = text.sub(_YEAR, lambda match: _year(match, grammar))
    text = text.sub(_YEAR_BEHIND, lambda match: _year_behind(match, grammar))
    return text.sub(_YEAR_ALONE, lambda match: grammar.ordinal(int(match["year"]), NOMINATIVE))


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with full hours after a word for "hour" in words."""
    text = text.sub(_HOUR_RANGE, lambda match: _hours(match, grammar))
    if "o " in text.text or text.text.startswith("O "):
        text = text.sub(_AT_HOUR, lambda match: match["led"] + grammar.hour(int(match["hour"]), "o"))
        text = text.sub(_HOUR_OF_DAY, lambda match: _hour_of_day(match, grammar))
    return text.sub(
        _HOUR, lambda match: grammar.hour(int(match["hour"]), last_word(match.string, match.start()))
    )


def _hour_of_day(match: re.Match[str], grammar: Grammar) -> str:
    """Return the hour before a time of day ("o 9 rano") or, where a clause begins, before a verb ("o 12 byliśmy")."""
    is_time = match["next"] in _TIMES_OF_DAY or f"{match['next']} {match['second']}" in _TIMES_OF_DAY
    is_verb = match["led"] is not None and (
        match["next"].endswith(("łem", "łam", "liśmy", "łyśmy"))
        or grammar.words.patterns["past"].search(match["next"])
    )
    return (
        f"{match['led'] or ''}{grammar.hour(int(match['hour']), 'o')}"
        if is_time or is_verb
        else match.group()
    )


def _shared_years(match: re.Match[str], grammar: Grammar) -> str:
    """Return two years that share one noun: "w roku 2001 oraz 2002"."""
    before = last_word(match.string, match.start()).lower()
    form = _form_behind_noun(match["noun"], before)
    first, last = (grammar.ordinal(int(match[end]), form) for end in ("first", "last"))
    return f"{match['noun']} {first}{match['joint']}{last}"


def _form_behind_noun(noun: str, before: str) -> Form:
    form = {"rok": NOMINATIVE, "roku": GENITIVE, "rokiem": INSTRUMENTAL}[noun]
    return LOCATIVE if before in {"w", "po"} and noun == "roku" else form


def _year_behind(match: re.Match[str], grammar: Grammar) -> str:
    """Return the year after a month or season: "w styczniu 1975"."""
    if last_word(match.string, match.start()).lower() not in _BEFORE_YEARS:
        return match.group()
    return grammar.year_of_date(int(match["year"]))


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
    forms = {"rok": NOMINATIVE, "rokiem": INSTRUMENTAL}
    form = forms.get(match["word"]) or (
        LOCATIVE if before in {"w", "we", "po", "na", "przy", "o"} else GENITIVE
    )
    said = grammar.ordinal(number, form)
    if match["first"]:
        said = f"{grammar.ordinal(int(match['first']), form)} do {grammar.ordinal(number, GENITIVE)}"
    return f"{said} {match['word']}{match['what'] or ''}"


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
    if match["word"].endswith(".") and not _is_bracketed(match):
        noun += "." if ends_text(match.string, match.end()) else ""
    return f"{grammar.ordinal(int(match['year']), form)} {noun}"


def _is_bracketed(match: re.Match[str]) -> bool:
    return match.string.startswith("(", max(0, match.start() - 1))


def _year_form(match: re.Match[str], before: str) -> tuple[Form, str]:
    """Return the form of a year before its noun, and the noun."""
    word = match["word"]
    if word == "r." and _is_bracketed(match):
        return NOMINATIVE, "rok"
    if before in {"w", "we", "po", "o"} and word != "rok":
        return LOCATIVE, "roku"
    if word == "rok" or (word == "r." and before in {"na", "za", "przez"}):
        return NOMINATIVE, "rok"
    if word == "rokiem" or (before in {"przed", "między", "za", "a"} and word != "roku"):
        return INSTRUMENTAL, "rokiem"
    return GENITIVE, "roku"


def _hours(match: re.Match[str], grammar: Grammar) -> str:
    first, last = int(match["from"]), int(match["to"])
    if max(first, last) > HOURS:
        return match.group()
    opening = grammar.ordinal(first, _FEMININE if match["case"] == "a" else _FEMININE_GENITIVE)
    if match["case"] == "ach":
        opening = f"od {opening}"
    return f"{match['case']} {opening} do {grammar.ordinal(last, _FEMININE_GENITIVE)}"
