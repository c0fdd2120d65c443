"""Arranging the pieces of text on each page as lines in reading order, without running heads and footnotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

import msgspec

from audiobook.document import count_chars
from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece
from audiobook.sources.pdf.extraction.right_to_left import in_reading_order, is_right_to_left
from audiobook.sources.pdf.lines.columns import reading_blocks
from audiobook.sources.pdf.lines.drop_caps import Initials
from audiobook.sources.pdf.lines.footnotes import find_notes
from audiobook.sources.pdf.lines.rows import Row, group_rows, median, usual_size
from audiobook.sources.pdf.lines.running_heads import RunningHeads
from audiobook.sources.pdf.lines.side_notes import split_side_notes

_FEW_STEPS: Final = 4
_WIDEST_LEADING: Final = 1.5
"""Maximum distance between lines of a paragraph; wider distances separate paragraphs."""
_LEAST_SPACE: Final = 0.12
"""Minimum width of the space between two words, relative to the font size."""
_NOT_INDENTED: Final = 0.1
"""Minimum share of lines that must start at the left margin; in a dialogue, most lines are indented."""


class Line(msgspec.Struct, frozen=True):
    """A line in its column. Positions and sizes are in points, as in `Piece`.

    In a text written from right to left, positions count from the right edge of the page, so that `left` is where the
    line starts.

    Attributes:
        text: The line's words, in the order in which they are read.
        left: Left edge.
        right: Right edge.
        y: Baseline.
        size: Font size.
        page: Page number, from 0.
        column_left: Left margin of its column, where lines without an indent start.
        column_right: Right end of the longest line in its column.
        bold: Whether all of it is bold.
    """

    text: str
    left: float
    right: float
    y: float
    size: float
    page: int
    column_left: float
    column_right: float
    bold: bool = False


class Layout(msgspec.Struct, frozen=True):
    """The lines of a document.

    Attributes:
        lines: In reading order.
        notes: The lines of footnotes, by page.
        side_notes: The lines in the margin, by page.
        skipped: How many characters were left out, by reason.
        size: The usual font size of the text, in points.
        heads: The running heads that may be the book's title.
    """

    lines: list[Line]
    notes: dict[int, list[Line]]
    side_notes: dict[int, list[Line]]
    skipped: Counter[str]
    size: float
    heads: list[str]


def read_layout(pages: Sequence[PdfPage]) -> Layout:
    """Put the pieces of all pages in reading order.

    Args:
        pages: The pages, in order.
    """
    skipped: Counter[str] = Counter()
    right_to_left = is_right_to_left([piece.text for page in pages for piece in page.pieces])
    if right_to_left:
        _mirror(pages)
    initials = Initials(pages)
    rows_of_pages = [group_rows(initials.joined(page.pieces)) for page in pages]
    size = usual_size(pages)
    heads = RunningHeads(rows_of_pages, size)
    blocks_of_pages: list[list[list[Line]]] = []
    side_notes: dict[int, list[Line]] = {}
    texts: list[list[Piece]] = []
    for rows, body in zip(rows_of_pages, heads.bodies, strict=True):
        for at in (*range(body.start), *range(body.end, len(rows))):
            reason = "page numbers" if at in body.numbers else "running heads"
            skipped[reason] += sum(count_chars(piece.text) for piece in rows[at])
        texts.append([piece for row in rows[body.start : body.end] for piece in row])
    for number, (pieces, aside) in enumerate(split_side_notes(texts, size)):
        blocks = reading_blocks(pieces)
        blocks_of_pages.append([list(_lines(block, number, right_to_left=right_to_left)) for block in blocks])
        if any(map(str.isalpha, "".join(piece.text for piece in aside))):
            side_notes[number] = list(_lines(aside, number, right_to_left=right_to_left))
        elif aside:
            skipped["line numbers"] += sum(count_chars(piece.text) for piece in aside)
    for page in pages:
        if turned := sum(count_chars(piece.text) for piece in page.aside):
            skipped["turned text"] += turned
    lines, notes = find_notes(blocks_of_pages, size)
    heads_of_book = [in_reading_order(head, right_to_left=right_to_left) for head in heads.titles()]
    return Layout(lines, notes, side_notes, skipped, size, heads_of_book)


def _mirror(pages: Sequence[PdfPage]) -> None:
    """Count positions from the right edge of the pages."""
    for page in pages:
        for piece in page.pieces:
            piece.left, piece.right = -piece.right, -piece.left


def _lines(column: Sequence[Piece], page: int, *, right_to_left: bool) -> Iterator[Line]:
    rows = group_rows(column)
    column_left = _usual_left(rows)
    column_right = max(piece.right for piece in column)
    for row in rows:
        longest = max(row, key=lambda piece: len(piece.text))
        seen = " ".join(piece.text for piece in reversed(row)) if right_to_left else _row_words(row)
        yield Line(
            in_reading_order(seen, right_to_left=right_to_left),
            row[0].left,
            max(piece.right for piece in row),
            longest.y,
            longest.size,
            page,
            column_left,
            column_right,
            all(piece.bold for piece in row),
        )


def _row_words(row: Row) -> str:
    """Return the words of a row; pieces without room for a space between them form one word."""
    words = row[0].text
    for before, piece in pairwise(row):
        room = (piece.left - before.right) / max(piece.size, 1.0)
        is_word = -_LEAST_SPACE < room < _LEAST_SPACE and words[-1:].isalpha() and piece.text[:1].isalpha()
        words += piece.text if is_word else f" {piece.text}"
    return words


def _usual_left(rows: Sequence[Row]) -> float:
    """Return the left margin of a column: the leftmost position at which enough lines start."""
    lefts = Counter(round(row[0].left) for row in rows)
    often = [left for left, count in lefts.items() if count > 1 and count >= _NOT_INDENTED * len(rows)]
    return min(often or lefts)


def usual_leading(lines: Sequence[Line]) -> float:
    """Return the usual distance between lines of a paragraph, relative to the font size; 1.2 if unknown."""
    steps = []
    for _, group in groupby(lines, key=lambda line: (line.page, line.column_left)):
        column = list(group)
        for above, below in pairwise(column):
            if below.size and above.size == below.size and 0 < above.y - below.y < 4 * below.size:
                steps.append(round((above.y - below.y) / below.size, 2))
    if len(steps) < _FEW_STEPS:
        return min(median(steps), _WIDEST_LEADING) if steps else 1.2
    return median(steps)
