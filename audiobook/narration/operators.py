"""Signs between numbers: "5 + 3 = 8", "4 × 6", "3x", "1 : 100"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.figures import plain_value
from audiobook.narration.lexis import Lexis
from audiobook.narration.numbers import cardinal

_MAY: Final = re.compile(r"\d(?: ?[+=×x]| : \d)")
_BETWEEN = re.compile(r"(?<=\d)(?: (?P<spaced>[+=×x]) | ?(?P<tight>[+=×]) ?)(?=\d)")
_MINUS = re.compile(r"(?<=\d) (?P<spaced>[-\u2212\u2013]) (?=\d)")
_OFTEN = re.compile(r"(?<=\d) ?[x×](?![^\s,.;)])")
_AGAINST = re.compile(
    r"(?<![\w.,:])(?P<at>(?<=\bob ))?(?P<first>\d{1,3}) : (?P<second>\d{1,3}(?:[. ]\d{3}){0,3}+)(?![.,:]?\d| :)"
)
_NAMES: Final = {"+": "plus", "=": "equals", "×": "times", "x": "times"}


def verbalize_operators(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the signs between its numbers in words; a dash is a minus where something is equal."""
    if not _MAY.search(text.text):
        return text
    if "against" in lexis.signs:
        text = text.sub(_AGAINST, lambda match: _against(match, lexis))
    if "=" in text.text:
        text = text.sub(_MINUS, f" {lexis.signs['minus']} ")
    text = text.sub(_BETWEEN, lambda match: _word(match, lexis))
    often = lexis.signs["often"]
    return text.sub(_OFTEN, often if often.startswith("-") else f" {often}")


def _against(match: re.Match[str], lexis: Lexis) -> str:
    """Say a score or a scale with "to"; behind a Slovenian "at" it is a time."""
    if match["at"] is not None:
        return f"{match['first']}:{match['second']}"
    first, second = (plain_value(match[end], lexis) for end in ("first", "second"))
    if first is None or second is None:
        return match.group()
    return f"{cardinal(first, lexis.tag)} {lexis.signs['against']} {cardinal(second, lexis.tag)}"


def _word(match: re.Match[str], lexis: Lexis) -> str:
    return f" {lexis.signs[_NAMES[match['spaced'] or match['tight']]]} "
