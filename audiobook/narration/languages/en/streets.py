"""Short forms whose meaning depends on their place: "St. John", "Main St.", "Elm Ave."."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text
from audiobook.narration.splitting.abbreviations import language_words

_MAY: Final = re.compile(r"\b(?:Sts?|Ave|Blvd|Rd)\b")
_FORM = re.compile(
    r"""
    (?<![\w.'-])
    (?:
        (?P<saint>St\b\.?)                      # St. John, Main St
      | (?P<way>Ave|Blvd|Rd|Sts(?=\.))\b\.?     # Elm Ave.
    )
    (?![\w'-]|\.\w)
    """,
    re.VERBOSE,
)
_WAYS: Final = {"Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Sts": "Streets"}
_SIDE = re.compile(r"(?<![\w.])(?P<side>[NSEW])\. ?(?=\d{1,3}(?:st|nd|rd|th)\b)")
_SIDES: Final = {"N": "North", "S": "South", "E": "East", "W": "West"}
_NAMED = re.compile(r"(?:\b[A-Z][^\W\d_]{2,40}|\d(?:st|nd|rd|th))(?: [NSEW]\.?)? $")
"""Matches the name or number of a street, directly before its short form."""
_NAME = re.compile(r" (?P<word>[A-Z][\w']{1,40})(?!\w|\.(?!\W{0,3}\Z))")
_BEHIND_STREETS: Final = frozenset("NE NW SE SW Station Bridge".split())
_REACH: Final = 48
"""Number of characters examined before a short form."""


def verbalize_streets(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "St." and other short forms for saints and streets in full.

    Before a name, "St." is a saint, whatever comes before it ("Mount St. Helens"); otherwise it is a street
    after a name or an ordinal. Other short forms stay.
    """
    if any(f"{side}. " in text.text for side in _SIDES):
        text = text.sub(_SIDE, lambda match: f"{_SIDES[match['side']]} ")
    if not _MAY.search(text.text):
        return text
    return text.sub(_FORM, _in_full)


def _in_full(match: re.Match[str]) -> str:
    text, end = match.string, match.end()
    led = _NAME.match(text, end)
    begins = led is not None and led["word"].lower() in language_words("en").starters
    leads_name = led is not None and not begins and led["word"] not in _BEHIND_STREETS
    if match["saint"] and leads_name:
        return "Saint"
    if not _NAMED.search(text[max(0, match.start() - _REACH) : match.start()]):
        return match.group()
    before = text[max(0, match.start() - _REACH) : match.start()]
    if led and not begins and not match.group().endswith(".") and not re.search(r"\d", before):
        return match.group()  # "sing Ave Maria", but "5 Bay Rd Saginaw"
    stop = "." if match.group().endswith(".") and (begins or ends_text(text, end)) else ""
    return _WAYS.get(match["way"] or "", "Street") + stop
