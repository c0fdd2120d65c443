"""Finding the text between quotation marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from audiobook.narration.dialogue.reporting_clauses import Span
from audiobook.narration.dialogue.style import Style
from audiobook.narration.quotes import single_quotes

_SINGLE: Final = frozenset("‘’‚‛'")
_MAY_BE_APOSTROPHES: Final = frozenset("‘’'")
_DOUBLE: Final = frozenset('“”„«»"')
"""Where a paragraph has such marks, straight single ones are apostrophes, or quotations within quotations."""
_OPEN_BEFORE: Final = " \n\t\u00a0\u202f([{—–-"
_FARTHEST: Final = 10
"""How many paragraphs without marks a speech can continue over."""
_DEEPEST: Final = 8


class Quotations(msgspec.Struct, frozen=True):
    """The outermost quotations of a paragraph.

    Attributes:
        closed: Start and end of each that is closed.
        open_at: Start of the quotation that is not closed; None if all are closed.
        closes_first: Whether a mark closes one before any is opened.
    """

    closed: list[Span]
    open_at: int | None
    closes_first: bool


def quotations_in(text: str, style: Style, resumed: str = "") -> Quotations:
    """Return the quotations of a paragraph.

    Args:
        text: Its text.
        style: How the language writes dialogue.
        resumed: How a quotation continues from the paragraph before, as returned by `continuation`.
    """
    singles = _single_marks(text) if _SINGLE & style.closers.keys() else frozenset()
    every = "".join(style.closers.values())
    closed: list[Span] = []
    opened: list[tuple[str, int]] = []
    closes_first = False
    if resumed == "bare" or (resumed and text[:1] not in style.closers):
        opened.append((every, 0))
    for mark in style.marks.finditer(text):
        sign, at = mark.group(), mark.start()
        if sign in _MAY_BE_APOSTROPHES and at not in singles:
            continue
        if at == 0 and opened:
            continue  # the mark that is repeated at the beginning of each further paragraph of a speech
        closing = next((n for n in reversed(range(len(opened))) if sign in opened[n][0]), None)
        if closing is not None and _may_close(text, at, sign, style):
            start = opened[closing][1]
            del opened[closing:]
            if not opened:
                closed.append((start, at + 1))
        elif sign in style.closers and len(opened) < _DEEPEST and _may_open(text, at, sign, style):
            opened.append((style.closers[sign], at))
        elif not opened and not closed:
            closes_first = True
    return Quotations(closed, opened[0][1] if opened else None, closes_first)


def _single_marks(text: str) -> frozenset[int]:
    """Return the places of single quotation marks, without apostrophes."""
    return frozenset(single_quotes(text if _DOUBLE.intersection(text) else text.replace("'", "’")))


def _may_open(text: str, at: int, sign: str, style: Style) -> bool:
    if sign not in style.closers[sign]:
        return True
    return (at == 0 or text[at - 1] in _OPEN_BEFORE) and not text[at + 1 : at + 2].isspace()


def _may_close(text: str, at: int, sign: str, style: Style) -> bool:
    if sign not in style.closers:
        return True
    if sign in style.closers[sign]:
        return not _may_open(text, at, sign, style)
    # A mark that closes in one style and opens in another: it opens before a word.
    return not (at and text[at - 1].isspace() and text[at + 1 : at + 2].isalnum())


def continuation(texts: Sequence[str | None], at: int, style: Style) -> str:
    """Return how a speech continues after a paragraph: by a `mark`, `bare` without one, "" if it ends."""
    for number, text in enumerate(texts[at + 1 : at + 2 + _FARTHEST]):
        if text is None:
            return ""
        if style.marks.match(text):
            return "" if number else "mark"
        found = quotations_in(text, style)
        if found.closes_first:
            return "bare"
        if found.closed or found.open_at is not None:
            return ""
    return ""
