"""Roman numerals of English parts and wars: "World War I began", "Parts I and II", "Acts I to V"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.rules.roman import roman_value

_MAY: Final = ("s I", "s V", "s X", "War I", "War V", "WW I")
_NUMERAL: Final = r"[IVX]{1,7}(?![\w'])"
_LETTERED = re.compile(
    r"""
    (?:
        (?P<named>(?<=\bPart[ ])|(?<=\bParts[ ])|(?<=\bSection[ ])|(?<=\bSections[ ])|(?<=\bTitle[ ])|(?<=\bTitles[ ])|(?<=\bType[ ])
      | (?<=\bChapter[ ])|(?<=\bArticle[ ])|(?<=\bClass[ ])|(?<=\bGroup[ ])|(?<=\bTable[ ])|(?<=\bFigure[ ])|(?<=\bStage[ ]))
      | (?<=,[ ])|(?<=\band[ ])|(?<=\bor[ ])|(?<=\bto[ ])|(?<=\bin[ ])|(?<=\bsee[ ])
    )
    (?P<numeral>[IVX]{2,7}|(?(named)[IVX]|(?!)))            # III
    (?=-(?:[A-H](?:-\d{1,2})?|\d{1,2}-[A-H])(?![\w-]))       # before -B-2
    """,
    re.VERBOSE,
)
"""Matches the numeral of a part of a text with a letter after it: "III-B-2"."""
_MORE: Final = rf"(?:(?:,\ (?:and\ |or\ )?|\ (?:and|or|to|&)\ |\ ?[\u2013-]\ ?)(?!I\ [a-z]){_NUMERAL}){{1,8}}"
_PARTS = re.compile(
    rf"""
    (?<![\w-])
    (?:
        (?P<plural>
            (?:World[ ]Wars|Parts|Books|Volumes|Chapters|Acts|Scenes|Sections|Articles|Phases|Types|Titles|Tables|Figures
            |Levels|Stages|Appendices|Cantos|Grades)[ ]
        )
        (?={_NUMERAL}{_MORE})                          # Parts I and II; but "Parts I like"
      | (?P<single>World[ ]War[ ]|WW[ ])              # World War I began
    )
    (?P<numerals>{_NUMERAL}(?:{_MORE})?)
    """,
    re.VERBOSE,
)
_ONE = re.compile(r"[IVX]+")


def verbalize_parts(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with numerals in words that only their noun distinguishes from the pronoun "I"."""
    if any(sign in text.text for sign in _MAY):
        text = text.sub(_PARTS, lambda match: _said(match, grammar))
    if "I-" in text.text or "V-" in text.text or "X-" in text.text:
        text = text.sub(_LETTERED, lambda match: _one(match, grammar))
    return text


def _one(match: re.Match[str], grammar: Grammar) -> str:
    value = roman_value(match["numeral"])
    return grammar.cardinal(value) if value else match.group()


def _said(match: re.Match[str], grammar: Grammar) -> str:
    values = [roman_value(numeral) for numeral in _ONE.findall(match["numerals"])]
    if not all(values):
        return match.group()
    said = _ONE.sub(lambda one: grammar.cardinal(roman_value(one.group())), match["numerals"])
    said = re.sub(r" ?[\u2013-] ?", " to ", said)
    return f"{match['plural'] or match['single']}{said}"
