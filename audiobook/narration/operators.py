"""Signs between numbers: "5 + 3 = 8", "4 × 6", "3x"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexis import Lexis

_MAY: Final = re.compile(r"\d ?[+=×x]")
_BETWEEN = re.compile(r"(?<=\d)(?: (?P<spaced>[+=×x]) | ?(?P<tight>[+=×]) ?)(?=\d)")
_MINUS = re.compile(r"(?<=\d) (?P<spaced>[-\u2212\u2013]) (?=\d)")
_OFTEN = re.compile(r"(?<=\d) ?[x×](?![^\s,.;)])")
_NAMES: Final = {"+": "plus", "=": "equals", "×": "times", "x": "times"}


def verbalize_operators(text: AlignedText, lexis: Lexis) -> AlignedText:
    """Give a text with the signs between its numbers in words; a dash is a minus where something is equal."""
    if not _MAY.search(text.text):
        return text
    if "=" in text.text:
        text = text.sub(_MINUS, f" {lexis.signs['minus']} ")
    text = text.sub(_BETWEEN, lambda match: _word(match, lexis))
    often = lexis.signs["often"]
    return text.sub(_OFTEN, often if often.startswith("-") else f" {often}")


def _word(match: re.Match[str], lexis: Lexis) -> str:
    return f" {lexis.signs[_NAMES[match['spaced'] or match['tight']]]} "
