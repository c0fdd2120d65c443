"""Notes in the margin are read after the paragraph next to them; numbers there are left out."""

from pages import LEADING, TOP, page_of, piece
from pdf_files import Text, flow, pdf

from audiobook.sources.base import Source
from audiobook.sources.pdf.extraction.pieces import PdfPage
from audiobook.sources.pdf.extraction.text import read_document
from audiobook.sources.pdf.lines.layout import read_layout
from audiobook.sources.pdf.reader import arrange_work

LINES = [
    "  This paragraph goes on for long",
    "enough to have a note that stands",
    "beside it.",
    "  Then there is a second one.",
]


def test_a_side_note_waits_for_the_end_of_its_paragraph() -> None:
    note = [Text(300, 536, "A note on", 7), Text(300, 528, "the side.", 7)]
    data = pdf([[*flow(LINES), *note]])
    work = arrange_work(read_document(data), Source(data, "a.pdf", "a", "en", "A"))
    shown = [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]
    assert shown == [
        "This paragraph goes on for long enough to have a note that stands beside it.",
        "A note on the side.",
        "Then there is a second one.",
    ]


def test_numbers_of_lines_are_left_out() -> None:
    numbers = [piece(str(at), TOP - at * LEADING, 370, 7) for at in (5, 10, 15)]
    layout = read_layout([page_of(0, *numbers)])
    assert layout.skipped == {"line numbers": 5}
    assert layout.side_notes == {}


def test_a_column_in_small_type_is_not_a_side_note() -> None:
    short = [piece("words " * 5, TOP - at * LEADING, 50) for at in range(20)]
    long = [piece("words " * 5, TOP - at * LEADING, 220) for at in range(20)]
    small = [piece("reference " * 4, TOP - at * LEADING, 220, 8) for at in range(20)]
    pages = [PdfPage([*short, *long]) for _ in range(4)] + [PdfPage([*short, *small])]
    assert read_layout(pages).side_notes == {}


def test_a_word_in_two_pieces_stays_a_word() -> None:
    page = PdfPage([piece("The hou", TOP, 50), piece("se stood", TOP, 85.5), piece("there", TOP, 128)])
    assert [line.text for line in read_layout([page]).lines] == ["The house stood there"]
