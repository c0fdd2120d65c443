"""Finnish numbers in a case: "20:ssä", "2.0:n", "17 päivänä joulukuuta"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.figures import plain_value, read_number
from audiobook.narration.lexis import Lexis
from audiobook.narration.numbers import cardinal, ordinal
from audiobook.narration.quantities import finnish_case

_DAY = re.compile(
    r"(?<![\w.,])(?:(?P<month>(?<=kuun ))|)(?:(?P<first>\d{1,2})\.? ja )?(?P<number>\d{1,2})\.? päivä(?P<ending>\w{0,4}+)"
    r"(?!\w)(?(month)|(?= \w{4,6}kuuta))"
)
"""A day of a month, written without the stop of an ordinal as laws do."""
_ENDED = re.compile(
    r"(?<![\w.,-])(?P<head>(?:\d{1,4}[.,]){1,4}+)?"
    r"(?P<number>\d{1,3}(?: \d{3})+|\d{1,6}):(?P<suffix>[a-zäö]{1,6})(?!\w)"
)
_SECTION = re.compile(r"(?<![\w.,-])(?<!\d )(?P<number>\d{1,3}) §(?::(?P<suffix>[a-zäö]{1,4}))?(?!\w)")
_SECTION_ENDS: Final = {
    "nominative": "",
    "genitive": "n",
    "partitive": "ä",
    "inessive": "ssä",
    "elative": "stä",
    "illative": "än",
    "adessive": "llä",
    "ablative": "ltä",
    "allative": "lle",
    "translative": "ksi",
    "essive": "nä",
}
_ORDINAL: Final = re.compile(r"(?:s|nnen|nnessa|nnessä|nneksi|nnella|nnellä|nnelle|nnesta|nnestä)$")


def verbalize_finnish_days(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the days of months in the case of "päivä"."""
    return text.sub(_DAY, lambda match: _day(match, lexis)) if " päivä" in text.text else text


def verbalize_finnish_endings(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the numbers in words that have the ending of a case after a colon."""
    if "§" in text.text:
        text = text.sub(_SECTION, lambda match: _section(match, lexis))
    return text.sub(_ENDED, lambda match: _ended(match, lexis)) if ":" in text.text else text


def _section(match: re.Match[str], lexis: Lexis) -> str:
    """Say the section of a law: "5 §:n" is that of the fifth."""
    case = finnish_case(match["suffix"], lexis) if match["suffix"] else "nominative"
    if not case:
        return match.group()
    return f"{ordinal(int(match['number']), 'fi', case)} pykälä{_SECTION_ENDS[case]}"


def _day(match: re.Match[str], lexis: Lexis) -> str:
    case = finnish_case(match["ending"], lexis) if match["ending"] else "nominative"
    if not case:
        return match.group()
    days = [ordinal(int(day), "fi", case) for day in (match["first"], match["number"]) if day]
    return f"{' ja '.join(days)} päivä{match['ending']}"


def _ended(match: re.Match[str], lexis: Lexis) -> str:
    """Put a number into the case of what stands after its colon; of a version only the last part."""
    suffix = match["suffix"]
    value = int(match["number"]) if match["head"] else plain_value(match["number"], lexis)
    if value is None:
        return match.group()
    if suffix in {"s", "nnen", "nneksi"} or _ORDINAL.search(suffix):
        case = {"s": "nominative", "nnen": "genitive"}.get(suffix) or finnish_case(
            suffix.removeprefix("nne"), lexis
        )
        return ordinal(value, "fi", case or "nominative")
    case = finnish_case(suffix, lexis)
    if not case:
        return match.group()
    said = cardinal(value, "fi", case)
    return f"{_head(match['head'], case, lexis)} {said}" if match["head"] else said


def _head(head: str, case: str, lexis: Lexis) -> str:
    """Say what stands before the last point; the whole of a decimal number is declined too."""
    before = head[:-1]
    if head[-1] == lexis.decimal and before.isdecimal():
        return f"{cardinal(int(before), 'fi', case)} {lexis.signs['point']}"
    return f"{read_number(before, '', '', lexis)} {lexis.signs['dot']}"
