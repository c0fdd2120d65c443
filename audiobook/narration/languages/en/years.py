"""English eras, decades and years after a hyphen: "44 BC", "AD 79", "the 1990s", "mid-1962"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import ends_text

_LED_ERA = re.compile(r"(?<![\w.])(?:A\.D\.|AD) (?P<year>\d{1,4})(?![\w,]\w|\w)")
_ERA = re.compile(
    r"""
    (?:
        (?<![\w.,\u2013-])(?:(?P<first>\d{1,4})[ ]?[\u2013-][ ]?)?(?P<year>\d{1,4})[ ]?      # 58–50 BC
      | (?<=\d)[ ]
      | (?<=century[ ])
    )
    (?P<era>A\.D\.|AD|B\.C\.E\.|BCE|B\.C\.|BC|C\.E\.|CE)
    (?!\w|\.\w)
    """,
    re.VERBOSE,
)
_YEARS: Final = range(1001, 2100)
"""Years that are read in pairs: "nineteen ninety"."""
_PREFIXED = re.compile(
    r"""
    (?<![\w-])
    (?P<prefix>(?:mid|early|late|pre|post|since|circa)-)   # mid-
    (?P<year>1[1-9]\d\d|20\d\d)                          # 1962
    (?![\w-]\w|\w|[.,]\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DECADE = re.compile(r"(?<![\w.,])(?:(?P<year>\d{3}0)'?s|(?:')?(?P<short>\d0)'?s)(?!\w)")


def verbalize_prefixed(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its years after "mid-", "pre-" and the like in words."""
    if "-" not in text.text:
        return text
    return text.sub(_PREFIXED, lambda match: f"{match['prefix']}{grammar.year(int(match['year']))}")


def verbalize_eras(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with eras as letters, and the years next to them in words."""
    text = text.sub(_LED_ERA, lambda match: f"A D {_year(match['year'], grammar)}")
    return text.sub(_ERA, lambda match: _era(match, grammar))


def verbalize_decades(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its decades in words: "the 1990s"."""
    return text.sub(_DECADE, lambda match: _decade(match, grammar))


def _year(number: str, grammar: Grammar) -> str:
    return grammar.year(int(number)) if int(number) in _YEARS else number


def _era(match: re.Match[str], grammar: Grammar) -> str:
    """Return an era as letters, and the years before it in words; a full stop that ends the sentence is kept."""
    letters = " ".join(letter for letter in match["era"] if letter != ".")
    stop = "." if match["era"].endswith(".") and ends_text(match.string, match.end()) else ""
    years = " to ".join(_year(number, grammar) for number in (match["first"], match["year"]) if number)
    gap = " " if years or match.group().startswith(" ") else ""
    return f"{years}{gap}{letters}{stop}"


def _decade(match: re.Match[str], grammar: Grammar) -> str:
    said = grammar.year(int(match["year"])) if match["year"] else grammar.cardinal(int(match["short"]))
    return said[:-1] + "ies" if said.endswith("y") else said + ("es" if said.endswith("x") else "s")
