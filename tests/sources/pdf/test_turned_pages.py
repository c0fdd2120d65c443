"""Pages that are turned, by their own entry or by how their text is set, are read as they are meant."""

import pytest
from pdf_files import Text, pdf

from audiobook.document import Work
from audiobook.sources.base import Source
from audiobook.sources.pdf.reader import PdfReader

LINES = [
    "one of the lines of it, and",
    "two of the lines of it, and",
    "three of the lines, and so",
    "four of them ends it here.",
]


def read(data: bytes) -> Work:
    return PdfReader().read(Source(data, "a.pdf", "a", "en", "A"))


def texts(work: Work) -> list[str]:
    return [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]


def turned(turn: int) -> list[Text]:
    """Return lines in a direction of writing, which follow each other as their direction wants it."""
    places = ((50, 500, 0, -12), (100, 50, 12, 0), (350, 100, 0, 12), (300, 550, -12, 0))
    x, y, across, up = places[turn]
    return [Text(x + across * at, y + up * at, line, turn=turn) for at, line in enumerate(LINES)]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("rotate", [0, 90])
def test_a_page_is_read_in_the_direction_of_its_text(turn: int, rotate: int) -> None:
    assert texts(read(pdf([turned(turn)], rotate=rotate))) == [" ".join(LINES)]


def test_a_note_along_the_margin_is_left_out_and_counted() -> None:
    work = read(pdf([[*turned(0), Text(20, 100, "arXiv:1 [a]", turn=1)]]))
    assert texts(work) == [" ".join(LINES)]
    assert work.skipped_chars == {"turned text": len("arXiv:1[a]")}


def test_a_turned_half_of_a_page_is_read_after_the_rest() -> None:
    assert texts(read(pdf([[*turned(1), *turned(0)]]))) == [" ".join(LINES)] * 2
