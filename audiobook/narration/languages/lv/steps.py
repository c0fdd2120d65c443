"""Steps for Latvian only: short names of months, declined short forms, and hours without a word for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form, Gender
from audiobook.narration.grammar.neighbours import ends_text, governed, last_word
from audiobook.narration.languages.lv.measures import (
    verbalize_attributes,
    verbalize_bare_decimals,
    verbalize_measures,
    verbalize_parts_of_one,
)

_MONTHS: Final = {
    "janv": "janvār",
    "jan": "janvār",
    "febr": "februār",
    "feb": "februār",
    "mar": "mart",
    "apr": "aprīl",
    "jūn": "jūnij",
    "jūl": "jūlij",
    "aug": "august",
    "sept": "septembr",
    "sep": "septembr",
    "okt": "oktobr",
    "nov": "novembr",
    "dec": "decembr",
}
"""Short forms of months, and their stems."""
_MONTH = re.compile(rf"(?<![\w.,])(?P<day>\d{{1,2}})\. ?(?P<month>{'|'.join(_MONTHS)})\.(?!\w)")
_ENDS: Final = {Case.GENITIVE: "a", Case.DATIVE: "im", Case.ACCUSATIVE: "i", Case.LOCATIVE: "ī"}
_HARD_ENDS: Final = {Case.GENITIVE: "a", Case.DATIVE: "am", Case.ACCUSATIVE: "u", Case.LOCATIVE: "ā"}
"""The endings of "marts", "augusts", "jūnijs" and "jūlijs"."""
_HOUR = re.compile(
    r"""
    (?:(?<=^)(?=[\d.]{4,5}[ ](?:[A-ZĀČĒĢĪĶĻŅŠŪŽ"]|\u2013))      # 12.00 Tukumā, 12.00 - balle
      |(?<=[^\W\d_]ī[ ])|(?<=ijā[ ])|(?<=(?:mart|gust)ā[ ])|(?<=dienā[ ])|(?<=dien[ ]))    # 6. jūlijā, sestdien
    (?P<hour>[01]?\d|2[0-4])\.(?P<minute>[0-5]\d)(?=[ ])(?![ ]?[%€])
    """,
    re.VERBOSE,
)
_SEASON = re.compile(r"(?<![\w.,/])(?P<first>\d{4})\./(?P<last>\d{4}|\d\d)\.(?= ?[^\W\d_A-Z])")
_PICTURE = re.compile(
    r"""
    (?<![\w.])
    (?P<seen>(?:[Ss]k\.|[Ss]kat\.|[Ss]katīt)[ ])?   # sk.
    (?P<number>\d{1,3})\.[ ]?                       # 1.
    (?P<noun>att|tab|piel|zīm|nod|lpp)\.            # att.
    (?!\w)
    """,
    re.VERBOSE,
)
_SEEN: Final = re.compile(r"(?:[Ss]k\.|[Ss]kat\.|[Ss]katīt) \d{1,3}\. ?\w{2,4}\.(?:,| un) $")
"""Matches an earlier reference, whose case the next one shares: "sk. 45. lpp. un"."""
_REACH: Final = 32
_PICTURES: Final = {
    "att": ("attēl", "s", "u"),
    "tab": ("tabul", "a", "u"),
    "piel": ("pielikum", "s", "u"),
    "zīm": ("zīmējum", "s", "u"),
    "nod": ("nodaļ", "a", "u"),
    "lpp": ("lappus", "e", "i"),
}
_DIGIT = re.compile(r"\d")
_SCHOOL_YEAR = re.compile(r"(?<=\d\.) ?m\. ?g\.(?!\w)")
_TIGHT_YEAR = re.compile(r"(?<=\d\.)g\.(?!\w)")
_BARE_YEAR = re.compile(r"(?<![\w.,/\u2013-])(?:1[0-9]|20)\d\d(?= gad(?:s|a|ā|u|am)(?!\w))")
_KILOMETRES = re.compile(r"(?<![\w.,])(?P<first>\d{1,3})\. ?[\u2013-] ?(?P<last>\d{1,3})\. ?km(?![\w./])")
_TIGHT_HOUR = re.compile(r"\b[Pp]lkst\.(?=\d)")
_AND_OTHERS = re.compile(r"(?P<word>\w{1,40}),? u\. ?c\.(?!\w)")
_OTHERS: Final = (
    ("us", "us"),
    ("iem", "iem"),
    ("ām", "ām"),
    ("ēm", "ām"),
    ("os", "os"),
    ("ās", "ās"),
    ("ēs", "ās"),
)
"""The endings of a noun, and of "citi" next to it."""


def _case_of_day(before: str, grammar: Grammar) -> Case:
    case = governed(before, grammar.words)
    return case if case in _ENDS else Case.LOCATIVE


def part_seasons(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with a comma between the two years of a season: "2011./2012. gadā"."""
    return text.sub(_SEASON, _season) if "./" in text.text else text


def _season(match: re.Match[str]) -> str:
    first, last = match["first"], match["last"]
    return f"{first}., {last if len(last) == 4 else first[:2] + last}."


def write_school_years(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with school years ("2007. m.g.") in full, and with missing spaces at short forms."""
    if not _DIGIT.search(text.text):
        return text
    text = text.sub(_SCHOOL_YEAR, " mācību gadā")
    text = text.sub(_TIGHT_YEAR, " g.")
    text = text.sub(_KILOMETRES, lambda match: _kilometres(match, grammar))
    text = text.sub(_BARE_YEAR, lambda match: f"{match.group()}.")
    return text.sub(_TIGHT_HOUR, lambda match: f"{match.group()} ")


def _kilometres(match: re.Match[str], grammar: Grammar) -> str:
    """Return the part of a road in words: "24.-38. km"."""
    first, last = (int(match[end]) for end in ("first", "last"))
    start = grammar.ordinal(first, Form(Case.GENITIVE, Gender.MASCULINE))
    end = grammar.ordinal(last, Form(Case.DATIVE, Gender.MASCULINE))
    led = "" if last_word(match.string, match.start()).lower() == "no" else "no "
    return f"{led}{start} līdz {end} kilometram"


def write_figures(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with its references to pictures and tables in full: "sk. 1. att." is "sk. 1. attēlu"."""
    return text.sub(_PICTURE, _picture) if _DIGIT.search(text.text) else text


def _picture(match: re.Match[str]) -> str:
    stem, nominative, accusative = _PICTURES[match["noun"]]
    text, seen = match.string, match["seen"] or ""
    stop = "." if ends_text(text, match.end()) and not text.startswith(")", match.end()) else ""
    is_seen = seen or _SEEN.search(text[max(0, match.start() - _REACH) : match.start()])
    return f"{seen}{match['number']}. {stem}{accusative if is_seen else nominative}{stop}"


def write_months(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its months in full: "5.jūn." is "5. jūnijā"."""
    return text.sub(_MONTH, lambda match: _month(match, grammar))


def _month(match: re.Match[str], grammar: Grammar) -> str:
    """Return day and month in the case of the preposition; without one, as a point in time or as the subject."""
    before, stem = last_word(match.string, match.start()), _MONTHS[match["month"]]
    is_last = ends_text(match.string, match.end())
    is_hard = stem.endswith(("rt", "st", "ij"))
    is_dateline = match.string.startswith(",", match.end()) and match.string.endswith(", ", 0, match.start())
    if (match.start() == 0 and is_last) or is_dateline:
        return f"{match['day']}. {stem}{'s' if is_hard else 'is'}{'.' if is_last else ''}"
    case = _case_of_day(before, grammar)
    ending = (_HARD_ENDS if is_hard else _ENDS)[case]
    stem = stem.replace("aprīl", "aprīļ") if case is Case.GENITIVE else stem
    said = f"{match['day']}. {stem}{ending}"
    return f"{said}." if is_last else said


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with hours at its start, or after a day, in words: "12.00 Tukumā"."""
    return text.sub(_HOUR, lambda match: _hour(match, grammar))


def _hour(match: re.Match[str], grammar: Grammar) -> str:
    if match["minute"] != "00":
        return grammar.time(grammar.cardinal(int(match["hour"])), match["minute"])
    said = grammar.hour(int(match["hour"]), "plkst.", "", is_full=True)
    return f"{said}os" if said.endswith(("desmit", "padsmit")) else said


def agree_others(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "u.c." in the case of the noun before it: "krēslus u.c." is "krēslus un citus"."""
    return text.sub(_AND_OTHERS, _others) if "c." in text.text else text


def _others(match: re.Match[str]) -> str:
    word = match["word"].lower()
    ending = next((own for end, own in _OTHERS if word.endswith(end)), "")
    if word.endswith("u") and re.search(r"\wus, ", match.string[max(0, match.start() - 60) : match.start()]):
        ending = "us"
    if not ending:
        return match.group()
    stop = "." if ends_text(match.string, match.end()) else ""
    return f"{match['word']} un cit{ending}{stop}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (agree_others, write_figures, write_school_years),
    Place.FIGURES: (write_months, part_seasons, verbalize_attributes, verbalize_parts_of_one),
    Place.HOURS: (verbalize_hours,),
    Place.ORDINALS: (verbalize_measures, verbalize_bare_decimals),
}
