"""Signs between numbers: "5 + 3 = 8", "4 × 6", "3x", "1 : 100"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import last_word
from audiobook.narration.grammar.numerals import plain_value

_MAY: Final = re.compile(r"\d(?: ?[+=×xX]| : \d| [ckm]?m [xX] )|~")
_ABOUT = re.compile(r"(?<![^\s(\[])~ ?(?=\d)")
_BETWEEN = re.compile(r"(?<=\d)(?: (?P<spaced>[+=×xX]) | ?(?P<tight>[+=×]) ?)(?=\d)")
_MINUS = re.compile(r"(?<=\d) (?P<spaced>[-\u2212\u2013]) (?=\d)")
_SIDES = re.compile(r"(?:(?<=\d m)|(?<=\d [ckm]m)|(?<=\d[ckm]m)|(?<=\dm)) [xX×] (?=\d)")
"""Matches the sign between two sides with units: "4 m x 5 m"."""
_BY = re.compile(r"(?<=\d)[xX](?=\d)")
_OFTEN = re.compile(r"(?<=\d) ?[x×](?![^\s,.;)])")
_AGAINST = re.compile(
    r"""
    (?<![\w.,:])
    (?P<first>\d{1,3})[ ]:[ ]                # 1 :
    (?P<second>\d{1,3}(?:[. ]\d{3}){0,3}+)   # 25 000
    (?![.,:]?\d|[ ]:)
    """,
    re.VERBOSE,
)
_NAMES: Final = {"+": "plus", "=": "equals", "×": "times", "x": "times", "X": "times"}


def verbalize_operators(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the signs between its numbers in words; a dash is a minus if there is an equals sign."""
    if not _MAY.search(text.text):
        return text
    signs = grammar.words.signs
    if "about" in signs:
        text = text.sub(_ABOUT, f"{signs['about']} ")
    if "against" in signs:
        text = text.sub(_AGAINST, lambda match: _against(match, grammar))
    if "=" in text.text:
        text = text.sub(_MINUS, f" {signs['minus']} ")
    if "by" in signs:
        text = text.sub(_BY, f" {signs['by']} ")
    text = text.sub(_SIDES, f" {signs.get('by', signs['times'])} ")
    text = text.sub(_BETWEEN, lambda match: f" {signs[_NAMES[match['spaced'] or match['tight']]]} ")
    often = signs["often"]
    return text.sub(_OFTEN, often if often.startswith("-") else f" {often}")


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
