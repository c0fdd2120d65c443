"""Pages that are turned, by their own entry or by the direction of their text, are read upright."""

import pytest
from pages import texts
from pdf_files import Text, pdf

from audiobook.sources.pdf.extraction.pieces import PdfPage
from audiobook.sources.pdf.extraction.text import read_document
from audiobook.sources.pdf.lines.layout import read_layout

LINES = [
    "one of the lines of it, and",
    "two of the lines of it, and",
    "three of the lines, and so",
    "four of them ends it here.",
]


def read(page: list[Text], rotate: int = 0) -> list[PdfPage]:
    return read_document(pdf([page], rotate=rotate)).pages


def turned(turn: int) -> list[Text]:
    """Return lines in a direction of writing, which follow each other as their direction wants it."""
    places = ((50, 500, 0, -12), (100, 50, 12, 0), (350, 100, 0, 12), (300, 550, -12, 0))
    x, y, across, up = places[turn]
    return [Text(x + across * at, y + up * at, line, turn=turn) for at, line in enumerate(LINES)]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("rotate", [0, 90])
def test_a_page_is_read_in_the_direction_of_its_text(turn: int, rotate: int) -> None:
    assert texts(read(turned(turn), rotate)) == [" ".join(LINES)]


def test_a_note_along_the_margin_is_left_out_and_counted() -> None:
    pages = read([*turned(0), Text(20, 100, "arXiv:1 [a]", turn=1)])
    assert texts(pages) == [" ".join(LINES)]
    assert read_layout(pages).skipped == {"turned text": len("arXiv:1[a]")}


def test_a_turned_half_of_a_page_is_read_after_the_rest() -> None:
    assert texts(read([*turned(1), *turned(0)])) == [" ".join(LINES)] * 2
