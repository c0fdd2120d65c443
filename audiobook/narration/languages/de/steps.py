"""Steps for German only: "9.30 Uhr", "90er", "3:2", "2½", "die 7., 8. und 9. Klasse", "18-Jährige", "Mo.–Fr."."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form, Gender, Use
from audiobook.narration.grammar.neighbours import ends_text, governed, last_word, next_word
from audiobook.narration.grammar.words import Words, alternatives
from audiobook.narration.languages.de.measures import verbalize_hundreds, verbalize_measures

_DAY: Final = r"Mo|Di|Mi|Do|Fr|Sa|So"
_DAYS = re.compile(rf"(?<![\w.-])(?P<first>{_DAY})\.? ?[\u2013-] ?(?P<last>{_DAY})\b(?P<stop>\.)?")
_DAY_NAMES: Final = {
    "Mo": "Montag",
    "Di": "Dienstag",
    "Mi": "Mittwoch",
    "Do": "Donnerstag",
    "Fr": "Freitag",
    "Sa": "Samstag",
    "So": "Sonntag",
}
_STREET = re.compile(r"(?<=[^\W\d_]{3})(?P<gap>[ -]?)(?P<street>[Ss])tr\.(?= \d|,|$| [A-Z])")
_SECTION = re.compile(
    r"(?<!\w)(?P<article>[Dd](?:es|e[mn])|diese[mns]|eine[mns]|[Ii]m|[Aa]m|[Vv]om|[Zz]um|[Bb]eim) § ?(?=\d)"
)
"""Matches the sign for a paragraph of a law after an article: "des § 3"."""
_CLOCK = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<first>\d{1,2}[.:][0-5]\d)                           # 9.30
    (?:[ ]?[\u2013-][ ]?(?P<last>\d{1,2}[.:][0-5]\d))?      # –10.15
    [ ]Uhr(?!\w)
    """,
    re.VERBOSE,
)
_HOUR = re.compile(r"(?<![\w.,:/-])1(?= Uhr(?!\w))")
_SCORE = re.compile(r"(?<![\w.,:/-])(?P<first>\d{1,3}):(?P<second>\d|\d{3,4})(?![\w:]|[.,]\d)")
_DECADE = re.compile(r"(?<![\w.,])(?P<number>\d0|\d{3}0)er(?P<ending>n?)(?!\w)")
_AGE = re.compile(r"(?<![\w.,-])(?P<number>\d{1,3})-(?P<rest>Jährig\w{0,3})(?!\w)")
_GLUED = re.compile(
    r"""
    (?<![\w.,-])(?P<number>\d{1,4})(?P<rest>                                  # 40jährigen, 3fach
        (?: jährig | jährlich | tägig | stündig | minütig | monatig | wöchig | köpfig | prozentig | stöckig | teilig | malig
          | seitig | stellig | zeilig | bändig | sitzig | türig | gradig | spurig | klassig )(?:e[mnrs]?)?
      | fach(?:e[mnrs]?)? | [ ]?mal(?![ ]\d) )(?!\w)
    """,
    re.VERBOSE,
)
_CHAIN = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<numbers>\d{1,4}\.(?>(?:(?:,|[ ]und|[ ]oder|[ ]bis|[ ]sowie)[ ]\d{1,4}\.){1,6}))   # 5., 6. und 7.
    (?=[ ][^\W\d_])
    """,
    re.VERBOSE,
)
_COMPOUND: Final = Form(use=Use.COMPOUND)
_HALVES: Final = {"er": "halber", "e": "halbe", "es": "halbes"}


def verbalize_names(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ranges of days and its streets in full, and "des § 3" as "des Paragrafen 3"."""
    if "-" in text.text or "\u2013" in text.text:
        text = text.sub(_DAYS, _days)
    text = text.sub(_joined_month_pattern(grammar.words), ". ")
    if "§" in text.text:
        text = text.sub(_SECTION, lambda match: f"{match['article']} Paragrafen ")
    return (
        text.sub(_STREET, lambda match: f"{match['gap']}{match['street']}traße")
        if "tr." in text.text
        else text
    )


def verbalize_signs(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its scores, decades and halves in words."""
    text = text.sub(_half_pattern(grammar.words), lambda match: _half(match, grammar))
    text = text.sub(_SCORE, lambda match: _score(match, grammar))
    return text.sub(_DECADE, lambda match: _decade(match, grammar))


def verbalize_chains(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with ordinals that share an article and a noun in words."""
    return text.sub(_CHAIN, lambda match: _chain(match, grammar))


def rewrite_times(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "9.30 Uhr" written as "9:30", and "1 Uhr" in words."""
    if "Uhr" not in text.text:
        return text
    text = text.sub(_CLOCK, lambda match: "\u2013".join(_colon(time) for time in match.groups() if time))
    return text.sub(_HOUR, grammar.hour(1, ""))


def verbalize_ages(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with ages that are nouns, and numbers with an ending, in words: "die 18-Jährige", "3fach"."""
    text = text.sub(_GLUED, lambda match: grammar.joined(int(match["number"]), match["rest"].lstrip()))
    return text.sub(_AGE, lambda match: _age(match, grammar))


@lru_cache(maxsize=1)
def _joined_month_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for the missing space between a day and its month: "17.Juni"."""
    return re.compile(rf"(?:(?<=\b\d)|(?<=\b\d\d))\.(?=(?:{alternatives(words.dates.months)})\b)")


def _days(match: re.Match[str]) -> str:
    stop = "." if match["stop"] and ends_text(match.string, match.end()) else ""
    return f"{_DAY_NAMES[match['first']]} bis {_DAY_NAMES[match['last']]}{stop}"


def _colon(time: str) -> str:
    return time.replace(".", ":")


@lru_cache(maxsize=1)
def _half_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for a half, alone or after a whole number, and its unit: "2½", "1 1/2 l"."""
    return re.compile(
        rf"""
        (?<![\w.,/])
        (?:(?P<whole>\d{{1,3}})[ ]?)?(?:½|(?<!\d)1/2)           # 2½, 1 1/2
        (?![\d/])
        (?:[ ]?(?P<unit>{alternatives(words.counted)})(?!\w)|(?!\w))   # kg
        """,
        re.VERBOSE,
    )


def _half(match: re.Match[str], grammar: Grammar) -> str:
    """Return a half in words: "zweieinhalb"; alone, "halb" is declined like an adjective."""
    unit = grammar.words.counted[match["unit"]] if match["unit"] else ()
    if match["whole"]:
        said = grammar.cardinal(int(match["whole"]), _COMPOUND) + "einhalb"
        return f"{said} {unit[-1]}" if unit else said
    noun = unit[0] if unit else next_word(match.string, match.end())
    if not noun[:1].isupper():
        return match.group()
    form = grammar.ordinal_form("ein", noun)
    case = governed(last_word(match.string, match.start()), grammar.words)
    is_accusative = case is Case.ACCUSATIVE and form.gender is Gender.MASCULINE
    if case is Case.DATIVE or is_accusative:
        said = f"{grammar.cardinal(1, Form(case, form.gender))} halben"
    else:
        said = f"{grammar.cardinal(1, form)} {_HALVES[grammar.words.adjectives[form]]}"
    return f"{said} {noun}" if unit else said


def _score(match: re.Match[str], grammar: Grammar) -> str:
    first, second = (grammar.cardinal(int(match[end])) for end in ("first", "second"))
    return f"{first} {grammar.words.signs['against']} {second}"


def _decade(match: re.Match[str], grammar: Grammar) -> str:
    number = int(match["number"])
    return (grammar.year(number) if number > 99 else grammar.cardinal(number)) + "er" + match["ending"]


def _chain(match: re.Match[str], grammar: Grammar) -> str:
    text = match.string
    before, noun = last_word(text, match.start()), next_word(text, match.end())
    is_day = noun in grammar.words.dates.months
    form = grammar.day_form(before) if is_day else grammar.ordinal_form(before, noun)
    return re.sub(r"(\d{1,4})\.", lambda number: grammar.ordinal(int(number[1]), form), match["numbers"])


def _age(match: re.Match[str], grammar: Grammar) -> str:
    said = grammar.cardinal(int(match["number"]), _COMPOUND)
    return f"{said[0].upper()}{said[1:]}{match['rest'].lower()}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (verbalize_names,),
    Place.FIGURES: (verbalize_measures, verbalize_signs),
    Place.LISTS: (verbalize_chains,),
    Place.TIMES: (rewrite_times,),
    Place.ORDINALS: (verbalize_hundreds, verbalize_ages),
}
