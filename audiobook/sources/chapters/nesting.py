"""Series of headings directly above or below other headings: parts above chapters, sections below them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from audiobook.sources.chapters.heading_choice import Choice
from audiobook.sources.chapters.series import Series

_ADJACENT: Final = 3
"""A heading and the first heading below it have at most two other lines between them."""


def count_above(places: Iterable[int], below: Container[int]) -> int:
    """Return how many places have one of `below` directly below them."""
    return sum(any(each in below for each in range(at + 1, at + 1 + _ADJACENT)) for at in places)


def is_above(series: Series, choice: Choice) -> bool:
    """Return whether the headings of a series are fewer than those already chosen, and directly above some of them."""
    places = series.places
    below = count_above(places, choice.levels)
    new = [at for at in places if at not in choice.levels]
    return len(new) == len(places) >= 2 and len(places) < len(choice.levels) and below >= 0.6 * len(places)


def is_below(main: Series, other: Series) -> bool:
    """Return whether a series restarts directly below most headings of the main one."""
    starts = {run[0] for run in other.runs}
    nested = count_above(main.places, starts)
    return len(other.runs) > 1 and nested >= max(2, 0.5 * len(main.places))
