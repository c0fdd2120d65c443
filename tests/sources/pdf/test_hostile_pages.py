"""Pages that no printer makes are laid out in time that grows with their length."""

from collections.abc import Callable

import pytest
from growth import assert_linear
from pages import paragraphs_of

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece

KINDS: dict[str, Callable[[int], Piece]] = {
    "one point": lambda at: Piece("Word.", 50, 80, 500, 10),
    "anywhere": lambda at: Piece("Some words", at * 37 % 500, at * 37 % 500 + 40, at * 91 % 800, 8 + at % 5),
    "many columns": lambda at: Piece("Some words", 10 * (at % 50), 10 * (at % 50) + 8, -12 * (at // 50), 6),
    "stairs": lambda at: Piece("Some words", at, at + 40, -12 * at, 10),
    "contents": lambda at: Piece(f"Title {at % 7} {'.' * 50} {at}", 50, 250, -12 * at, 10),
    "headings": lambda at: Piece("A heading", 50, 400, -40 * at, 8 + 8 * (at % 2), at % 3 == 0),
    "right to left": lambda at: Piece("א1.1 (a) " * 5, 50, 250, -12 * at, 10),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_long_page_takes_linear_time(kind: str) -> None:
    assert_linear(paragraphs_of, lambda count: [PdfPage([KINDS[kind](at) for at in range(count)])], 200)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["Same head", "{0} {1}", "{1} note words"])
def test_many_pages_take_linear_time(text: str) -> None:
    def make(pages: int) -> list[PdfPage]:
        return [
            PdfPage(
                [
                    Piece(text.format(page, row), 50, 100, 600 - 100 * row, 10 - 3 * (row > 3))
                    for row in range(6)
                ]
            )
            for page in range(pages)
        ]

    assert_linear(paragraphs_of, make, 40)
