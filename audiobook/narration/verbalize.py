"""Putting figures, signs and short forms into words: the order of the rules.

Each rule changes only what it recognises. In a language without rules, only web addresses change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.installed import grammar_of
from audiobook.narration.grammar.series import NO_SERIES, Series
from audiobook.narration.rules.addresses import verbalize_addresses
from audiobook.narration.rules.dates import verbalize_days, verbalize_numeric_dates, write_short_months
from audiobook.narration.rules.figures import verbalize_figures
from audiobook.narration.rules.operators import verbalize_operators
from audiobook.narration.rules.ordinals import verbalize_lists, verbalize_ordinals
from audiobook.narration.rules.powers import leave_out_marks, verbalize_powers
from audiobook.narration.rules.quantities import verbalize_quantities
from audiobook.narration.rules.ranges import close_up_ranges
from audiobook.narration.rules.roman import verbalize_roman
from audiobook.narration.rules.short_forms import (
    part_names,
    verbalize_numbered,
    verbalize_ordinal_nouns,
    verbalize_short_forms,
)
from audiobook.narration.rules.telephones import verbalize_telephones
from audiobook.narration.rules.times import verbalize_time_ranges, verbalize_times

_ADDRESS: Final = re.compile(r"://|@|\w\.\w")
_FIGURE = re.compile(r"[\d½¼¾⅓⅔²³]")
_ORDINAL = re.compile(r"\d\. ")
_ROMAN = re.compile(r"\b[IVXLC]+\b")
_NUMBERS: Final[tuple[Place | Step, ...]] = (
    Place.FIGURES,
    close_up_ranges,
    write_short_months,
    verbalize_powers,
    verbalize_operators,
    verbalize_telephones,
    verbalize_numbered,
    Place.LISTS,
    verbalize_lists,
    verbalize_numeric_dates,
    Place.DAYS,
    verbalize_days,
    Place.YEARS,
    Place.TIMES,
    verbalize_time_ranges,
    Place.HOURS,
    verbalize_times,
    verbalize_quantities,
    Place.ORDINALS,
    verbalize_ordinals,
    verbalize_figures,
)
"""Rules for numbers, and the places for the steps of a language. What a number belongs to comes first,
because it decides the form; the numbers themselves come last."""


def verbalize(
    text: AlignedText, language: str, *, is_heading: bool = False, series: Series = NO_SERIES
) -> AlignedText:
    """Return a sentence as it is read aloud.

    Args:
        text: A cleaned sentence, or a part of one.
        language: BCP 47 tag; in a language without rules only web addresses change.
        is_heading: Whether the sentence is a heading, in which a Roman numeral alone is the number of the chapter.
        series: The letters and numerals that the document counts with, which tell letters from numerals.

    Returns:
        The sentence with numbers, dates, times, units, short forms and addresses in words; `text` itself
        if it has none.
    """
    grammar = grammar_of(language)
    if _ADDRESS.search(text.text):
        text = verbalize_addresses(text, grammar)
    text = leave_out_marks(text)
    if not grammar.words.has_rules:
        return text
    text = part_names(text, grammar)
    text = _through(text, grammar, grammar.steps.get(Place.FIRST, ()))
    has_roman = _ROMAN.search(text.text) is not None
    if has_roman or _ORDINAL.search(text.text):
        text = verbalize_ordinal_nouns(text, grammar)
    if has_roman:
        text = verbalize_roman(text, grammar, is_heading=is_heading, series=series)
    if _FIGURE.search(text.text):
        text = _through(text, grammar, _number_steps(grammar))
    return verbalize_short_forms(text, grammar)


def _through(text: AlignedText, grammar: Grammar, steps: Iterable[Step]) -> AlignedText:
    for step in steps:
        text = step(text, grammar)
    return text


@lru_cache(maxsize=256)
def _number_steps(grammar: Grammar) -> tuple[Step, ...]:
    """Return the rules for numbers in order, with a language's own steps inserted."""
    steps: list[Step] = []
    for step in _NUMBERS:
        steps += grammar.steps.get(step, ()) if isinstance(step, Place) else (step,)
    return tuple(steps)
