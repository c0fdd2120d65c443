"""Steps for Slovenian only: times with "h" ("ob 9h", "14h30"), titles in the case of a name, and units without a number ("na m²")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.neighbours import ends_text
from audiobook.narration.languages.sl.acting import verbalize_acting

_HOUR = re.compile(
    r"""
    (?<![\w.,])
    (?P<hour>\d{1,2})                                                        # 14
    (?:[ ]?h(?P<minute>[0-5]\d)|(?<=\bob[ ]\d)[ ]?h|(?<=\bob[ ]\d\d)[ ]?h)   # h30, or ob 14 h
    (?!\w)
    """,
    re.VERBOSE,
)


def rewrite_hours(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with times with "h" in the usual form: "14.30"."""
    if "h" not in text.text:
        return text
    return text.sub(_HOUR, lambda match: f"{match['hour']}.{match['minute'] or '00'}")


_TITLE = re.compile(
    r"""
    (?<![\w.])(?P<title>dr|prof|mag|g|doc|asist|akad)\.[ ]
    (?=(?:(?:dr|mag)\.[ ]){0,2}(?:[A-ZČŠŽĆĐ]\.[ ]?){0,2}
    (?P<name>[A-ZČŠŽĆĐ][^\W\d_]{2,30})(?:[ ](?P<surname>[A-ZČŠŽĆĐ][^\W\d_]{2,30}))?)
    """,
    re.VERBOSE,
)
_INITIAL = re.compile(
    r"(?:(?<=[^\W\d_]{2}[ ])(?<!\bSpoštovani )(?<!\bDragi )(?<!\bCenjeni )|(?<=\b(?:dr|ga)\. )|(?<=\bmag\. ))G\.(?= ?[^\W\d_])"
)
"""Matches the initial of a name inside a sentence, which is not the title "gospod"."""
_RATE = re.compile(r"(?<=\d) ?/ ?(?P<unit>min|h|uro|dan|teden|mesec|leto)(?!\w|\.\w)")
"""Matches a unit of time after a bare number: "4000/min"."""
_UNIT_AFTER_PREPOSITION = re.compile(r"\bna (?P<unit>k?m[²2]|m[³3]|kg|ha|kWh)(?![\w/])")
_RANK = re.compile(
    r"""
    (?P<person>(?<!\w)(?P<name>[A-ZČŠŽĆĐ][^\W\d_]{2,30})(?P<surname>(?:[ ][A-ZČŠŽĆĐ][^\W\d_]{2,30}){1,2}),[ ])
    (?P<rank>doc|asist|(?:red|izr)\.[ ]prof)\.(?![ ][A-ZČŠŽĆĐ])
    """,
    re.VERBOSE,
)
_WOMENS_RANKS: Final = {
    "doc": "docentka",
    "asist": "asistentka",
    "red. prof": "redna profesorica",
    "izr. prof": "izredna profesorica",
}
_TITLES: Final = {
    "dr": ("doktor", "doktorja", "doktorju", "doktorjem", "doktoric"),
    "prof": ("profesor", "profesorja", "profesorju", "profesorjem", "profesoric"),
    "mag": ("magister", "magistra", "magistru", "magistrom", "magistric"),
    "doc": ("docent", "docenta", "docentu", "docentom", "docentk"),
    "asist": ("asistent", "asistenta", "asistentu", "asistentom", "asistentk"),
    "akad": ("akademik", "akademika", "akademiku", "akademikom", "akademikinj"),
    "g": ("gospod", "gospoda", "gospodu", "gospodom", ""),
}
"""For each title, the nominative, genitive, dative and instrumental of a man's, and the stem of a woman's."""
_MENS_ENDS: Final = (("a", 1), ("u", 2), ("om", 3), ("em", 3))
_WOMENS_ENDS: Final = frozenset("aeio")


def agree_titles(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with titles in the case of the names after them: "dr. Janeza Novaka"."""
    if "." not in text.text:
        return text
    text = verbalize_acting(text, grammar)
    if "prof." in text.text or "doc." in text.text or "asist." in text.text:
        text = text.sub(_RANK, lambda match: _rank(match, grammar))
    if ". " in text.text:
        text = text.sub(_TITLE, lambda match: _title(match, grammar))
    return text.sub(_INITIAL, "G") if "G." in text.text else text


def _rank(match: re.Match[str], grammar: Grammar) -> str:
    """Return the rank after a woman's name in the feminine; that of a man is read without a rule."""
    if not _is_womans(match["name"], match["surname"].split()[-1], grammar):
        return match.group()
    stop = "." if ends_text(match.string, match.end()) else ""
    return f"{match['person']}{_WOMENS_RANKS[match['rank']]}{stop}"


def _title(match: re.Match[str], grammar: Grammar) -> str:
    forms, name, surname = _TITLES[match["title"]], match["name"].lower(), match["surname"] or ""
    if _is_womans(match["name"], surname, grammar):
        is_inflected = forms[4] and name[-1] in _WOMENS_ENDS
        return f"{forms[4]}{name[-1]} " if is_inflected else match.group()
    if match["name"] in grammar.words.lists["mens_names"] or name.endswith("ska"):
        return f"{forms[0]} "
    at = next((at for end, at in _MENS_ENDS if name.endswith(end)), 0)
    agrees = not surname or any(surname.lower().endswith(end) for end, own in _MENS_ENDS if own == at)
    return f"{forms[at if agrees else 0]} "


def _is_womans(name: str, surname: str, grammar: Grammar) -> bool:
    """Return whether a name is a woman's: a common one, or one in "a" before a surname that has no case."""
    if name in grammar.words.lists["mens_names"]:
        return False
    is_known = name.startswith(grammar.words.roman.feminine)
    is_surname = not surname and name.endswith(("ova", "eva"))
    return (
        is_known
        or is_surname
        or (name.endswith("a") and bool(surname) and not surname.endswith(("a", "ega")))
    )


_MONTHS: Final = r"(?:januar|februar|marc|april|maj|junij|julij|avgust|septembr|oktobr|novembr|decembr)a"
_ONE_YEAR: Final = r"[1-9]\d{2,3}"
_YEAR = re.compile(
    rf"""
    (?P<before>\b(?:[Ll]et(?:a|u|om?)|{_MONTHS})[ ])(?P<year>{_ONE_YEAR})\.
    (?:
        [ ]?[\u2013\u2014-][ ]?(?P<last>{_ONE_YEAR}(?!\d))(?:\.(?=[ ][^\W\d_A-Z]|[,;:)]))?   # —823.
      | (?=[ ][^\W\d_A-Z]|[,;:)])
    )
    """,
    re.VERBOSE,
)
"""Matches a year with a full stop, or a range of them, as in older books: "leta 1013. je"."""
_JOINED_YEARS = re.compile(r"(?: (?:in|ali|ter) \d{1,4}\.)? let")
_RATES: Final = {"teden": "na teden", "mesec": "na mesec"}
_PART_OF_DAY = re.compile(
    r"(?<=\bob )(?P<hour>\d{1,2})\.?(?= (?:zjutraj|dopoldne|popoldne|popoludne|zvečer|ponoči)(?!\w))"
)


def drop_year_stops(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with its years without the full stop of an ordinal, unless they share a noun after them."""
    return text.sub(_YEAR, _year)


def _year(match: re.Match[str]) -> str:
    if _JOINED_YEARS.match(match.string, match.end()):
        return match.group()
    last = f"\u2013{match['last']}" if match["last"] else ""
    return f"{match['before']}{match['year']}{last}"


def verbalize_rates(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with a unit after "na", or after a bare number and a slash, in words: "4000/min", "na m²"."""
    if "na " in text.text:
        text = text.sub(_UNIT_AFTER_PREPOSITION, lambda match: grammar.words.per[match["unit"]])
    if "/" not in text.text:
        return text
    return text.sub(_RATE, lambda match: f" {_RATES.get(match['unit']) or grammar.words.per[match['unit']]}")


def verbalize_hours(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the hours before a part of the day in words: "ob 5. popoldne"."""
    return text.sub(_PART_OF_DAY, lambda match: grammar.hour(int(match["hour"]), "ob"))


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (agree_titles, verbalize_rates),
    Place.LISTS: (drop_year_stops,),
    Place.HOURS: (rewrite_hours, verbalize_hours),
}
