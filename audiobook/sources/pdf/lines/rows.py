"""Rows: the pieces of text at the same height of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece

Row = list[Piece]
"""Pieces from left to right; never empty."""


def group_rows(pieces: Sequence[Piece]) -> list[Row]:
    """Group pieces at the same height into rows, from top to bottom."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        if rows and rows[-1][0].y - piece.y < 0.5 * max(piece.size, rows[-1][0].size, 1.0):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def row_text(row: Row) -> str:
    """Return the words of a row, from left to right."""
    return " ".join(piece.text for piece in row)


def row_size(row: Row) -> float:
    """Return the font size of the longest piece of a row, in points."""
    return max(row, key=lambda piece: len(piece.text)).size


def usual_step(rows_of_pages: Iterable[Sequence[Row]]) -> float:
    """Return the usual distance between rows, in points; 0 if no page has two rows."""
    steps = [above[0].y - below[0].y for rows in rows_of_pages for above, below in pairwise(rows)]
    return median(steps) if steps else 0.0


def usual_size(pages: Iterable[PdfPage]) -> float:
    """Return the most common font size of a document, in points; 0 if it has no text."""
    counts: Counter[float] = Counter()
    for page in pages:
        for piece in page.pieces:
            counts[round(piece.size * 2) / 2] += len(piece.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def median(values: Iterable[float]) -> float:
    """Return the lower median. `statistics` is not used because importing it is slow."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]
