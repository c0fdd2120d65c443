"""What is written in figures, signs and short forms, made words: the order of the steps.

Every step changes only what it knows; a language without rules keeps all but the addresses.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from audiobook.narration.addresses import verbalize_addresses
from audiobook.narration.aligned import AlignedText
from audiobook.narration.dates import verbalize_dates
from audiobook.narration.english import verbalize_english, verbalize_english_days
from audiobook.narration.figures import verbalize_figures
from audiobook.narration.lexis import Lexis, alternatives, known_lexis, lexis
from audiobook.narration.operators import verbalize_operators
from audiobook.narration.ordinals import verbalize_lists, verbalize_ordinals
from audiobook.narration.polish import verbalize_polish_bounds
from audiobook.narration.quantities import verbalize_quantities
from audiobook.narration.roman import verbalize_roman
from audiobook.narration.short_forms import (
    verbalize_numbered,
    verbalize_ordinal_nouns,
    verbalize_short_forms,
)
from audiobook.narration.streets import verbalize_streets
from audiobook.narration.times import verbalize_times

_ADDRESS: Final = re.compile(r"://|@|\w\.\w")
_FIGURE = re.compile(r"[\d½¼¾⅓⅔]")
_ORDINAL = re.compile(r"\d\. ")
_ROMAN = re.compile(r"\b[IVXLC]+\b")


def verbalize(text: AlignedText, language: str, *, is_heading: bool = False) -> AlignedText:
    """Give a sentence as it is read aloud.

    Args:
        text: A cleaned sentence, or a part of one.
        language: BCP 47 tag; without rules for it, only web addresses change.
        is_heading: The sentence is a heading, in which a Roman numeral alone counts the chapter.

    Returns:
        The sentence with numbers, dates, times, units, short forms and addresses in words; `text` itself
        when it holds none.
    """
    known = lexis(language)
    if _ADDRESS.search(text.text):
        text = verbalize_addresses(text, known)
    if known is None:
        return text
    if known.tag == "en":
        text = verbalize_english_days(verbalize_streets(text), known)
    if _ROMAN.search(text.text) or _ORDINAL.search(text.text):
        text = verbalize_ordinal_nouns(text, known)
    if _ROMAN.search(text.text):
        text = verbalize_roman(text, known, is_heading=is_heading)
    if _FIGURE.search(text.text):
        text = _numbers(text, known)
    if _short(known.tag).search(text.text):
        text = verbalize_short_forms(text, known)
    return text


def _numbers(text: AlignedText, known: Lexis) -> AlignedText:
    """Read the numbers: what they belong to first, for it tells their form, and they last."""
    for step in (
        verbalize_english,
        verbalize_operators,
        verbalize_numbered,
        verbalize_polish_bounds,
        verbalize_lists,
        verbalize_dates,
        verbalize_times,
        verbalize_quantities,
        verbalize_ordinals,
        verbalize_figures,
    ):
        text = step(text, known)
    return text


@lru_cache(maxsize=8)
def _short(tag: str) -> re.Pattern[str]:
    """A short form of the language in any spelling, or the sign for "and"."""
    known = known_lexis(tag)
    forms = alternatives([form for form in (*known.short, *known.agreeing) if "@" not in form])
    return re.compile(rf"\b(?:{forms})|&", re.IGNORECASE)
