"""Ordinals in figures, decades and numbers with an ending: "5. luokka", "3rd", "ke-3", "1990-luvulla", "20:ssä"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.agreement import ordinal_form
from audiobook.narration.aligned import AlignedText
from audiobook.narration.finnish import verbalize_finnish_endings
from audiobook.narration.lexis import Lexis
from audiobook.narration.neighbours import last_word, noun_after
from audiobook.narration.numbers import cardinal, inflected, ordinal, year

_DOTTED = re.compile(
    r"(?<![^\W_])(?<![\d][.,:/])(?:(?P<first>\d{1,4})\. ?[\u2013-] ?)?(?P<number>\d{1,4})\.(?P<tight>(?=[^\W\d_A-Z]))?(?=(?: \"?)?(?P<next>[^\W\d_]))"
)
_LISTED = re.compile(
    r"(?<![^\W_])(?<![\d][.,:/])(?P<number>\d{1,4})\."
    r"(?=(?P<rest>(?:(?:,| in| ali| ja| tai| un| vai| i| lub| do| līdz) \d{1,4}\.){1,6}+) [^\W\d_A-Z])"
)
_COMPOUND = re.compile(
    r"(?<![\w.,-])(?:(?P<first>\d{1,4})[\u2013-])?(?P<number>\d{1,4})-(?P<rest>[^\W\d_]{1,40})"
)
_ENGLISH = re.compile(r"(?<![\w.,])(?P<number>\d{1,3}(?:,\d{3}){1,2}|\d{1,6})(?:st|nd|rd|th)(?!\w)")
_DECADE = re.compile(r"(?<![\w.,])(?:(?P<year>\d{3}0)'?s|(?:')?(?P<short>\d0)'?s)(?!\w)")
_INDONESIAN = re.compile(r"(?<!\w)(?P<ke>[Kk]e)-?(?P<number>\d{1,6})(?P<an>-?an)?(?!\w)")
_INDONESIAN_DECADE = re.compile(r"(?<![\w.,])(?P<number>\d{2,4})-an(?!\w)")
_POLISH_DECADE = re.compile(
    r"(?P<years>\b[Ll]at(?:a|ach|om|ami)?) (?P<numbers>\d0\.(?:(?:,| i| oraz) \d0\.){0,6}+)(?P<end>$)?"
)
_POLISH_SUFFIXES: Final = {
    "y": "y",
    "ty": "y",
    "szy": "y",
    "gi": "y",
    "ci": "y",
    "a": "a",
    "ta": "a",
    "sza": "a",
    "ga": "a",
    "cia": "a",
    "go": "ego",
    "ego": "ego",
    "tego": "ego",
    "mu": "emu",
    "temu": "emu",
    "ym": "ym",
    "tym": "ym",
    "ej": "ej",
    "tej": "ej",
    "e": "e",
    "te": "e",
    "ych": "ych",
    "tych": "ych",
}


def verbalize_ordinals(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with its ordinals and its numbers that end in letters in words."""
    if lexis.tag == "en":
        text = text.sub(_DECADE, _decade)
        return text.sub(_ENGLISH, lambda match: ordinal(int(match["number"].replace(",", "")), "en"))
    if lexis.tag == "id":
        text = text.sub(_INDONESIAN, _indonesian)
        return text.sub(_INDONESIAN_DECADE, lambda match: cardinal(int(match["number"]), "id") + "an")
    if lexis.tag == "fi":
        text = verbalize_finnish_endings(text, lexis)
    text = text.sub(_COMPOUND, lambda match: _compound(match, lexis))
    return text.sub(_DOTTED, lambda match: _dotted(match, lexis)) if lexis.ordinal_dot else text


def verbalize_lists(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the ordinals in words that share a noun: "5. do 10. maja", "lata 60. i 70."."""
    if lexis.tag == "pl":
        text = text.sub(_POLISH_DECADE, _polish_decade)
    return text.sub(_LISTED, lambda match: _listed(match, lexis)) if lexis.ordinal_dot else text


def _listed(match: re.Match[str], lexis: Lexis) -> str:
    """Read one of several ordinals before the noun that they share."""
    after = noun_after(match.string, match.end("rest"))
    return ordinal(
        int(match["number"]), lexis.tag, ordinal_form(last_word(match.string, match.start()), after, lexis)
    )


def _dotted(match: re.Match[str], lexis: Lexis) -> str:
    """Read an ordinal before a small letter; before a capital a number opens a list, and its stop is kept."""
    text = match.string
    after = noun_after(text, match.end())
    opens = match.start() == 0 and (after.isupper() or _is_chapter(after.lower(), lexis))
    if not (match["next"].islower() or (opens and len(after) > 2)):
        return match.group()
    form = ordinal_form(last_word(text, match.start()), after.lower() if opens else after, lexis)
    said = ordinal(int(match["number"]), lexis.tag, form) + (" " if match["tight"] is not None else "")
    if not match["first"]:
        return said
    if lexis.tag == "fi" and not form:
        return f"{ordinal(int(match['first']), 'fi', 'elative')} {ordinal(int(match['number']), 'fi', 'illative')}"
    return f"{ordinal(int(match['first']), lexis.tag, form)} {lexis.range} {said}".replace("  ", " ")


def _is_chapter(word: str, lexis: Lexis) -> bool:
    """True for a word that headings count: "4. Nodaļa"."""
    counted = f"{lexis.roman['chapters']}|{lexis.roman['after']}"
    return word in re.split(r"=[^|]*\||[|]", counted)


def _compound(match: re.Match[str], lexis: Lexis) -> str:
    """Join a number with the rest of its word."""
    rest = match["rest"]
    if not rest.islower():
        return match.group()
    said = _joined(int(match["number"]), rest, lexis)
    if not said or not match["first"]:
        return said or match.group()
    first = _joined(int(match["first"]), "-", lexis)
    return f"{first}{said}"


def _joined(number: int, rest: str, lexis: Lexis) -> str:
    """Give a number joined to a word; empty in a language that does not join them."""
    if lexis.tag == "fi":
        said = cardinal(number, "fi", "genitive" if rest.startswith("kertai") else "")
        return said.replace(" ", "") + ("-" if said[-1] == rest[0] and rest[0] in "aeiouyäö" else "") + rest
    if lexis.tag == "pl" and rest in _POLISH_SUFFIXES:
        return ordinal(number, "pl", _POLISH_SUFFIXES[rest])
    if lexis.tag in {"pl", "sl"}:
        return inflected(cardinal(number, lexis.tag), lexis.tag, "comp") + rest
    return ""


def _decade(match: re.Match[str]) -> str:
    said = year(int(match["year"]), "en") if match["year"] else cardinal(int(match["short"]), "en")
    return said[:-1] + "ies" if said.endswith("y") else said + ("es" if said.endswith("x") else "s")


def _indonesian(match: re.Match[str]) -> str:
    said = ordinal(int(match["number"]), "id") + ("an" if match["an"] else "")
    return said.capitalize() if match["ke"] == "Ke" else said


def _polish_decade(match: re.Match[str]) -> str:
    years = match["years"]
    ending = {"lata": "e", "latom": "ym", "latami": "ymi"}.get(years.lower(), "ych")
    said = re.sub(r"(\d0)\.", lambda number: ordinal(int(number[1]), "pl", ending), match["numbers"])
    return f"{years} {said}" + ("." if match["end"] is not None else "")
