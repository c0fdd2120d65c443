"""Finding the headings of a document that marks none, by comparing all its paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from audiobook.sources.chapters.contents import Contents, find_contents
from audiobook.sources.chapters.forms import CHAPTER, PART
from audiobook.sources.chapters.heading_choice import Choice
from audiobook.sources.chapters.lines import is_alone
from audiobook.sources.chapters.named_headings import find_names
from audiobook.sources.chapters.names_and_numbers import add_names
from audiobook.sources.chapters.numbered_headings import choose_numbered
from audiobook.sources.chapters.pieces import Document, Line, Piece, read_document
from audiobook.sources.chapters.series import find_series
from audiobook.sources.chapters.titles_below import has_title_below, sentence_titles
from audiobook.sources.chapters.vocabulary import phrase_key

_LONGEST_TITLE_CHARS: Final = 200
_MOST_ALONE: Final = 2


class Group(msgspec.Struct, frozen=True):
    """Lines that belong together.

    Attributes:
        lines: In order; never empty.
        level: Depth of a heading, from 1; 0 for prose.
        is_contents: Whether the lines belong to the book's table of contents.
        is_section: Whether the lines are a heading inside a chapter, which starts none.
    """

    lines: tuple[Line, ...]
    level: int = 0
    is_contents: bool = False
    is_section: bool = False


class Headings(msgspec.Struct, frozen=True):
    """The paragraphs of a document with its headings found.

    Attributes:
        groups: The same lines as in the paragraphs, in the same order.
        rule: How they were found: `pattern`, `series` or `names`.
    """

    groups: list[Group]
    rule: str


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


def _by_pattern(document: Document, pattern: re.Pattern[str]) -> Choice:
    matched = (
        at
        for at, piece in enumerate(document.pieces)
        if len(piece.lines[0][1]) <= _LONGEST_TITLE_CHARS and pattern.search(piece.lines[0][1])
    )
    return Choice(dict.fromkeys(matched, CHAPTER), rule="pattern")


def _chosen(document: Document, contents: Contents) -> Choice:
    series = find_series(document)
    choice = choose_numbered(document, series)
    names = find_names(document, contents)
    if names:
        add_names(document, choice, names, series)
    if choice.levels:
        _add_alone(document, choice)
        choice.titles |= sentence_titles(document, choice)
    return choice


def _add_alone(document: Document, choice: Choice) -> None:
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


def _groups(document: Document, choice: Choice) -> list[Group]:
    groups: list[Group] = []
    at = 0
    while at < len(document.pieces):
        piece = document.pieces[at]
        level = choice.levels.get(at, 0)
        if at in document.contents:
            groups.append(Group(piece.lines, is_contents=True))
        elif level:
            lines = piece.lines
            if has_title_below(document, choice, at):
                at += 1
                lines += document.pieces[at].lines
            groups.append(Group(lines, level))
        else:
            groups.append(Group(piece.lines, is_section=at in choice.sections))
        at += 1
    return groups
