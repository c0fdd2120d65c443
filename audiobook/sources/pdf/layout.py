"""Arranging the pieces of text on each page as lines in reading order, by column and without running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from audiobook.document import count_chars
from audiobook.sources.pdf.drop_caps import Initials
from audiobook.sources.pdf.text import PdfPage, Piece

_EDGE_ROWS: Final = 3
"""How many rows at the top and at the bottom of a page may be running heads."""
_APART: Final = 1.3
"""Minimum distance of a running head from the text, relative to the usual line distance."""
_HEIGHT_PT: Final = 8.0
_NOT_INDENTED: Final = 0.1
"""Minimum share of lines that must start at the left margin; in a dialogue, most lines are indented."""
_SPANNING: Final = 0.6
_LEAST_ROWS: Final = 3
_LEAST_CHARS: Final = 8
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"\W*[ivxlc]{1,8}\W*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line in its column. Positions and sizes are in points, as in `Piece`.

    Attributes:
        text: The line's words.
        left: Left edge.
        right: Right edge.
        y: Baseline.
        size: Font size.
        page: Page number, from 0.
        column_left: Left margin of its column, where lines without an indent start.
        column_right: Right end of the longest line in its column.
    """

    text: str
    left: float
    right: float
    y: float
    size: float
    page: int
    column_left: float
    column_right: float


def read_lines(pages: Sequence[PdfPage]) -> tuple[list[Line], Counter[str]]:
    """Put the pieces of all pages in reading order.

    Args:
        pages: The pages, in order.

    Returns:
        The lines, and how many characters were skipped as `running heads` and `page numbers`.
    """
    skipped: Counter[str] = Counter()
    initials = Initials(pages)
    rows_of_pages = [_rows(initials.joined(page.pieces)) for page in pages]
    repeated = _repeated(rows_of_pages)
    step = _usual_step(rows_of_pages)
    lines: list[Line] = []
    for number, rows in enumerate(rows_of_pages):
        start, end = _body(rows, repeated, step)
        for row in (*rows[:start], *rows[end:]):
            reason = "running heads" if any(map(str.isalpha, _key(row)[0])) else "page numbers"
            skipped[reason] += sum(count_chars(piece.text) for piece in row)
        pieces = [piece for row in rows[start:end] for piece in row]
        for column in _columns(pieces):
            lines += _lines(column, number)
    return lines, skipped


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group pieces at the same height into rows, from top to bottom; each row from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        if rows and rows[-1][0].y - piece.y < 0.5 * max(piece.size, rows[-1][0].size, 1.0):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _key(row: Sequence[Piece]) -> tuple[str, int]:
    """Return a row's words, with all numbers replaced by the same sign, and its height."""
    text = " ".join(piece.text for piece in row).casefold()
    text = "#" if _ROMAN.fullmatch(text) else _NUMBER.sub("#", text)
    return text, round(row[0].y / _HEIGHT_PT)


def _repeated(rows_of_pages: Sequence[Sequence[Sequence[Piece]]]) -> set[tuple[str, int]]:
    """Return the keys of rows that occur at the edge of several pages at the same height."""
    counts = Counter(
        key
        for rows in rows_of_pages
        for key in {_key(row) for row in (*rows[:_EDGE_ROWS], *rows[-_EDGE_ROWS:])}
    )
    least = 3 if len(rows_of_pages) > 3 else 2
    return {
        (text, height)
        for text, height in counts
        if sum(counts[text, near] for near in (height - 1, height, height + 1)) >= least
    }


def _body(rows: Sequence[Sequence[Piece]], repeated: set[tuple[str, int]], step: float) -> tuple[int, int]:
    """Return the (start, end) of the rows that are the text of a page."""
    start = _edge_rows(rows[:_EDGE_ROWS], rows, repeated, step)
    bottom = list(reversed(rows[start:]))
    return start, len(rows) - _edge_rows(bottom[:_EDGE_ROWS], bottom, repeated, step)


def _edge_rows(
    edge: Sequence[Sequence[Piece]],
    rows: Sequence[Sequence[Piece]],
    repeated: set[tuple[str, int]],
    step: float,
) -> int:
    """Return how many rows, counted from the edge of a page, repeat on other pages and are set apart from the text."""
    count = 0
    for number, row in enumerate(edge, 1):
        if _key(row) not in repeated:
            break
        after = rows[number] if number < len(rows) else None
        if (
            after is None
            or abs(row[0].y - after[0].y) > _APART * step
            or abs(row[0].size - after[0].size) > 0.05 * after[0].size
            or not any(map(str.isalpha, _key(row)[0]))
        ):
            count = number
    return count


def _usual_step(rows_of_pages: Sequence[Sequence[Sequence[Piece]]]) -> float:
    """Return the usual distance between rows, in points."""
    steps = [above[0].y - below[0].y for rows in rows_of_pages for above, below in pairwise(rows)]
    return _median(steps) if steps else 0.0


def _columns(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces of each column in reading order. A line across several columns ends the columns above it."""
    edges = _edges(pieces)
    if not edges:
        yield from filter(None, [list(pieces)])
        return
    wide: list[Piece] = []
    waiting: list[list[Piece]] = [[] for _ in edges]
    for piece in pieces:
        place = _column_of(piece, edges)
        if place is None:
            yield from filter(None, waiting)
            waiting = [[] for _ in edges]
            wide.append(piece)
            continue
        yield from filter(None, [wide])
        wide = []
        waiting[place].append(piece)
    yield from filter(None, [wide, *waiting])


def _edges(pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    """Return the (left, right) edges of each column of a page; empty for a single column."""
    if not pieces:
        return []
    width = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
    narrow = sorted((piece for piece in pieces if piece.right - piece.left <= _SPANNING * width), key=_left)
    if len(narrow) < 2 * _LEAST_ROWS or 2 * len(narrow) < len(pieces):
        return []
    gap = 0.8 * _median(piece.size for piece in narrow)
    found: list[list[Piece]] = []
    reach = float("-inf")
    for piece in narrow:
        if piece.left - reach > gap:
            found.append([])
        found[-1].append(piece)
        reach = max(reach, piece.right)
    columns = [
        column
        for column in found
        if len(column) >= _LEAST_ROWS
        and sum(len(piece.text) for piece in column) >= _LEAST_CHARS * len(column)
    ]
    if len(columns) < 2 or len(columns) != len(found):
        return []
    return [(column[0].left, max(piece.right for piece in column)) for column in columns]


def _left(piece: Piece) -> float:
    return piece.left


def _column_of(piece: Piece, edges: Sequence[tuple[float, float]]) -> int | None:
    """Return the index of the column that contains a piece; None if the piece spans several columns."""
    touched = [
        number for number, (left, right) in enumerate(edges) if piece.left < right and piece.right > left
    ]
    return touched[0] if len(touched) == 1 else None


def _lines(column: Sequence[Piece], page: int) -> Iterator[Line]:
    rows = _rows(column)
    column_left = _usual_left(rows)
    column_right = max(piece.right for piece in column)
    for row in rows:
        longest = max(row, key=lambda piece: len(piece.text))
        yield Line(
            " ".join(piece.text for piece in row),
            row[0].left,
            max(piece.right for piece in row),
            longest.y,
            longest.size,
            page,
            column_left,
            column_right,
        )


def _usual_left(rows: Sequence[Sequence[Piece]]) -> float:
    """Return the left margin of a column: the leftmost position at which enough lines start."""
    lefts = Counter(round(row[0].left) for row in rows)
    often = [left for left, count in lefts.items() if count > 1 and count >= _NOT_INDENTED * len(rows)]
    return min(often or lefts)


def _median(values: Iterable[float]) -> float:
    """Return the lower median. `statistics` is not used because importing it is slow."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]


def body_size(lines: Sequence[Line]) -> float:
    """Return the most common font size of a text, in points."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size * 2) / 2] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def usual_leading(lines: Sequence[Line]) -> float:
    """Return the usual distance between lines of a paragraph, relative to the font size; 1.2 if unknown."""
    steps = []
    for _, group in groupby(lines, key=lambda line: (line.page, line.column_left)):
        column = list(group)
        for above, below in pairwise(column):
            if below.size and above.size == below.size and 0 < above.y - below.y < 4 * below.size:
                steps.append(round((above.y - below.y) / below.size, 2))
    return _median(steps) if steps else 1.2
