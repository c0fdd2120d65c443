"""Steps for Spanish only: "D. José", "t. II", "s. XIX", "del XIX", "(n. 1950)", "1.ª", "4,500", "2½ horas"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Form, Gender
from audiobook.narration.languages.es.dates import link_dates, rewrite_times, write_bracketed
from audiobook.narration.rules.quantities import part_pattern, verbalize_linked_signs
from audiobook.narration.rules.ranges import unit_names
from audiobook.narration.rules.roman import roman_value
from audiobook.narration.rules.short_forms import verbalize_numeral_leaders

_TITLE = re.compile(r"(?<![\w.'-])(?<![A-Z]\. )D\.(?= [A-ZÁÉÍÓÚÑ][^\W\d_A-Z])")
_CENTURY = re.compile(r"(?<![\w.])(?P<many>s?)s\.(?= ?[IVX]+(?!\w))(?P<gap> ?)")
_BARE_CENTURY = re.compile(
    r"(?:(?<=\b[dD]el )|(?<=\b[eEaA]l ))(?P<roman>X(?:V?I{0,3}|I?[VX]|XI))(?![\w.\u2013-])"
)
"""Matches a century without its word, or a team of so many: "del XIX", "el XV de Francia"."""
_DEGREE = re.compile(r"(?<=\d) ?º(?= (?:de )?(?:latitud|longitud|norte|sur|este|oeste|bajo)(?!\w))")
_LIFE = re.compile(
    r"(?P<before>[(;\u2013-] ?)(?P<verb>[nmf])\. (?=(?P<date>\d{1,2} de |\d{3,4}\b)|en [A-ZÁÉÍÓÚÑ])"
)
_LIVED: Final = {"n": "nació", "m": "murió", "f": "falleció"}
_GROUPED = re.compile(
    r"""
    (?<![\w.,])(?<!\d[ ])
    (?P<groups>[1-9]\d{0,2}(?:,\d{3})+)   # 4,500
    (?:\.(?P<decimals>\d{1,2}))?         # .75
    (?![\d\w]|[.,]\d)
    (?P<counted>(?=[ ](?P<noun>[^\W\d_]+s)(?!\w)))?
    """,
    re.VERBOSE,
)
_DOLLARS = re.compile(r"\$ ?$")
_REACH: Final = 40
"""Number of characters after a numeral that are examined."""
_POINT_DECIMAL = re.compile(r"(?<![\w.,])\d{1,3}\.\d{1,2}(?![\w.,]?\d)")
_CENTURIES = re.compile(r"(?<=\bsiglos )(?P<first>[IVX]{1,5}) ?[\u2013-] ?(?=[IVX]{1,5}(?!\w))")
_ORDINAL = re.compile(
    r"""
    (?<![\w.,])
    (?P<number>\d{1,3})   # 1
    # .ª, er or º
    (?:
        \.(?P<sign>[ºª°]|er|[oa](?=s?\b))
      | (?P<tight>[ºª]|er[oa]?|[rv]o|[rv]a|d[oa]|t[oa]|m[oa]|n[oa])
      | [ ](?P<apart>[ºª])(?=s?[ ][^\W\d_A-Z])
    )
    (?P<many>s?)          # 1.os
    (?!\w)(?![ ]?C\b)     # not 20 ºC
    """,
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"(?<![\w.,])(?P<number>[1-9]\d{0,2}) mil (?=(?P<noun>[^\W\d_]{2,40}))")
_PHONE = re.compile(r"\b(?:[Tt]el|[Tt]fno|[Tt]eléfono)\.?: ?(?=\+?\d)")
_UNIT = re.compile(r" ?(?:k?g|[kcm]?m|[cdm]?l|L|t|ha|h)(?!\w)")
_PARTS: Final = {
    **dict.fromkeys(("1/3", "⅓"), "una tercera"),
    **dict.fromkeys(("2/3", "⅔"), "dos terceras"),
    **dict.fromkeys(("1/4", "¼"), "una cuarta"),
    **dict.fromkeys(("3/4", "¾"), "tres cuartas"),
}
_FEMININE: Final = Form(gender=Gender.FEMININE)
_MASCULINE: Final = Form(gender=Gender.MASCULINE)


def verbalize_names(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "don" and words before Roman numerals in full; elsewhere, these are initials or units."""
    text = text.sub(_TITLE, "don").sub(_LIFE, _life)
    text = verbalize_numeral_leaders(text, grammar)
    text = text.sub(_BARE_CENTURY, lambda match: _bare_century(match, grammar))
    text = text.sub(_CENTURY, lambda match: "siglos " if match["many"] else "siglo ")
    return text.sub(_CENTURIES, lambda match: f"{match['first']} al ")


def verbalize_parts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with months, thousands and fractions in words: "200 mil personas", "½ kg", "2½ horas"."""
    if "," in text.text:
        has_point = _POINT_DECIMAL.search(text.text) is not None
        text = text.sub(_GROUPED, lambda match: _grouped(match, has_point, grammar))
    text = (
        text.sub(_DEGREE, "°")
        .sub(_PHONE, "teléfono ")
        .sub(_THOUSANDS, lambda match: _thousands(match, grammar))
    )
    text = verbalize_linked_signs(text, grammar)
    return text.sub(part_pattern(grammar.words), lambda match: _part(match, grammar))


def verbalize_ordinals(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals in words: "1.ª", "3er", "2.º"."""
    return text.sub(_ORDINAL, lambda match: _ordinal(match, grammar))


def _ordinal(match: re.Match[str], grammar: Grammar) -> str:
    sign = match["sign"] or match["tight"] or match["apart"]
    form = _MASCULINE if sign == "er" else _FEMININE if sign[-1] in "aª" else Form()
    said = grammar.ordinal(int(match["number"]), form)
    return f"{said}s" if match["many"] else said


def _life(match: re.Match[str]) -> str:
    """Return the verb for the short form before the date or place of a birth or death: "(n. 1950)"."""
    date = match["date"] or ""
    joint = "el " if date.endswith("de ") else "en " if date else ""
    return f"{match['before']}{_LIVED[match['verb']]} {joint}"


def _bare_century(match: re.Match[str], grammar: Grammar) -> str:
    """Return the cardinal, unless a noun that takes an ordinal follows ("el XX aniversario")."""
    value, end = roman_value(match["roman"]), match.end()
    following = match.string[end : end + _REACH].lstrip()
    is_ordinal = re.match(rf"(?:{grammar.words.roman.after})(?!\w)|[A-ZÁÉÍÓÚÑ]", following)
    return grammar.cardinal(value) if value and not is_ordinal else match.group()


def _grouped(match: re.Match[str], has_point: bool, grammar: Grammar) -> str:
    """Return a number with commas between its thousands, as in Latin America, with full stops."""
    text, groups, decimals = match.string, match["groups"], match["decimals"]
    noun = match["noun"] or ""
    is_count = match["counted"] is not None and noun not in unit_names(grammar.words)
    is_round = groups.endswith("00") and not _UNIT.match(text, match.end())
    is_sum = _DOLLARS.search(text[max(0, match.start() - 2) : match.start()]) is not None
    if not (groups.count(",") > 1 or decimals or is_count or is_round or is_sum or has_point):
        return match.group()
    return groups.replace(",", ".") + (f",{decimals}" if decimals else "")


def _thousands(match: re.Match[str], grammar: Grammar) -> str:
    """Return "doscientas mil" before the noun that it agrees with."""
    number = int(match["number"]) * 1000
    if number == 1000:
        return match.group()
    return f"{grammar.cardinal(number, grammar.cardinal_form(number, '', match['noun']))} "


def _part(match: re.Match[str], grammar: Grammar) -> str:
    """Return "medio kilogramo", "dos horas y media" or "tres cuartos de litro"."""
    words, noun, part = grammar.words, match["noun"] or "", match["part"]
    if noun in words.lists["uncounted"]:
        return match.group()
    forms = words.counted[match["unit"]] if match["unit"] else (noun, noun)
    gender = grammar.ordinal_form("", forms[0].partition(" ")[0])
    if noun in ("parte", "partes") and part in _PARTS and not match["whole"]:
        return f"{_PARTS[part]} {noun}"
    is_half = part in ("½", "1/2")
    half = "media" if gender == _FEMININE else "medio"
    if match["whole"]:
        value = int(match["whole"])
        counted = forms[0].removesuffix("s") if value == 1 else forms[-1]
        return f"{grammar.cardinal(value, gender)} {counted} {words.signs['and']} {half if is_half else words.signs[part]}"
    return f"{half} {forms[0]}" if is_half else f"{words.signs[part]} de {forms[0]}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (verbalize_names,),
    Place.FIGURES: (write_bracketed, verbalize_parts),
    Place.DAYS: (link_dates,),
    Place.TIMES: (rewrite_times,),
    Place.ORDINALS: (verbalize_ordinals,),
}
