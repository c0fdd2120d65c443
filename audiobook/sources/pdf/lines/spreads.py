"""Sheets with two pages of the book side by side: each half becomes a page, in the order of the printed page numbers.

The order on the sheets may be that of a printer: in a booklet, the sheets show pages 4 and 1, 2 and 3, 8 and 5.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.sources.pdf.extraction.pieces import PdfPage
from audiobook.sources.pdf.extraction.right_to_left import is_right_to_left
from audiobook.sources.pdf.lines.rows import group_rows, median, row_text
from audiobook.sources.pdf.lines.running_heads import page_numbers

_LEAST_WIDE: Final = 1.1
"""Minimum width of a sheet, relative to its height."""
_LEAST_SHARE: Final = 0.8
"""Minimum share of sheets that are wide, and of those without text across the middle."""
_LEAST_NUMBERED: Final = 0.6
"""Minimum share of the halves at one place whose printed numbers rise or fall evenly."""
_LEAST_HITS: Final = 2
_LEAST_LINES: Final = 8
_LEAST_LINE_CHARS: Final = 30
"""Halves without page numbers are pages if each has this many lines of this median length; a table has
shorter ones."""
_STEPS: Final = (2, 1, -1)
"""By how much page numbers rise from sheet to sheet: two pages a sheet, or the two ends of a folded booklet."""
_EDGE_ROWS: Final = 2


class Spreads(msgspec.Struct, frozen=True):
    """The pages of a document.

    Attributes:
        pages: In reading order; the positions on a half are counted from its own edge.
        sheets: For each page, the number of the sheet that it is on, from 0.
    """

    pages: list[PdfPage]
    sheets: list[int]


class _Half(msgspec.Struct, frozen=True):
    """Half of a sheet, and the sheet's number, from 0; side 0 is on the left."""

    sheet: int
    side: int
    page: PdfPage


def split_spreads(sheets: Sequence[PdfPage]) -> Spreads:
    """Divide the sheets of a document that show two pages each.

    Args:
        sheets: In the order of the file.

    Returns:
        The pages; the sheets themselves if they show one page each.
    """
    whole = Spreads(list(sheets), list(range(len(sheets))))
    filled = [sheet for sheet in sheets if sheet.pieces]
    if sum(map(_is_wide, filled)) < max(1, _LEAST_SHARE * len(filled)):
        return whole
    halves = [half for number, sheet in enumerate(sheets) for half in _halves(number, sheet)]
    if not _are_spreads(halves):
        return whole
    numbers = _numbers(halves)
    if not numbers and not _are_full(halves):
        return whole
    if numbers:
        halves.sort(key=lambda half: numbers[half.sheet, half.side])
    elif is_right_to_left([piece.text for sheet in sheets for piece in sheet.pieces]):
        halves.sort(key=lambda half: (half.sheet, -half.side))
    return Spreads([_moved(half.page) for half in halves], [half.sheet for half in halves])


def _are_spreads(halves: Sequence[_Half]) -> bool:
    """Return whether text goes across the middle of few sheets, and half of them or more have text on both sides."""
    sides: defaultdict[int, list[bool]] = defaultdict(list)
    for half in halves:
        sides[half.sheet].append(bool(half.page.pieces))
    filled = [each for each in sides.values() if any(each)]
    divided = [each for each in filled if len(each) > 1]
    return len(divided) >= _LEAST_SHARE * len(filled) and 2 * sum(map(all, divided)) >= len(filled)


def _is_wide(sheet: PdfPage) -> bool:
    return sheet.right - sheet.left >= _LEAST_WIDE * sheet.height > 0


def _halves(number: int, sheet: PdfPage) -> list[_Half]:
    """Return the halves of a sheet, or all of it as one half if text goes across the middle."""
    middle = (sheet.left + sheet.right) / 2
    if not _is_wide(sheet) or any(piece.left < middle < piece.right for piece in sheet.pieces):
        return [_Half(number, 0, sheet)]
    lefts = [piece for piece in sheet.pieces if piece.right <= middle]
    rights = [piece for piece in sheet.pieces if piece.left >= middle]
    return [
        _Half(number, 0, PdfPage(lefts, sheet.has_pictures, sheet.aside, sheet.left, middle, sheet.height)),
        _Half(number, 1, PdfPage(rights, left=middle, right=sheet.right, height=sheet.height)),
    ]


def _moved(page: PdfPage) -> PdfPage:
    """Return a page whose positions are counted from its own left edge."""
    by = page.left
    pieces = [replace(piece, left=piece.left - by, right=piece.right - by) for piece in page.pieces]
    return replace(page, pieces=pieces, left=0.0, right=page.right - by)


def _numbers(halves: Sequence[_Half]) -> dict[tuple[int, int], int]:
    """Return the page number of each half, by its sheet and side; empty if the printed numbers are in no order.

    The numbers of the halves at one place, such as the left halves of every second sheet, increase evenly. So pages
    without a printed number get one too.
    """
    places: defaultdict[tuple[int, int], list[_Half]] = defaultdict(list)
    for half in halves:
        places[half.sheet % 2, half.side].append(half)
    found: dict[tuple[int, int], int] = {}
    for group in places.values():
        filled = [half for half in group if half.page.pieces]
        starts = Counter(start for half in filled for start in _starts(half))
        (step, first), count = next(iter(starts.most_common(1)), ((0, 0), 0))
        if count < max(_LEAST_HITS, _LEAST_NUMBERED * len(filled)):
            return {}
        found |= {(half.sheet, half.side): first + step * half.sheet for half in group}
    return found if len(set(found.values())) == len(found) else {}


def _starts(half: _Half) -> set[tuple[int, int]]:
    """Return the possible numberings of a half page, as pairs of the increase per sheet and the number at sheet 0."""
    rows = group_rows(half.page.pieces)
    edges = [*rows[:_EDGE_ROWS], *rows[-_EDGE_ROWS:]]
    numbers = {number for row in edges for number in page_numbers(row_text(row))}
    return {(step, number - step * half.sheet) for number in numbers for step in _STEPS}


def _are_full(halves: Sequence[_Half]) -> bool:
    """Return whether most halves are full of long lines."""
    filled = [group_rows(half.page.pieces) for half in halves if half.page.pieces]
    full = [
        rows
        for rows in filled
        if len(rows) >= _LEAST_LINES and median(len(row_text(row)) for row in rows) >= _LEAST_LINE_CHARS
    ]
    return len(full) >= _LEAST_NUMBERED * len(filled)
