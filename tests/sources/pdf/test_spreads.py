"""Sheets of a PDF with two pages of the book side by side."""

from collections.abc import Iterable

from pdf_files import Text, pdf

from audiobook.document import Work
from audiobook.sources.base import Source
from audiobook.sources.pdf.extraction.text import read_document
from audiobook.sources.pdf.reader import arrange_work

WIDTH = 600
"""The sheets are 400 × 600 points, with text turned by a quarter."""
WORDS = "the old house stood alone on the"


def turned(x: float, y: float, text: str) -> Text:
    return Text(400 - y, x, text, turn=1)


def half(number: int, side: int, *, numbered: bool = True) -> list[Text]:
    """Return a page of nine lines that begin with its number, on the left (0) or right half (1) of a sheet."""
    left = 40 + side * WIDTH / 2
    lines = [turned(left, 360 - 14 * line, f"p{number}l{line} {WORDS}") for line in range(9)]
    return [*lines, turned(left + 100, 60, str(number))] if numbered else lines


def sheet(*numbers: int, numbered: bool = True) -> list[Text]:
    return [text for side, number in enumerate(numbers) for text in half(number, side, numbered=numbered)]


def read(sheets: Iterable[list[Text]]) -> Work:
    data = pdf(list(sheets))
    return arrange_work(read_document(data), Source(data, "book.pdf", "book", "en", "Book"))


def read_order(sheets: Iterable[list[Text]]) -> list[str]:
    work = read(sheets)
    words = [
        word for each in work.chapters for paragraph in each.paragraphs for word in paragraph.text.split()
    ]
    starts = [word.partition("l")[0] for word in words if word.startswith("p") and word.endswith("l0")]
    assert [word.partition("l")[2] for word in words if word.startswith("p")] == [*"012345678"] * len(starts)
    return starts


def pages(*numbers: int) -> list[str]:
    return [f"p{number}" for number in numbers]


def test_two_pages_on_a_sheet_are_read_one_after_the_other_in_the_order_of_their_numbers() -> None:
    in_order = pages(*range(1, 9))
    assert read_order(sheet(at, at + 1) for at in (1, 3, 5, 7)) == in_order
    assert read_order(sheet(*each) for each in ((4, 1), (2, 3), (8, 5), (6, 7))) == in_order
    assert read_order(sheet(*each) for each in ((8, 1), (2, 7), (6, 3), (4, 5))) == in_order
    assert read_order(sheet(at, at + 1, numbered=False) for at in (1, 3, 5, 7)) == in_order


def test_a_page_without_a_number_has_the_one_that_is_missing() -> None:
    sheets = [sheet(4, 1), sheet(2, 3), half(8, 0) + half(5, 1, numbered=False), sheet(6, 7), half(9, 1)]
    assert read_order(sheets) == pages(*range(1, 10))


def test_messages_name_the_sheet_of_a_page() -> None:
    work = read([sheet(4, 1), sheet(2, 3), sheet(8, 5), sheet(6, 7)])
    places = {each.text[:2]: each.place for chapter in work.chapters for each in chapter.paragraphs}
    assert places["p1"] == "#1"


def test_a_wide_table_is_read_row_by_row() -> None:
    rows = [
        turned(x, 360 - 14 * row, f"{name}{row}")
        for row in range(9)
        for x, name in ((40, "left"), (240, "middle"), (440, "right"))
    ]
    text = " ".join(
        paragraph.text for chapter in read([rows, rows]).chapters for paragraph in chapter.paragraphs
    )
    assert text.startswith("left0 middle0 right0 left1")
