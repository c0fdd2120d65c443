"""English ratios and scores: "a ratio of 3:1", "won 3:1"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar

_RATIO = re.compile(
    r"""
    (?<![\w.,:/-])(?P<first>\d{1,4}):(?P<last>\d{1,6})(?![\w:/]|[.,-]\d)
    (?:(?=[ -](?P<next>[a-z]+)))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RATIO_WORD: Final = (
    r"(?:ratios?|odds|scales?|proportions?|dilutions?|diluted|slopes?|aspect|majority|mixture|split)"
)
_SCORE_WORD: Final = r"(?:mix|mixed|won|wins?|lost|beat|lead|led|defeat(?:ed)?|outnumbered|victory|draw|drew|gears?|match|model|screen|score[ds]?)"
_AFTER_WORD: Final = r"(?:[ ](?:of|is|was|were|are|about|by|to|in|between|them|a|the|it)){0,3}[ ]\Z"
_LED_RATIO: Final = re.compile(rf"\b{_RATIO_WORD}{_AFTER_WORD}", re.IGNORECASE)
_LED_SCORE: Final = re.compile(rf"\b(?:{_RATIO_WORD}|{_SCORE_WORD}){_AFTER_WORD}", re.IGNORECASE)
_RATIO_NOUN: Final = re.compile(_RATIO_WORD, re.IGNORECASE)
_SCORE_NOUN: Final = re.compile(f"{_RATIO_WORD}|{_SCORE_WORD}", re.IGNORECASE)


def write_ratios(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with the colons of ratios and scores in words."""
    return text.sub(_RATIO, _ratio) if ":" in text.text else text


def _ratio(match: re.Match[str]) -> str:
    """Return "3 to 1" for "3:1" if the words around it speak of a ratio or a score."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    may_be_time = len(match["last"]) == 2 and int(match["first"]) < 24 and int(match["last"]) < 60
    led, noun = (_LED_RATIO, _RATIO_NOUN) if may_be_time else (_LED_SCORE, _SCORE_NOUN)
    is_ratio = noun.fullmatch(match["next"] or "") or led.search(before)
    return f"{match['first']} to {match['last']}" if is_ratio else match.group()
