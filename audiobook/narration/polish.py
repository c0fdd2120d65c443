"""Polish years and hours, which are ordinals, and the two numbers that something lies between."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexis import Lexis, known_lexis
from audiobook.narration.neighbours import YEARS, ends_text, last_word, next_word
from audiobook.narration.numbers import cardinal, ordinal
from audiobook.narration.slavic import polish_ordinal

_YEAR = re.compile(
    r"(?<![\w.,])(?P<year>\d{4}|\d{3}) (?P<word>r\.|roku|rok|rokiem)(?!\w)"
    r"|(?P<before>\b(?:rok|roku|rokiem)) (?P<after>\d{4})(?![\w.,]\w|\w)"
)
_HOUR = re.compile(r"(?:(?<=godzinie )|(?<=godziny )|(?<=godziną ))(?P<hour>\d{1,2})(?![\w:-]|[.,]\d)")
_HOUR_RANGE = re.compile(
    r"(?<=godzin)(?P<case>\w{1,3}) (?P<from>\d{1,2})[\u2013-](?P<to>\d{1,2})(?![\w,.:-]\w|\w)"
)
_BETWEEN = re.compile(
    r"(?<=między )(?P<hour>godziną )?(?P<first>\d{1,4}) a (?P<last>\d{1,4})(?![\w:%]|[.,]\d| ?[%°€$£])",
    re.IGNORECASE,
)
_OBLIQUE: Final = frozenset("o od do po godziny godzinie godzinach około ok.".split())
_INSTRUMENTAL: Final = frozenset("przed między a godziną".split())
_YEAR_WORDS: Final = frozenset(("r", "roku", "rokiem"))
_HOURS: Final = 24


def verbalize_polish_years(text: AlignedText) -> AlignedText:
    """Give a Polish text with its years in words, as far as they stand by a word for "year"."""
    return text.sub(_YEAR, _year)


def verbalize_polish_hours(text: AlignedText) -> AlignedText:
    """Give a Polish text with its full hours in words, as far as they stand by a word for "hour"."""
    text = text.sub(_HOUR_RANGE, _hours)
    return text.sub(
        _HOUR, lambda match: polish_hour(int(match["hour"]), last_word(match.string, match.start()))
    )


def verbalize_polish_bounds(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a Polish text with both numbers after "between" in words, where the second tells their form."""
    return text.sub(_BETWEEN, _between) if lexis.tag == "pl" else text


def polish_hour(hour: int, before: str) -> str:
    """Give a full hour in words, in the case that the word before it asks for."""
    if hour > _HOURS:
        return cardinal(hour, "pl")
    if before in _INSTRUMENTAL:
        return ordinal(hour, "pl", "ą")
    return ordinal(hour, "pl", "ej" if before in _OBLIQUE else "a")


def _between(match: re.Match[str]) -> str:
    """Say ordinals before a noun of one ("rokiem", "maja") or of years, else the numbers in the same case."""
    first, last = int(match["first"]), int(match["last"])
    ending = _ending(first, last, match)
    if last in YEARS and next_word(match.string, match.end()) in _YEAR_WORDS:
        return f"{ordinal(first, 'pl', 'ym')} a {last}"
    if ending:
        said = [ordinal(number, "pl", ending) for number in (first, last)]
    elif next_word(match.string, match.end()).endswith("ami") or _is_last(match):
        said = [cardinal(number, "pl", "between") for number in (first, last)]
    else:
        return match.group()
    return f"{match['hour'] or ''}{said[0]} a {said[1]}"


def _ending(first: int, last: int, match: re.Match[str]) -> str:
    """Give the ending of both numbers as ordinals; empty where they are none."""
    after = next_word(match.string, match.end())
    if match["hour"]:
        return "ą" if max(first, last) <= _HOURS else ""
    if after in known_lexis("pl").months or (first in YEARS and last in YEARS and _is_last(match)):
        return "ym"
    return polish_ordinal("", after) if after.endswith(("iem", "em", "ą")) else ""


def _is_last(match: re.Match[str]) -> bool:
    """True where no word follows that could be what is counted."""
    return not match.string[match.end() : match.end() + 2].strip().isalnum()


def _year(match: re.Match[str]) -> str:
    if match["before"]:
        ending = {"rok": "y", "roku": "ego", "rokiem": "ym"}[match["before"]]
        before = last_word(match.string, match.start()).lower()
        ending = "ym" if before in {"w", "po"} and match["before"] == "roku" else ending
        return f"{match['before']} {ordinal(int(match['after']), 'pl', ending)}"
    before = last_word(match.string, match.start()).lower()
    ending, noun = "ego", "roku"
    if match.string[: match.start()].endswith("(") and match["word"] == "r.":
        return f"{ordinal(int(match['year']), 'pl', 'y')} rok"
    if before in {"w", "we", "po", "o"} and match["word"] != "rok":
        ending = "ym"
    elif match["word"] in {"rok", "rokiem"} or (
        before in {"przed", "między", "za", "a"} and match["word"] != "roku"
    ):
        ending, noun = ("y", "rok") if match["word"] == "rok" else ("ym", "rokiem")
    if match["word"].endswith("."):
        noun += "." if ends_text(match.string, match.end()) else ""
    return f"{ordinal(int(match['year']), 'pl', ending)} {noun}"


def _hours(match: re.Match[str]) -> str:
    first, last = int(match["from"]), int(match["to"])
    if max(first, last) > _HOURS:
        return match.group()
    opening = ordinal(first, "pl", "a" if match["case"] == "a" else "ej")
    if match["case"] == "ach":
        opening = f"od {opening}"
    return f"{match['case']} {opening} do {ordinal(last, 'pl', 'ej')}"
