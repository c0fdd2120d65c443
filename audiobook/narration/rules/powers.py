"""Powers: "10⁶", "2^10", "x²"; units such as "m²" are not powers."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import PLAIN, parse_form

_RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_PLAIN: Final = str.maketrans(_RAISED, "0123456789+-")
_MAY: Final = re.compile(r"[²³⁰-⁹⁻]|\^")
_RAISED_DIGIT: Final = re.compile("[¹²³⁰⁴-⁹]")
_POWER = re.compile(
    r"""
    (?:
        (?<![\w^])(?<![^\s(×·*=+/\u2013-][.,])(?P<base>\d{1,2}(?:[.,]\d{1,3})?)   # 10
      | (?<![\w.])(?P<letter>[^\W\d_])                                           # x
    )
    (?:\^(?P<caret>[-\u2212]?\d{1,3})|(?P<raised>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))(?![\w^])
    """,
    re.VERBOSE,
)
_NOTE_MARK: Final = re.compile(
    r"""
    (?:(?<=[^\W\d_]{3})|(?<=\d{3})|(?<=[.,;:!?…"\u201d\u2019\u00bb)]))[¹²³⁰⁴-⁹]{1,3}   # the mark in word¹²
    (?![\w⁰¹²³⁴-⁹⁺⁻^])
    """,
    re.VERBOSE,
)
"""Matches a raised number that is a note mark: after a word, a full stop or a long number."""
_POWERS_OF_ANY: Final = frozenset((2, 3))
"""Exponents that are read after numbers other than ten and two; other raised numbers are note marks."""
_FIELD: Final = re.compile(r"\{([a-z ]+)\}")
_NAMES: Final = {2: "squared", 3: "cubed"}


def leave_out_marks(text: AlignedText) -> AlignedText:
    """Return a sentence without the raised numbers that are note marks: "1945⁵", "fell.²³"."""
    return text.sub(_NOTE_MARK, "") if _RAISED_DIGIT.search(text.text) else text


def verbalize_powers(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the exponents of powers in words; the bases stay."""
    if "power" not in grammar.words.signs or not _MAY.search(text.text):
        return text
    return text.sub(_POWER, lambda match: _power(match, grammar))


def _power(match: re.Match[str], grammar: Grammar) -> str:
    base = match["base"] or match["letter"]
    exponent = int((match["caret"] or match["raised"]).translate(_PLAIN).replace("\u2212", "-"))
    is_unit = match["letter"] and match["raised"] and match.group() in grammar.words.counted
    is_power = match["caret"] or base in ("10", "2") or exponent in _POWERS_OF_ANY
    if is_unit or not is_power or (match["letter"] and exponent == 1):
        return match.group()
    signs = grammar.words.signs
    if exponent in _NAMES and _NAMES[exponent] in signs:
        return f"{base} {signs[_NAMES[exponent]]}"
    return f"{base} {_FIELD.sub(lambda field: _exponent(field[1], exponent, grammar), signs['power'])}"


def _exponent(form: str, exponent: int, grammar: Grammar) -> str:
    minus = f"{grammar.words.signs['minus']} " if exponent < 0 else ""
    if form == "cardinal" or (form == "ordinal" and exponent < 0):
        return minus + grammar.cardinal(abs(exponent))
    return minus + grammar.ordinal(abs(exponent), PLAIN if form == "ordinal" else parse_form(form))
