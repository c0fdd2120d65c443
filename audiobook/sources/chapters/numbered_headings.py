"""Choosing, among the series of a document, those that number its chapters and parts."""

from __future__ import annotations

from typing import Final

from audiobook.sources.chapters.forms import CHAPTER, PART
from audiobook.sources.chapters.heading_choice import Choice
from audiobook.sources.chapters.nesting import is_above, is_below
from audiobook.sources.chapters.pieces import Document
from audiobook.sources.chapters.series import Series, spread

_LEAST_NESTED: Final = 3


def choose_numbered(document: Document, series: list[Series]) -> Choice:
    """Choose the series that are chapters, and those above them.

    Args:
        document: The document.
        series: All its series; see `find_series`.
    """
    choice = Choice()
    chapters = [one for one in series if one.level == CHAPTER]
    parts = [one for one in series if one.level == PART and not (len(series) > 1 and _is_stray(one))]
    others = [one for one in series if not one.level]
    if others and len(others[0].places) >= _LEAST_NESTED:
        chapters = [one for one in chapters if not _is_stray(one)]
    count = sum(len(one.places) for one in chapters)
    rival = next((one for one in others if len(one.runs) == 1 or parts), None)
    if chapters and (count > 2 or rival is None or len(rival.places) < 3 * count):
        _add(choice, chapters, CHAPTER)
        _add(choice, parts, PART)
        _add(choice, [one for one in others if is_above(one, choice)], PART)
        return choice
    _add(choice, chapters, CHAPTER)
    _add(choice, [one for one in others if not one.is_bare and len(one.places) >= _LEAST_NESTED], CHAPTER)
    for one in others:
        if not one.is_bare and any(is_below(one, other) for other in others if other is not one):
            _lift(choice, one)
    main = _main(document, [one for one in others if one.is_bare], parts)
    if main:
        _add(choice, [main], CHAPTER)
        for other in others:
            if other is not main and is_above(other, choice):
                _add(choice, [other], PART)
            elif other is not main and is_below(main, other):
                _lift(choice, main)
                _add(choice, [other], CHAPTER)
    _add(choice, parts, PART)
    return choice


def _is_stray(series: Series) -> bool:
    """Return whether a series is a single line whose number cannot be that of a chapter."""
    return len(series.places) == 1 and series.forms[series.places[0]].number not in (0, 1)


def _add(choice: Choice, series: list[Series], level: int) -> None:
    for one in series:
        for at in one.places:
            choice.levels.setdefault(at, level)


def _lift(choice: Choice, series: Series) -> None:
    for at in series.places:
        choice.levels[at] = PART


def _main(document: Document, others: list[Series], parts: list[Series]) -> Series | None:
    """Return the series that covers most of the document. One that restarts many times counts only below parts."""
    best: tuple[float, Series] | None = None
    for one in others:
        covered = spread(document, one.places)
        if len(one.runs) > 1 and not parts and one.is_bare:
            covered *= 0.5
        score = covered + min(len(one.places), 20) / 40
        if best is None or score > best[0]:
            best = (score, one)
    return best[1] if best else None
