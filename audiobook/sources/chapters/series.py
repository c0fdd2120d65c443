"""Series of numbered headings: lines of the same shape with rising numbers and prose between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import pairwise
from operator import itemgetter
from typing import Final

import msgspec

from audiobook.sources.chapters.forms import CHAPTER, Form
from audiobook.sources.chapters.numbers import plain_letters
from audiobook.sources.chapters.pieces import Document, is_prose, is_short

_MOST_MISSING: Final = 3
"""Maximum number of missing numbers in a row: a heading may have a misprint, or be a part of a picture."""
_LEAST_SHARE: Final = 0.5
_LEAST_SPREAD: Final = 0.15
_LEAST_SPREAD_NESTED: Final = 0.03
_LEAST_SPREAD_KNOWN: Final = 0.01
_MOST_SERIES: Final = 40
_MOST_LABEL_WORDS: Final = 4
_SIGNS: Final = ".:—–"
"""Signs between the label of a heading and its title."""
_LEAST_LETTERS: Final = 5
_LEAST_CHARS: Final = 400
"""Minimum length of chapters in a longer text; anything shorter is an item of a list."""
_LONG_CHARS: Final = 20_000


class Series(msgspec.Struct):
    """Headings of the same shape.

    Attributes:
        shape: Their form without numbers and titles.
        level: `PART` or `CHAPTER` if a known word says so, else 0.
        runs: Numbers of the pieces, in runs; the headings of each run are numbered from the start.
        forms: The reading of each of these pieces.
    """

    shape: str
    level: int
    runs: list[list[int]] = msgspec.field(default_factory=list)
    forms: dict[int, Form] = msgspec.field(default_factory=dict)

    @property
    def places(self) -> list[int]:
        """Numbers of all its pieces, in order."""
        return [at for run in self.runs for at in run]

    @property
    def is_bare(self) -> bool:
        """Whether its headings have no label."""
        return self.shape.startswith("~")

    @property
    def is_known(self) -> bool:
        """Whether its label is a known word."""
        return "~" not in self.shape


def find_series(document: Document) -> list[Series]:
    """Return all series of a document that may be its headings; the longest series come first."""
    plain: defaultdict[str, list[tuple[int, Form]]] = defaultdict(list)
    prose: defaultdict[str, dict[int, tuple[int, Form]]] = defaultdict(dict)
    for at, ways in enumerate(document.forms):
        if at in document.contents or not ways or not is_short(document.pieces[at]):
            continue
        for form in ways:
            if form.is_plain:
                plain[form.shape].append((at, form))
            elif (form.level or form.is_bare) and form.number is not None:
                prose[form.shape].setdefault(at, (at, form))
    labelled = _by_label(document)
    found = []
    for shape in {**plain, **prose}:
        series = _chain(shape, plain[shape])
        _fill(series, _with_plain(series, prose[shape], plain[shape]))
        if series.runs and len(series.places) > _MOST_MISSING and not series.is_bare:
            _fill_misprints(document, series, labelled.get(shape.partition(" ")[0], []))
        if _is_consistent(document, series, len(plain[shape])):
            found.append(series)
    found.sort(key=lambda series: (-len(series.places), series.places[0]))
    return found[:_MOST_SERIES]


def _chain(shape: str, events: list[tuple[int, Form]]) -> Series:
    """Return the headings with rising numbers; those whose numbers fit nowhere are left out."""
    series = Series(shape, events[0][1].level if events else 0)
    numbers: list[list[int]] = []
    for place, (at, form) in enumerate(events):
        last = numbers[-1][-1] if numbers else None
        number = form.number if form.number is not None else (last or 0) + 1
        if last is not None and number == last + 1:
            pass
        elif last == number and form.level and _differ(series.forms[series.runs[-1][-1]], form):
            pass  # ACT I, SCENE I and ACT I, SCENE II
        elif (
            len(numbers) > 1
            and len(numbers[-1]) == 1
            and number == numbers[-2][-1] + 1
            and series.level != CHAPTER
        ):
            dropped = series.runs.pop()
            numbers.pop()
            del series.forms[dropped[0]]
        elif (
            number in (0, 1)
            or ((last is None or number < last) and _rises(events, place, 2 if last is None else 4))
            or (last is None and series.level)
        ):
            series.runs.append([])
            numbers.append([])
        elif (last is not None and last < number <= last + 1 + _MOST_MISSING) or (
            last is not None and number > last and series.level and _rises(events, place, 2)
        ):
            pass
        else:
            continue
        series.runs[-1].append(at)
        numbers[-1].append(number)
        series.forms[at] = form
    if series.level != CHAPTER and len(series.runs) > 1:
        kept = [run for run in series.runs if len(run) > 1 or series.is_known]
        dropped_places = {at for run in series.runs for at in run} - {at for run in kept for at in run}
        series.runs = kept
        series.forms = {at: form for at, form in series.forms.items() if at not in dropped_places}
    return series


def _differ(one: Form, other: Form) -> bool:
    """Return whether two headings with the same number have different titles with the same first word."""
    return one.title != other.title and one.title.split()[:1] == other.title.split()[:1]


def _rises(events: list[tuple[int, Form]], place: int, count: int) -> bool:
    """Return whether `count` headings from this one on have consecutive numbers."""
    numbers = [form.number or 0 for _, form in events[place : place + count]]
    return len(numbers) == count and numbers == list(range(numbers[0], numbers[0] + count))


def _with_plain(
    series: Series, doubtful: dict[int, tuple[int, Form]], plain: list[tuple[int, Form]]
) -> list[tuple[int, Form]]:
    """Return the lines that may be prose; all lines if the others alone are not a series."""
    if series.runs or not doubtful:
        return list(doubtful.values())
    return sorted([*doubtful.values(), *plain], key=itemgetter(0))


def _fill(series: Series, doubtful: list[tuple[int, Form]]) -> None:
    """Add lines that may be prose where exactly their number is missing: in some books, headings are sentences."""
    if not doubtful:
        return
    if not series.runs and len(doubtful) > 2:
        chained = _chain(series.shape, doubtful)
        if len(chained.places) > 2 and len(chained.places) >= _LEAST_SHARE * len(doubtful):
            series.level, series.runs, series.forms = chained.level, chained.runs, chained.forms
        return
    if not series.runs:
        return
    known = sorted([*series.forms.items(), *doubtful], key=itemgetter(0))
    places = [at for at, _ in known]
    ends = [*(run[0] for run in series.runs[1:]), 1 << 60]
    start = 0
    for run, end in zip(series.runs, ends, strict=True):
        run[:0] = _first(series, run[0], [each for each in doubtful if start <= each[0] < run[0]])
        start = run[-1]
        numbers = {series.forms[at].number for at in run}
        own = set(run)
        filled: list[int] = []
        expected = 0
        for at, form in known[bisect_left(places, run[0]) : bisect_left(places, end)]:
            if at in own:
                filled.append(at)
                expected = (form.number or expected) + 1
            elif form.number == expected and form.number not in numbers:
                filled.append(at)
                series.forms[at] = form
                expected += 1
        run[:] = filled


def _first(series: Series, at: int, doubtful: list[tuple[int, Form]]) -> list[int]:
    """Return the lines that may be prose but whose numbers complete a run down to 1; empty if they do not."""
    found: list[int] = []
    missing = (series.forms[at].number or 0) - 1
    for place, form in reversed(doubtful):
        if missing < 1:
            break
        if form.number == missing:
            found.insert(0, place)
            series.forms[place] = form
            missing -= 1
    return found if missing < 1 else []


def _by_label(document: Document) -> dict[str, list[int]]:
    """Return the short lines without a readable number, by the words that may be their label.

    These are the first and the last word, and the second if a sign separates it from a title.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(document.pieces):
        if document.forms[at] or at in document.contents or len(piece.lines) > 1:
            continue
        words = piece.lines[0][1].strip("_*=~.: ").split(None, _MOST_LABEL_WORDS)
        labels = {words[0], words[-1]} if 1 < len(words) <= _MOST_LABEL_WORDS else set()
        if len(words) > 2 and words[1][-1] in _SIGNS:
            labels.add(words[1].rstrip(_SIGNS))
        for label in {plain_letters(label) for label in labels}:
            places[label].append(at)
    return places


def _title_after_label(document: Document, at: int) -> str:
    """Return the title in a line whose second word is a label with a sign after it; "" if it has none."""
    words = document.pieces[at].lines[0][1].split(None, 2)
    return words[2] if len(words) > 2 and words[1][-1] in _SIGNS else ""


def _fill_misprints(document: Document, series: Series, labelled: list[int]) -> None:
    """Add lines with the label of a series and a misspelt number, where as many numbers are missing."""
    for run in series.runs:
        filled = run[:1]
        for before, after in pairwise(run):
            missing = (series.forms[after].number or 0) - (series.forms[before].number or 0) - 1
            between = labelled[bisect_right(labelled, before) : bisect_left(labelled, after)]
            if missing > 0 and len(between) == missing:
                first = series.forms[before]
                for number, at in enumerate(between, (first.number or 0) + 1):
                    title = _title_after_label(document, at)
                    series.forms[at] = Form(series.shape, number, first.level, title, is_plain=True)
                filled += between
            filled.append(after)
        run[:] = filled


def _is_consistent(document: Document, series: Series, events: int) -> bool:
    places = series.places
    if not places:
        return False
    if series.level:
        is_list = document.chars > _LONG_CHARS and spread(document, places) < _LEAST_SPREAD_KNOWN
        return len(places) < 3 or not is_list
    if series.shape == "~letter" and len(places) < _LEAST_LETTERS:
        return False
    if len(places) < 2 or len(places) < _LEAST_SHARE * events:
        return False
    ends = [*places[1:], len(document.pieces)]
    separated = sum(
        any(is_prose(piece) for piece in document.pieces[at + 1 : min(end, at + 12)])
        for at, end in zip(places, ends, strict=True)
    )
    if separated < 0.7 * len(places):
        return False
    if document.chars > _LONG_CHARS and median_chars(document, places) < _LEAST_CHARS:
        return False
    least = _LEAST_SPREAD if len(series.runs) < 3 else _LEAST_SPREAD_NESTED
    return not series.is_bare or spread(document, places) >= least


def median_chars(document: Document, places: list[int]) -> int:
    """Return the median length in characters of the chapters that begin at these pieces."""
    ends = [*places[1:], len(document.pieces)]
    lengths = sorted(document.chars_between(at, end) for at, end in zip(places, ends, strict=True))
    return lengths[len(lengths) // 2]


def spread(document: Document, places: list[int]) -> float:
    """Return the share of the document that lies in chapters beginning at these pieces, without the longest of them.

    The share is small for headings that are all close together.
    """
    ends = [*places[1:], len(document.pieces)]
    lengths = [document.chars_between(at, end) for at, end in zip(places, ends, strict=True)]
    return (sum(lengths) - max(lengths)) / max(document.chars, 1)
