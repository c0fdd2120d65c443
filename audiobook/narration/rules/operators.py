"""Signs between and before numbers: "5 + 3 = 8", "4 × 6", "3x", "1 : 100", "n = 20", "p < 0.05"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import PLAIN, parse_form
from audiobook.narration.grammar.neighbours import last_word
from audiobook.narration.grammar.numerals import plain_value

_MAY: Final = re.compile(r"\d(?: ?[+=×xX]| : \d| [ckm]?m [xX] )|[~<>≤≥±]|[=+] ?\d|\+/-|\b1:\d")
_ABOUT = re.compile(r"(?<![^\s(\[])~ ?(?=\d)")
_BETWEEN = re.compile(r"(?<=\d)(?: (?P<spaced>[+=×xX]) | ?(?P<tight>[+=×]) ?)(?=\d)")
_AFTER_WORD = re.compile(r"(?:(?<=[^\W\d_)]) (?P<spaced>[+=]) |(?<=\b[a-zA-Z])(?P<tight>=))(?=\d)")
"""Matches the sign between a name and its value, or before a number that belongs to a name: "n = 20", "Canal + 1"."""
_BEFORE_WORD = re.compile(r"(?<=\d) \+ (?=[^\W\d_])")
_PLUS_OR_MINUS = re.compile(r"(?:(?P<between>(?<=\d)) ?)?(?:\+/[-\u2212]|±) ?(?=\d)")
_COMPARISON = re.compile(
    r"(?:(?<![^\s(\[])(?P<sign>[<>≤≥])|(?<=\b[a-zA-Z])(?P<tight>[<>≤≥])) ?(?=[-\u2212]?\d)"
)
_MINUS = re.compile(r"(?<=\d) (?P<spaced>[-\u2212\u2013]) (?=\d)")
_SIDES = re.compile(r"(?:(?<=\d m)|(?<=\d [ckm]m)|(?<=\d[ckm]m)|(?<=\dm)) [xX×] (?=\d)")
"""Matches the sign between two sides with units: "4 m x 5 m"."""
_BY = re.compile(r"(?<![\w.,])(?P<first>[1-9]\d{0,4}(?:[.,]\d{1,3})?)[xX](?=\d++(?>(?:[.,]\d++)?)(?!-\w))")
_OFTEN = re.compile(r"(?<=\d) ?[x×](?![^\s,.;)])")
_AGAINST = re.compile(
    r"""
    (?<![\w.,:])
    (?P<first>\d{1,3})[ ]:[ ]                # 1 :
    (?P<second>\d{1,3}(?>(?:[. ]\d{3}){0,3}))   # 25 000
    (?![.,:]?\d|[ ]:)
    """,
    re.VERBOSE,
)
_SCALE = re.compile(
    r"""
    (?<![\w.,:/-])
    1[ ]?:[ ]?(?P<number>\d{1,3}(?:[ .,]\d{3}){1,2}|\d{3,7})   # 1:50 000
    (?![\w:/]|[.,]\d)
    """,
    re.VERBOSE,
)
_FIELD: Final = re.compile(r"\{([a-z ]+)\}")
_COMPARED: Final = {"<": "below", ">": "above", "≤": "at_most", "≥": "at_least"}
_NAMES: Final = {"+": "plus", "=": "equals", "×": "times", "x": "times", "X": "times"}


def verbalize_operators(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the signs between and before its numbers in words; a dash is a minus if there is an equals sign."""
    if not _MAY.search(text.text):
        return text
    signs = grammar.words.signs
    if "about" in signs:
        text = text.sub(_ABOUT, f"{signs['about']} ")
    text = text.sub(_PLUS_OR_MINUS, lambda match: _plus_or_minus(match, grammar))
    if "below" in signs:
        text = text.sub(_COMPARISON, lambda match: _compared(match, grammar))
    if "scale" in signs:
        text = text.sub(_SCALE, lambda match: _scale(match, grammar))
    if "against" in signs:
        text = text.sub(_AGAINST, lambda match: _against(match, grammar))
    if "=" in text.text:
        text = text.sub(_MINUS, f" {signs['minus']} ")
    by = signs.get("by", signs["times"])
    text = text.sub(_BY, lambda match: f"{match['first']} {by} ").sub(_SIDES, f" {by} ")
    text = text.sub(_BETWEEN, lambda match: f" {signs[_NAMES[match['spaced'] or match['tight']]]} ")
    text = text.sub(_AFTER_WORD, lambda match: f" {signs[_NAMES[match['spaced'] or match['tight']]]} ")
    text = text.sub(_BEFORE_WORD, f" {signs['plus']} ")
    often = signs["often"]
    return text.sub(_OFTEN, often if often.startswith("-") else f" {often}")


def _plus_or_minus(match: re.Match[str], grammar: Grammar) -> str:
    gap = " " if match["between"] is not None else ""
    return f"{gap}{grammar.words.signs['plusminus']} "


def _compared(match: re.Match[str], grammar: Grammar) -> str:
    """Return the words for a comparison with a number."""
    gap = " " if match["tight"] else ""
    return f"{gap}{grammar.words.signs[_COMPARED[match['sign'] or match['tight']]]} "


def _scale(match: re.Match[str], grammar: Grammar) -> str:
    """Return the scale of a map or model in words; a space is a sign between thousands in every language."""
    value = plain_value(match["number"].replace(" ", ""), grammar.words)
    if value is None:
        return match.group()

    def number(field: re.Match[str]) -> str:
        return grammar.cardinal(value, PLAIN if field[1] == "cardinal" else parse_form(field[1]))

    return f"{grammar.cardinal(1)} {_FIELD.sub(number, grammar.words.signs['scale'])}"


def _against(match: re.Match[str], grammar: Grammar) -> str:
    """Return a score or scale in words; after a word for times of day, return it as a time, without spaces."""
    words = grammar.words
    before = last_word(match.string, match.start())
    if before and re.fullmatch(words.times.before, before, re.IGNORECASE):
        return f"{match['first']}:{match['second']}"
    first, second = (plain_value(match[end], words) for end in ("first", "second"))
    if first is None or second is None:
        return match.group()
    return f"{grammar.cardinal(first)} {words.signs['against']} {grammar.cardinal(second)}"
