"""Titles on the lines below headings that are only a number."""

from __future__ import annotations

import re
from typing import Final

from audiobook.sources.chapters.heading_choice import Choice
from audiobook.sources.chapters.pieces import Document, Piece, is_prose, is_short, is_title_line, line_key

_TITLE_LINES: Final = 3
_LONGEST_TITLE_CHARS: Final = 200
_LEAST_TITLES: Final = 3
_NEARLY_ALL: Final = 0.9
_FEW: Final = 0.2
_NEXT_SENTENCE = re.compile(r"(?<=\w{4})[.!?…]+\s+\w")
_QUOTES: Final = '“”„»«「『"'
_ENDS: Final = '.!?…“”»«」』"'
"""Signs at the end of a sentence or of speech."""


def sentence_titles(document: Document, choice: Choice) -> set[int]:
    """Return the sentences below chapter numbers that are titles, as in `Candide`.

    They are titles if the table of contents lists them next to their numbers, or if nearly all chapters begin with a
    paragraph of one sentence, which is rare elsewhere.
    """
    numbers = [
        at
        for at in choice.levels
        if any(form.is_plain and not form.title for form in document.forms[at])
        and len(document.pieces[at].lines) == 1
        and at + 1 not in choice.levels
    ]
    titles = {at + 1 for at in numbers if _is_sentence(document, choice, at + 1)}
    if len(titles) < _LEAST_TITLES or len(titles) < _NEARLY_ALL * len(numbers):
        return _listed_titles(document, numbers)
    others = [at for at in range(numbers[0], len(document.pieces)) if at not in titles]
    short = sum(_is_sentence(document, choice, at) for at in others)
    return titles if short <= _FEW * len(others) else _listed_titles(document, numbers)


def _listed_titles(document: Document, numbers: list[int]) -> set[int]:
    """Return the pieces below chapter numbers that a table of contents has on one line with the number."""
    lines = {line_key(text) for at in document.contents for _, text in document.pieces[at].lines}
    below = (at for at in numbers if at + 1 < len(document.pieces) and at + 1 not in document.contents)
    pieces = document.pieces
    return {at + 1 for at in below if line_key(f"{pieces[at].text} {pieces[at + 1].text}") in lines}


def _is_sentence(document: Document, choice: Choice, at: int) -> bool:
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


def has_title_below(document: Document, choice: Choice, at: int) -> bool:
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
        and not _goes_on(title, after[1])
        and not (
            is_short(after[1])
            and not is_prose(after[1])
            and len(after[1].lines) == 1
            and not _closes(document, at)
        )
    )


def _goes_on(title: Piece, after: Piece) -> bool:
    """Return whether two pieces are one paragraph of prose that a page break has cut."""
    return after.text[:1].islower() and title.text[-1:] not in _ENDS


def _closes(document: Document, at: int) -> bool:
    """Return whether prose follows within a few pieces."""
    return any(map(is_prose, document.pieces[at + 2 : at + 6]))
