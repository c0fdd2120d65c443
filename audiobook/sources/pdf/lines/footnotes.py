"""Footnotes in a PDF: smaller lines at the foot of a column, of which the first begins with a note mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from audiobook.sources.pdf.lines.layout import Line

_SMALLER: Final = 0.93
"""Maximum size of footnotes, relative to the text."""
_MARK: Final = re.compile(
    r"""
    \x03? [\[(]?
    (?: (?P<number>\d{1,3}) | [*†‡§¶]{1,3} )
    (?: [\])] | [.:]? (?=[\s\x04] | [^\W\d_]) )
    \.? \x04? \s* \S
    """,
    re.VERBOSE,
)
_ENDED: Final = re.compile(r"[.!?…][\"”’»)\]]*$")


def find_notes(
    blocks_of_pages: Sequence[Sequence[Sequence[Line]]], size: float
) -> tuple[list[Line], dict[int, list[Line]]]:
    """Separate the footnotes from the text.

    Args:
        blocks_of_pages: The lines of each page, by block, in reading order.
        size: The usual font size of the text, in points.

    Returns:
        The lines of the text, and the lines of the footnotes by page.
    """
    text: list[Line] = []
    notes: dict[int, list[Line]] = {}
    unfinished = False
    for page, blocks in enumerate(blocks_of_pages):
        lines = [line for block in blocks for line in block]
        found: list[Line] = []
        if any(line.size > _SMALLER * size for line in lines):
            lowest = min(line.y for line in lines if line.size > _SMALLER * size)
            for block in blocks:
                found += _tail(block, size, lowest, goes_on=unfinished and not found)
        if found:
            notes[page] = found
            is_note = {id(line) for line in found}
            lines = [line for line in lines if id(line) not in is_note]
            unfinished = not _ENDED.search(found[-1].text)
        elif lines:
            unfinished = False
        text += lines
    return text, notes


def _tail(block: Sequence[Line], size: float, lowest: float, *, goes_on: bool) -> list[Line]:
    """Return the footnotes at the foot of a block.

    Args:
        block: Lines from top to bottom.
        size: The usual font size of the text, in points.
        lowest: Height of the lowest line of text on the page.
        goes_on: Whether the last footnote of the page before is not finished.
    """
    start = len(block)
    while start and block[start - 1].size <= _SMALLER * size:
        start -= 1
    if start == 0 and block and block[0].y > lowest:
        return []  # a separate block above the text, such as a caption
    if 0 < start < len(block) and block[start - 1].bold and not block[start].bold:
        return []  # a list below its heading, such as references
    if goes_on and start < len(block):
        return list(block[start:])
    for at in range(start, len(block)):
        if _MARK.match(block[at].text):
            return list(block[at:]) if _rise(block[at:]) else []
    return []


def _rise(lines: Sequence[Line]) -> bool:
    """Return whether the numbers of footnotes rise; those of a table or a listing may not."""
    left = min(line.left for line in lines)
    found = [_MARK.match(line.text) for line in lines if line.left - left < line.size]
    numbers = [int(mark["number"]) for mark in found if mark and mark["number"]]
    return all(before < after for before, after in pairwise(numbers))
