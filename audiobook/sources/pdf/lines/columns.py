"""Determining the reading order of a page: columns one by one, in sections separated by lines across all columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

import msgspec

from audiobook.sources.pdf.extraction.pieces import Piece
from audiobook.sources.pdf.lines.rows import Row, group_rows, median

_BINS: Final = 240
"""Number of positions across a page at which gutters are searched."""
_MOST_GUTTERS: Final = 12
_CLEARLY_MORE: Final = 1.2
"""A gutter that more pieces go across is only better if it has this many times more pieces in columns."""
_DEEPEST: Final = 6
_LEAST_LINES: Final = 3
_FEW_LINES: Final = 6
_LEAST_CHARS: Final = 8
"""Minimum mean length of the lines of a column; shorter ones are the cells of a table, or numbers of a list."""
_LEAST_FILLED: Final = 0.4
"""Minimum share of a column's width that its median line fills."""
_LEAST_GUTTER: Final = 0.6
_MOST_GUTTER: Final = 6.0
"""Minimum and maximum width of a gutter, relative to the font size; the cells of a table are further apart."""
_LARGER: Final = 1.15
"""Minimum size of a heading that may be above all columns, relative to the usual size."""
_BESIDE: Final = 0.6
"""How far the baselines of adjacent lines may differ, relative to the font size."""
_ALIGNED_PT: Final = 3.0
_LEAST_ALIGNED: Final = 0.7
"""Minimum share of lines that start at one of two places: the margin of the column, or its indent."""


class _Band(msgspec.Struct, frozen=True):
    """Pieces between two lines that go across a gutter; the pieces of the band on either side of it."""

    left: list[Piece]
    right: list[Piece]
    across: list[Piece]


def reading_blocks(pieces: Sequence[Piece], depth: int = 0) -> Iterator[list[Piece]]:
    """Yield the blocks of a page in reading order: the pieces of one column each, or of lines across columns."""
    ordered = sorted(pieces, key=lambda piece: (-piece.y, piece.left))
    best: tuple[int, list[_Band]] = (0, [])
    if depth < _DEEPEST and len(ordered) >= 2 * _LEAST_LINES:
        for gutter in _gutters(ordered):
            bands = list(_bands(ordered, gutter))
            in_columns = _count_in_columns(bands)
            if in_columns > _CLEARLY_MORE * best[0]:
                best = in_columns, bands
    if not best[0]:
        if ordered:
            yield ordered
        return
    lefts = [_left_edge(band.right) for band in best[1] if _is_in_columns(band)]
    rest: list[Piece] = []
    for band in best[1]:
        if _is_in_columns(band) or _continues(band, lefts):
            yield from reading_blocks(rest, depth + 1)
            yield from reading_blocks(band.left, depth + 1)
            yield from reading_blocks(band.right, depth + 1)
            rest = list(band.across)
        else:
            rest += (*band.left, *band.right, *band.across)
    yield from reading_blocks(rest, depth + 1)


def _count_in_columns(bands: Sequence[_Band]) -> int:
    """Return the number of pieces in columns; 0 if most lines cross them, so that the columns are a coincidence."""
    found = [band for band in bands if _is_in_columns(band)]
    across = sum(len(band.across) for band in bands)
    longest = max((min(len(band.left), len(band.right)) for band in found), default=0)
    if across > _FEW_LINES and longest < _FEW_LINES:
        return 0
    return sum(len(band.left) + len(band.right) for band in found)


def _gutters(pieces: Sequence[Piece]) -> list[float]:
    """Return the positions that fewest pieces go across, with pieces on both sides; at most `_MOST_GUTTERS`."""
    left = min(piece.left for piece in pieces)
    width = max(piece.right for piece in pieces) - left
    if width <= 0:
        return []
    changes = [0] * (_BINS + 1)
    for piece in pieces:
        changes[min(int((piece.left - left) / width * _BINS), _BINS)] += 1
        changes[min(int((piece.right - left) / width * _BINS) + 1, _BINS)] -= 1
    covered = list(accumulate(changes))[:_BINS]
    found: list[tuple[int, float]] = []
    at = 0
    while at < _BINS:
        end = at
        while end < _BINS and covered[end] == covered[at]:
            end += 1
        is_lower = at > 0 and end < _BINS and covered[at - 1] > covered[at] < covered[end]
        if is_lower:
            found.append((covered[at], left + (at + end) / 2 / _BINS * width))
        at = end
    return [x for _, x in sorted(found)[:_MOST_GUTTERS]]


def _bands(pieces: Sequence[Piece], gutter: float) -> Iterator[_Band]:
    """Divide a page, from top to bottom, at the lines that cross a gutter.

    A line that is merely too long for its column, with text next to it, does not divide the page.
    """
    left_heights = sorted(piece.y for piece in pieces if piece.right <= gutter)
    right_heights = sorted(piece.y for piece in pieces if piece.left >= gutter)
    size = _LARGER * median(piece.size for piece in pieces)
    band = _Band([], [], [])
    for piece in pieces:
        reach = _BESIDE * max(piece.size, 1.0)
        is_left = piece.right <= gutter
        is_right = piece.left >= gutter
        if not is_left and not is_right:
            is_left = _has_near(right_heights, piece.y, reach)
            is_right = not is_left and _has_near(left_heights, piece.y, reach)
        if piece.size >= size and not _has_text_beside(right_heights if is_left else left_heights, piece):
            is_left = is_right = False
        if not is_left and not is_right:
            band.across.append(piece)
            continue
        if band.across:
            yield band
            band = _Band([], [], [])
        (band.left if is_left else band.right).append(piece)
    yield band


def _has_near(heights: Sequence[float], y: float, reach: float) -> bool:
    return bisect_left(heights, y - reach) < bisect_right(heights, y + reach)


def _has_text_beside(heights: Sequence[float], heading: Piece) -> bool:
    """Return whether the other column continues next to a heading.

    False if it is blank there, with more text below.
    """
    below = bisect_left(heights, heading.y - heading.size)
    return below == 0 or bisect_right(heights, heading.y + heading.size) > below


def _is_in_columns(band: _Band) -> bool:
    """Return whether both sides of a gutter are columns of text, side by side."""
    if min(len(band.left), len(band.right)) < _LEAST_LINES:
        return False
    lefts, rights = group_rows(band.left), group_rows(band.right)
    if not (_is_column(lefts) and _is_column(rights)):
        return False
    size = median(piece.size for piece in band.left)
    if not _LEAST_GUTTER * size <= _left_edge(band.right) - _usual_right(lefts) <= _MOST_GUTTER * size:
        return False
    top = min(lefts[0][0].y, rights[0][0].y)
    bottom = max(lefts[-1][0].y, rights[-1][0].y)
    shorter = min(rows[0][0].y - rows[-1][0].y for rows in (lefts, rights))
    return top - bottom >= 0.5 * shorter


def _is_column(rows: Sequence[Row]) -> bool:
    if len(rows) < _LEAST_LINES:
        return False
    if sum(len(piece.text) for row in rows for piece in row) < _LEAST_CHARS * len(rows):
        return False
    starts = Counter(round(row[0].left / _ALIGNED_PT) for row in rows)
    aligned = sorted((starts[at] + starts[at + 1] for at in starts), reverse=True)
    if sum(aligned[:2]) < _LEAST_ALIGNED * len(rows):
        return False
    left = min(row[0].left for row in rows)
    width = _usual_right(rows) - left
    return median(max(piece.right for piece in row) - row[0].left for row in rows) >= _LEAST_FILLED * width


def _usual_right(rows: Sequence[Row]) -> float:
    """Return the right edge of a column, leaving out a few lines that are too long."""
    rights = sorted(max(piece.right for piece in row) for row in rows)
    return rights[(len(rights) - 1) * 9 // 10]


def _left_edge(pieces: Sequence[Piece]) -> float:
    return min(piece.left for piece in pieces)


def _continues(band: _Band, lefts: Sequence[float]) -> bool:
    """Return whether lines too few to decide on their own are aligned with the columns of the rest of the page."""
    return bool(band.left and band.right) and any(
        abs(_left_edge(band.right) - left) <= _ALIGNED_PT for left in lefts
    )
