"""What only Polish writes: years and hours as ordinals, decades, and the two numbers of "między 5 a 10"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form, Gender, Number, Use
from audiobook.narration.grammar.neighbours import YEARS, ends_text, last_word, next_word

_YEAR = re.compile(
    r"""
    (?<![\w.,])(?P<year>\d{4}|\d{3})[ ](?P<word>r\.|roku|rok|rokiem)(?!\w)      # 1990 r.
    |
    (?P<before>\b(?:rok|roku|rokiem))[ ](?P<after>\d{4})(?![\w.,]\w|\w)         # roku 1990
    """,
    re.VERBOSE,
)
_HOUR = re.compile(r"(?:(?<=godzinie )|(?<=godziny )|(?<=godziną ))(?P<hour>\d{1,2})(?![\w:-]|[.,]\d)")
_HOUR_RANGE = re.compile(
    r"(?<=godzin)(?P<case>\w{1,3}) (?P<from>\d{1,2})[\u2013-](?P<to>\d{1,2})(?![\w,.:-]\w|\w)"
)
_BETWEEN = re.compile(
    r"(?<=między )(?P<hour>godziną )?(?P<first>\d{1,4}) a (?P<last>\d{1,4})(?![\w:%]|[.,]\d| ?[%°€$£])",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"(?P<years>\b[Ll]at(?:a|ach|om|ami)?) (?P<numbers>\d0\.(?:(?:,| i| oraz) \d0\.){0,6}+)(?P<end>$)?"
)
_HOURS: Final = 24
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


def verbalize_decades(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its decades in words: "lata 60. i 70."."""
    return text.sub(_DECADE, lambda match: _decade(match, grammar))


def verbalize_years(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the years in words that have a word for "year" next to them."""
    return text.sub(_YEAR, lambda match: _year(match, grammar))


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the full hours in words that have a word for "hour" before them."""
    text = text.sub(_HOUR_RANGE, lambda match: _hours(match, grammar))
    return text.sub(
        _HOUR, lambda match: grammar.hour(int(match["hour"]), last_word(match.string, match.start()))
    )


def _between(match: re.Match[str], grammar: Grammar) -> str:
    """Return ordinals before a noun of one ("rokiem", "maja") or of years, else cardinals in the same case."""
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
    """Return whether no word follows that could be what is counted."""
    return not match.string[match.end() : match.end() + 2].strip().isalnum()


def _decade(match: re.Match[str], grammar: Grammar) -> str:
    years = match["years"]
    form = _DECADES.get(years.lower(), Form(Case.GENITIVE, number=Number.PLURAL))
    said = re.sub(r"(\d0)\.", lambda number: grammar.ordinal(int(number[1]), form), match["numbers"])
    return f"{years} {said}" + ("." if match["end"] is not None else "")


def _year(match: re.Match[str], grammar: Grammar) -> str:
    before = last_word(match.string, match.start()).lower()
    if match["before"]:
        form = {"rok": _NOMINATIVE, "roku": _GENITIVE, "rokiem": _INSTRUMENTAL}[match["before"]]
        form = _LOCATIVE if before in {"w", "po"} and match["before"] == "roku" else form
        return f"{match['before']} {grammar.ordinal(int(match['after']), form)}"
    form, noun = _year_form(match, before)
    if match["word"].endswith(".") and form is not _NOMINATIVE:
        noun += "." if ends_text(match.string, match.end()) else ""
    return f"{grammar.ordinal(int(match['year']), form)} {noun}"


def _year_form(match: re.Match[str], before: str) -> tuple[Form, str]:
    """Return the form of a year before its noun, and the noun."""
    word = match["word"]
    if word == "r." and match.string[: match.start()].endswith("("):
        return _NOMINATIVE, "rok"
    if before in {"w", "we", "po", "o"} and word != "rok":
        return _LOCATIVE, "roku"
    if word == "rok":
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
    Place.LISTS: (verbalize_bounds, verbalize_decades),
    Place.YEARS: (verbalize_years,),
    Place.HOURS: (verbalize_hours,),
}
