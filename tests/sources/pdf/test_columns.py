"""Columns are read one after the other; lines across them divide them only if they have the room."""

from collections.abc import Sequence
from itertools import zip_longest

import pytest
from pages import LEADING, TOP, centred, piece, prose

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece
from audiobook.sources.pdf.lines.columns import reading_blocks
from audiobook.sources.pdf.lines.layout import read_layout


def column(first: int, left: float, paragraphs: int, top: float = TOP, chars: int = 24) -> list[Piece]:
    return [
        line for at in range(paragraphs) for line in prose(first + at, 4, top - 4 * at * LEADING, left, chars)
    ]


def order(pieces: Sequence[Piece]) -> list[str]:
    """Return the last words of paragraphs, and all other lines, in reading order."""
    lines = [line.text for line in read_layout([PdfPage(list(pieces))]).lines]
    return [text for text in lines if not text.startswith("w")]


def ends(*numbers: int) -> list[str]:
    return [f"end{number}." for number in numbers]


WIDE = piece("A line that goes across both of the columns", TOP - 4 * 4 * LEADING - 12)
BELOW = WIDE.y - 24


@pytest.mark.parametrize("gutter", [8, 14, 30])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_each_column_is_read_to_its_end(gutter: float, count: int) -> None:
    columns = [column(10 * at, 50 + at * (120 + gutter), 5) for at in range(count)]
    wanted = ends(*(10 * at + number for at in range(count) for number in range(5)))
    assert order([line for each in columns for line in each]) == wanted
    by_rows = [line for row in zip_longest(*columns) for line in row if line]
    assert order(by_rows) == wanted


@pytest.mark.parametrize(
    "across",
    [WIDE, piece("* * *", WIDE.y, 165), centred("A Heading", WIDE.y, 16), piece("Left", WIDE.y, size=16)],
)
def test_lines_across_columns_come_between_those_above_and_below(across: Piece) -> None:
    pieces = [
        *column(0, 50, 4), *column(4, 185, 4), across, *column(10, 50, 4, BELOW), *column(14, 185, 4, BELOW)
    ]  # fmt: skip
    assert order(pieces) == [*ends(*range(8)), across.text, *ends(*range(10, 18))]


def test_a_line_that_is_too_long_for_its_column_does_not_divide_the_page() -> None:
    left, right = column(0, 50, 5), column(5, 185, 5)
    left[5] = Piece(left[5].text + " far out", 50, 190, left[5].y, 10)
    assert order([*left, *right]) == ends(*range(10))


def test_baselines_need_not_be_level() -> None:
    assert order([*column(0, 50, 5), *column(5, 185, 4, TOP - 5)]) == ends(*range(9))


def test_a_heading_within_a_column_stays_in_it() -> None:
    left = [
        *column(0, 50, 3),
        piece("Heading", TOP - 12.5 * LEADING, size=13),
        *column(3, 50, 2, TOP - 14 * LEADING),
    ]
    assert order([*left, *column(5, 185, 6)]) == [*ends(0, 1, 2), "Heading", *ends(*range(3, 11))]


def test_cells_of_a_table_and_numbers_of_a_list_are_read_by_rows() -> None:
    cells = [
        piece(f"{name} of row {row}", TOP - row * LEADING, left)
        for row in range(6)
        for name, left in (("name", 50), ("value", 250))
    ]
    assert order(cells) == [f"name of row {row} value of row {row}" for row in range(6)]
    items = [
        each
        for row in range(6)
        for each in (
            piece(f"{row}.", TOP - row * LEADING),
            piece("A thing on the list", TOP - row * LEADING, 80),
        )
    ]
    assert order(items) == [f"{row}. A thing on the list" for row in range(6)]


def test_wide_spaces_that_happen_to_be_in_line_are_not_a_gutter() -> None:
    whole = [
        piece("all the words of this line go on and on to its end", TOP - at * LEADING) for at in range(20)
    ]
    broken = [
        each
        for at in range(20, 24)
        for each in (
            piece("stretched w", TOP - at * LEADING),
            piece("as well here", TOP - at * LEADING, 180 + 5 * (at % 3)),
        )
    ]
    assert len(list(reading_blocks([*whole, *broken]))) == 1
