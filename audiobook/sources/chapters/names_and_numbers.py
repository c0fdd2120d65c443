"""Combining headings without numbers with numbered ones; either kind may be the chapters."""

from __future__ import annotations

from typing import Final

from audiobook.sources.chapters.forms import CHAPTER, PART
from audiobook.sources.chapters.heading_choice import Choice
from audiobook.sources.chapters.nesting import count_above
from audiobook.sources.chapters.pieces import Document
from audiobook.sources.chapters.series import Series, spread

_LEAST_NESTED: Final = 3
_WELL_SPREAD: Final = 0.4


def add_names(document: Document, choice: Choice, names: list[int], series: list[Series]) -> None:
    """Add headings without numbers to a choice, above the numbered ones, below them or instead of them.

    Args:
        document: The document.
        choice: The numbered headings chosen so far; changed in place.
        names: The pieces that are headings without numbers; see `find_names`.
        series: All series of the document; see `find_series`.
    """
    bare = [one for one in series if not one.level and any(at in choice.levels for at in one.places)]
    known = [one for one in series if one.level == CHAPTER and len(one.places) > 1]
    fresh = [at for at in names if at not in choice.levels]
    if any(len(one.runs) == 1 and spread(document, one.places) > _WELL_SPREAD for one in bare):
        return
    if known or (
        choice.levels and not any(len(one.runs) > 1 for one in bare) and len(choice.levels) >= len(fresh)
    ):
        return
    numbers = {at for one in bare if one.is_bare for at in one.places}
    named = {at for at in numbers if at + 1 in fresh}
    if len(named) >= _LEAST_NESTED and len(named) >= 0.5 * len(fresh):
        _drop_numbers_without_names(choice, bare, named)
        return
    starts = {run[0] for one in bare if one.is_bare for run in one.runs}
    nests = count_above(fresh, starts) >= 0.5 * len(fresh)
    if choice.levels and not nests and len(fresh) <= len(choice.levels) // 2:
        return
    if not nests and len(starts) < _LEAST_NESTED:
        for at in [at for one in bare if one.is_bare for at in one.places]:
            choice.sections.add(at)
            del choice.levels[at]
    if not choice.levels:
        choice.rule = "names"
    level = PART if choice.levels else CHAPTER
    choice.levels.update(dict.fromkeys(fresh, level))


def _drop_numbers_without_names(choice: Choice, bare: list[Series], named: set[int]) -> None:
    """Make names the titles of the numbers above them; a number that occurs without a name too is within a chapter."""
    choice.titles |= {at + 1 for at in named}
    for one in bare:
        numbers = {one.forms[at].number for at in named.intersection(one.places)}
        for at in one.places:
            if at not in named and one.forms[at].number in numbers:
                choice.sections.add(at)
                choice.levels.pop(at, None)
