"""Finding the headings of a document that marks none, by comparing all its paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from audiobook.sources.chapters.contents import Contents, find_contents
from audiobook.sources.chapters.forms import CHAPTER, PART
from audiobook.sources.chapters.lines import is_alone
from audiobook.sources.chapters.named_headings import find_names
from audiobook.sources.chapters.pieces import (
    Document,
    Line,
    Piece,
    is_prose,
    is_short,
    is_title_line,
    read_document,
)
from audiobook.sources.chapters.series import Series, find_series, spread
from audiobook.sources.chapters.vocabulary import phrase_key

_TITLE_LINES: Final = 3
_LONGEST_TITLE_CHARS: Final = 200
_LEAST_NESTED: Final = 3
_WELL_SPREAD: Final = 0.4
_MOST_ALONE: Final = 2
_NEARLY_ALL: Final = 0.9
_FEW: Final = 0.2
_NEXT_SENTENCE = re.compile(r"(?<=\w{4})[.!?…]+\s+\w")
_QUOTES: Final = '“”„»«「『"'
_ADJACENT: Final = 3
"""A heading and the first heading below it have at most two other lines between them."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together.

    Attributes:
        lines: In order; never empty.
        level: Depth of a heading, from 1; 0 for prose.
        is_contents: Whether the lines belong to the book's table of contents.
        is_section: Whether the lines are a heading inside a chapter, which starts none.
        at: Number of the paragraph that it comes from, from 0.
    """

    lines: tuple[Line, ...]
    level: int = 0
    is_contents: bool = False
    is_section: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """The paragraphs of a document with its headings found.

    Attributes:
        groups: The same lines as in the paragraphs, in the same order.
        rule: How they were found: `pattern`, `series` or `names`.
    """

    groups: list[Group]
    rule: str


@dataclass(slots=True)
class _Choice:
    """The pieces chosen as headings, with their levels.

    Attributes:
        levels: The level of each heading.
        sections: Headings that start no chapter.
        titles: Pieces that are sentences, but the titles of the numbers above them.
        rule: How they were found.
    """

    levels: dict[int, int] = field(default_factory=dict)
    sections: set[int] = field(default_factory=set)
    titles: set[int] = field(default_factory=set)
    rule: str = "series"


def find_headings(
    pieces: Sequence[Piece], language: str, pattern: re.Pattern[str] | None = None
) -> Headings | None:
    """Find the headings of a document.

    Args:
        pieces: Its paragraphs.
        language: BCP 47 tag of the text.
        pattern: The user's own rule for the first line of a heading; nothing else counts as one.

    Returns:
        The paragraphs with the headings found; None if there are none, or only the very first line looks like one,
        which then is a title.
    """
    document = read_document(pieces, language)
    contents = find_contents(document)
    document.contents = contents.pieces
    choice = _by_pattern(document, pattern) if pattern else _chosen(document, contents)
    if not choice.levels or (list(choice.levels) == [0] and not pattern):
        return None
    return Headings(_groups(document, choice), choice.rule)


def _by_pattern(document: Document, pattern: re.Pattern[str]) -> _Choice:
    matched = (
        at
        for at, piece in enumerate(document.pieces)
        if len(piece.lines[0][1]) <= _LONGEST_TITLE_CHARS and pattern.search(piece.lines[0][1])
    )
    return _Choice(dict.fromkeys(matched, CHAPTER), rule="pattern")


def _chosen(document: Document, contents: Contents) -> _Choice:
    series = find_series(document)
    choice = _numbered(document, series)
    names = find_names(document, contents)
    if names:
        _add_names(document, choice, names, series)
    if choice.levels:
        _add_alone(document, choice)
        choice.titles |= _sentence_titles(document, choice)
    return choice


def _numbered(document: Document, series: list[Series]) -> _Choice:
    """Choose the series that are chapters, and those above them."""
    choice = _Choice()
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
        _add(choice, [one for one in others if _is_above(document, one, choice)], PART)
        return choice
    _add(choice, chapters, CHAPTER)
    _add(choice, [one for one in others if not one.is_bare and len(one.places) >= _LEAST_NESTED], CHAPTER)
    for one in others:
        if not one.is_bare and any(_is_below(document, one, other) for other in others if other is not one):
            _lift(choice, one)
    main = _main(document, [one for one in others if one.is_bare], parts)
    if main:
        _add(choice, [main], CHAPTER)
        for other in others:
            if other is not main and _is_above(document, other, choice):
                _add(choice, [other], PART)
            elif other is not main and _is_below(document, main, other):
                _lift(choice, main)
                _add(choice, [other], CHAPTER)
    _add(choice, parts, PART)
    return choice


def _is_stray(series: Series) -> bool:
    """Return whether a series is a single line whose number cannot be that of a chapter."""
    return len(series.places) == 1 and series.forms[series.places[0]].number not in (0, 1)


def _add(choice: _Choice, series: list[Series], level: int) -> None:
    for one in series:
        for at in one.places:
            choice.levels.setdefault(at, level)


def _lift(choice: _Choice, series: Series) -> None:
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


def _is_above(document: Document, series: Series, choice: _Choice) -> bool:
    """Return whether the headings of a series are fewer than those already chosen, and directly above some of them."""
    places = series.places
    below = sum(any(each in choice.levels for each in range(at + 1, at + 1 + _ADJACENT)) for at in places)
    new = [at for at in places if at not in choice.levels]
    return len(new) == len(places) >= 2 and len(places) < len(choice.levels) and below >= 0.6 * len(places)


def _is_below(document: Document, main: Series, other: Series) -> bool:
    """Return whether a series restarts directly below most headings of the main one."""
    starts = {run[0] for run in other.runs}
    nested = sum(any(each in starts for each in range(at + 1, at + 1 + _ADJACENT)) for at in main.places)
    return len(other.runs) > 1 and nested >= max(2, 0.5 * len(main.places))


def _add_names(document: Document, choice: _Choice, names: list[int], series: list[Series]) -> None:
    """Combine headings without numbers with the numbered ones; either kind may be the chapters."""
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
    nested = sum(any(each in starts for each in range(at + 1, at + 1 + _ADJACENT)) for at in fresh)
    nests = nested >= 0.5 * len(fresh)
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


def _drop_numbers_without_names(choice: _Choice, bare: list[Series], named: set[int]) -> None:
    """Make names the titles of the numbers above them; a number that occurs without a name too is within a chapter."""
    choice.titles |= {at + 1 for at in named}
    for one in bare:
        numbers = {one.forms[at].number for at in named.intersection(one.places)}
        for at in one.places:
            if at not in named and one.forms[at].number in numbers:
                choice.sections.add(at)
                choice.levels.pop(at, None)


def _add_alone(document: Document, choice: _Choice) -> None:
    """Add headings such as `Preface`, which belong to any series; one that recurs in chapters begins none."""
    found = [
        at
        for at, piece in enumerate(document.pieces)
        if at not in document.contents and len(piece.lines) == 1 and is_alone(piece.text)
    ]
    times = Counter(phrase_key(document.pieces[at].text) for at in found)
    most = max(_MOST_ALONE, 1 + sum(level == PART for level in choice.levels.values()))
    for at in found:
        if at in choice.levels or times[phrase_key(document.pieces[at].text)] > most:
            continue
        is_title = at - 1 in choice.levels and any(not form.title for form in document.forms[at - 1])
        if at + 1 < len(document.pieces) and at + 1 not in choice.levels and not is_title:
            choice.levels[at] = CHAPTER


def _sentence_titles(document: Document, choice: _Choice) -> set[int]:
    """Return the sentences below chapter numbers that are titles, as in `Candide`.

    They are titles if nearly all chapters begin with a paragraph of one sentence, and few other paragraphs are like
    that.
    """
    numbers = [
        at
        for at in choice.levels
        if any(form.is_plain and not form.title for form in document.forms[at])
        and len(document.pieces[at].lines) == 1
        and at + 1 not in choice.levels
    ]
    titles = {at + 1 for at in numbers if _is_sentence(document, choice, at + 1)}
    if len(titles) < _LEAST_NESTED or len(titles) < _NEARLY_ALL * len(numbers):
        return set()
    others = [at for at in range(numbers[0], len(document.pieces)) if at not in titles]
    short = sum(_is_sentence(document, choice, at) for at in others)
    return titles if short <= _FEW * len(others) else set()


def _is_sentence(document: Document, choice: _Choice, at: int) -> bool:
    """Return whether a piece is one sentence, above a longer paragraph."""
    if at + 1 >= len(document.pieces) or {at, at + 1} & (choice.levels.keys() | choice.sections):
        return False
    if {at, at + 1} & document.contents:
        return False
    piece, after = document.pieces[at], document.pieces[at + 1]
    opening = piece.text.lstrip("_*=")[:1]
    return (
        is_short(piece)
        and (opening.isupper() or opening.isdigit() or opening in "¿¡")
        and not any(character in _QUOTES for character in piece.text)
        and not _NEXT_SENTENCE.search(piece.text)
        and after.chars > piece.chars
    )


def _groups(document: Document, choice: _Choice) -> list[Group]:
    groups: list[Group] = []
    at = 0
    while at < len(document.pieces):
        piece = document.pieces[at]
        level = choice.levels.get(at, 0)
        if at in document.contents:
            groups.append(Group(piece.lines, is_contents=True))
        elif level:
            lines = piece.lines
            if _has_title_below(document, choice, at):
                at += 1
                lines += document.pieces[at].lines
            groups.append(Group(lines, level))
        else:
            groups.append(Group(piece.lines, is_section=at in choice.sections))
        at += 1
    return groups


def _has_title_below(document: Document, choice: _Choice, at: int) -> bool:
    """Return whether the next piece is the title of a heading that is only a number."""
    after = document.pieces[at + 1 : at + 3]
    bare = [form for form in document.forms[at] if form.is_plain and not form.title]
    if not bare or len(after) < 2 or len(document.pieces[at].lines) > 1:
        return False
    if at + 1 not in choice.titles and any(
        each in choice.levels or each in choice.sections or each in document.contents
        for each in (at + 1, at + 2)
    ):
        return False
    if at + 1 in choice.titles:
        return True
    title = after[0]
    return (
        len(title.lines) <= _TITLE_LINES
        and title.chars <= _LONGEST_TITLE_CHARS
        and all(is_title_line(text) for _, text in title.lines)
        and not (
            is_short(after[1])
            and not is_prose(after[1])
            and len(after[1].lines) == 1
            and not _closes(document, at)
        )
    )


def _closes(document: Document, at: int) -> bool:
    """Return whether prose follows within a few pieces."""
    return any(map(is_prose, document.pieces[at + 2 : at + 6]))
