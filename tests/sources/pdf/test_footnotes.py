"""Footnotes are left out, so that a sentence that continues on the next page is whole."""

import pytest
from pages import LEADING, TOP, page_of, piece, prose
from pdf_files import Text, flow, pdf

from audiobook.sources.base import Source
from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece
from audiobook.sources.pdf.lines.layout import read_layout
from audiobook.sources.pdf.reader import PdfReader


def small(text: str, at: int, left: float = 50) -> Piece:
    return piece(text, 100 - 9 * at, left, 8)


def notes(pages: list[PdfPage]) -> list[str]:
    return [line.text for _, lines in sorted(read_layout(pages).notes.items()) for line in lines]


@pytest.mark.parametrize("mark", ["1 ", "12. ", "* ", "† ", "[3] ", "3) ", "\x032\x04 ", "4Ed. "])
def test_smaller_lines_at_the_foot_that_begin_with_a_mark_are_footnotes(mark: str) -> None:
    page = page_of(0, small(f"{mark}See Smith, p. 7;", 0), small("and more of it", 1))
    assert notes([page]) == [f"{mark}See Smith, p. 7;", "and more of it"]


def test_a_footnote_continues_below_the_next_page() -> None:
    pages = [
        page_of(0, small("1 It begins here and", 0)),
        page_of(1, small("ends there.", 0)),
        page_of(2, small("Not a note", 0)),
    ]
    assert notes(pages) == ["1 It begins here and", "ends there."]


def test_each_column_has_its_footnotes() -> None:
    columns = [
        line
        for at, left in enumerate((50, 185))
        for k in range(5)
        for line in prose(5 * at + k, 4, TOP - 48 * k, left, 24)
    ]
    page = PdfPage([*columns, small("1 Left note.", 0), small("2 Right note.", 0, 185)])
    layout = read_layout([page])
    assert [line.text for line in layout.notes[0]] == ["1 Left note.", "2 Right note."]
    assert [line.text for line in layout.lines if line.text.startswith("end")] == [
        f"end{at}." for at in range(10)
    ]


@pytest.mark.parametrize(
    "text",
    ["Figure 2. The house.", "A quotation in smaller letters", "Smith 1990", "a word here", "asn1 . . . . 5"],
)
def test_other_small_lines_are_text(text: str) -> None:
    assert notes([page_of(0, small(text, 0))]) == []


def test_a_table_of_numbers_is_text() -> None:
    assert (
        notes([page_of(0, small("2 CARD16 MAJOR", 0), small("2 CARD16 MINOR", 1), small("4 CARD32", 2))])
        == []
    )


def test_a_page_in_small_letters_is_text() -> None:
    pages = [
        page_of(0),
        page_of(1),
        PdfPage([piece(f"{at} entry of the list of books", TOP - at * LEADING, size=8) for at in range(9)]),
    ]
    assert notes(pages) == []


@pytest.mark.slow
def test_footnotes_are_counted_or_read_after_the_sentence_they_would_interrupt() -> None:
    first = flow(["  It was a long day and the sentence goes on and"])
    pages = [
        [*first, Text(50, 40, "1 See Smith, p. 7.", 7)],
        flow(["goes on over the page.", "  Then comes another one."]),
    ]
    source = Source(pdf(pages), "a.pdf", "a", "en", "A")
    work = PdfReader().read(source)
    said = [each.text for chapter in work.chapters for each in chapter.paragraphs]
    assert said[0] == "It was a long day and the sentence goes on and goes on over the page."
    assert work.skipped_chars == {"footnotes": len("1SeeSmith,p.7.")}
    narrated = PdfReader().read(
        Source(source.data, "a.pdf", "a", "en", "A", narrate=frozenset({"footnotes"}))
    )
    assert [each.text for chapter in narrated.chapters for each in chapter.paragraphs] == [
        said[0], "1 See Smith, p. 7.", "Then comes another one."
    ]  # fmt: skip


def test_a_list_in_small_type_below_its_heading_is_not_a_footnote() -> None:
    page = page_of(
        0, piece("References", 110, bold=True), *(small(f"[{at}] A. Writer.", at) for at in (1, 2))
    )
    assert notes([page]) == []
