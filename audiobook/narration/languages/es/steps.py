"""Steps for Spanish only: "D. José", "t. II", "s. XIX", "los siglos XVI y XVII", "1.ª", "14.30 h", "2½ horas"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Form, Gender
from audiobook.narration.rules.quantities import part_pattern, verbalize_linked_signs
from audiobook.narration.rules.short_forms import verbalize_numeral_leaders

_TITLE = re.compile(r"(?<![\w.'-])(?<![A-Z]\. )D\.(?= [A-ZÁÉÍÓÚÑ][^\W\d_A-Z])")
_CENTURY = re.compile(r"(?<![\w.])(?P<many>s?)s\.(?= ?[IVX]+(?!\w))(?P<gap> ?)")
_CENTURIES = re.compile(r"(?<=\bsiglos )(?P<first>[IVX]{1,5}) ?[\u2013-] ?(?=[IVX]{1,5}(?!\w))")
_ORDINAL = re.compile(
    r"""
    (?<![\w.,])
    (?P<number>\d{1,3})   # 1
    # .ª or er
    (?:\.(?P<sign>[ºª°]|er|[oa](?=s?\b))|(?P<tight>[ºª]|er|[rv]o|[rv]a|d[oa]|t[oa]|m[oa]|n[oa]))
    (?P<many>s?)          # 1.os
    (?!\w)(?![ ]?C\b)     # not 20 ºC
    """,
    re.VERBOSE,
)
_CLOCK = re.compile(
    r"""
    (?<![\w.,:/-])
    (?P<hour>\d{1,2})[.:]   # 9.30 h
    (?P<minutes>[0-5]\d)[ ]?(?:h|hs)
    (?:\.(?=[ ][^\W\d_A-Z]))?
    (?![\w/])
    """,
    re.VERBOSE,
)
_HOUR = re.compile(r"(?<![\w.,:/-])(?<=\b[Ll]as )(?P<hour>21)(?![\w/%-]|[.,:]\d| [^\W\d_]+s\b)")
_ONE = re.compile(r"(?<=\b[Aa] la )1(?![\w/%-]|[.,:]\d)")
_THOUSANDS = re.compile(r"(?<![\w.,])(?P<number>[1-9]\d{0,2}) mil (?=(?P<noun>[^\W\d_]{2,40}))")
_PHONE = re.compile(r"\b(?:[Tt]el|[Tt]fno|[Tt]eléfono)\.?: ?(?=\+?\d)")
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
    text = text.sub(_TITLE, "don")
    text = verbalize_numeral_leaders(text, grammar)
    text = text.sub(_CENTURY, lambda match: "siglos " if match["many"] else "siglo ")
    return text.sub(_CENTURIES, lambda match: f"{match['first']} al ")


def verbalize_parts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with months, thousands and fractions in words: "200 mil personas", "½ kg", "2½ horas"."""
    text = text.sub(_PHONE, "teléfono ").sub(_THOUSANDS, lambda match: _thousands(match, grammar))
    text = verbalize_linked_signs(text, grammar)
    return text.sub(part_pattern(grammar.words), lambda match: _part(match, grammar))


def rewrite_times(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "14.30 h" written as "14:30 horas", and the hour after "a la" in words."""
    text = text.sub(_CLOCK, lambda match: f"{match['hour']}:{match['minutes']} horas")
    text = text.sub(_HOUR, lambda match: grammar.hour(int(match["hour"]), ""))
    return text.sub(_ONE, grammar.hour(1, ""))


def verbalize_ordinals(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals in words: "1.ª", "3er", "2.º"."""
    return text.sub(_ORDINAL, lambda match: _ordinal(match, grammar))


def _ordinal(match: re.Match[str], grammar: Grammar) -> str:
    sign = match["sign"] or match["tight"]
    form = _MASCULINE if sign == "er" else _FEMININE if sign[-1] in "aª" else Form()
    said = grammar.ordinal(int(match["number"]), form)
    return f"{said}s" if match["many"] else said


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
    Place.FIGURES: (verbalize_parts,),
    Place.TIMES: (rewrite_times,),
    Place.ORDINALS: (verbalize_ordinals,),
}
