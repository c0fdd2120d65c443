"""Running heads and page numbers: lines repeated on pages nearby are left out, headings are kept."""

from collections.abc import Callable

import pytest
from pages import TOP, centred, chapters, page_of, paragraphs_of, piece, texts

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece

NAMES = ("The Sun", "The Moon", "The Stars", "The Sea")


def book(head: Callable[[int], list[Piece]], pages: int = 12, opening: str = "Chapter {}") -> list[PdfPage]:
    """Return a book with a chapter on every third page; those pages have no head."""
    return [
        page_of(
            at, *(head(at) if at % 3 else [centred(opening.format(at // 3 + 1), TOP + 8, 16)]), top=TOP - 30
        )
        for at in range(pages)
    ]


def outer(at: int) -> list[Piece]:
    """The title and its number on the left, the chapter on the right."""
    if at % 2:
        return [piece(f"{at + 1}   THE LONG ROAD", TOP + 30, size=8)]
    return [piece(f"{NAMES[at // 3]}   {at + 1}", TOP + 30, 250, 8)]


def apart(at: int) -> list[Piece]:
    """The chapter above every page, and the number below it."""
    return [centred(NAMES[at // 3], TOP + 30, 9), centred(f"- {at + 1} -", 20, 9)]


def of_page(at: int) -> list[Piece]:
    """The section, which changes on every other page, and the number with the number of pages."""
    head = f"Of things {at // 3}{'a' if at % 3 == 1 else ''}" if at % 2 else "THE LONG ROAD"
    return [centred(head, TOP + 30, 9), centred(f"Page {at + 1} of 12", 20, 9)]


def of_all(at: int) -> list[Piece]:
    """The title in the size of the text, the number and the number of pages, as DocBook sets them."""
    return [piece(f"THE LONG ROAD {at + 1} / 12", TOP + 30)]


@pytest.mark.parametrize("head", [outer, apart, of_page, of_all])
@pytest.mark.parametrize("opening", ["Chapter {}", "{}", "Kapitel {}", "{}. luku"])
def test_heads_of_every_kind_are_left_out_and_chapters_that_differ_by_number_stay(
    head: Callable[[int], list[Piece]], opening: str
) -> None:
    pages = book(head, opening=opening)
    assert chapters(pages) == [opening.format(number) for number in range(1, 5)]
    text = " ".join(texts(pages))
    assert not any(word in text for word in ("ROAD", "Page", "Of things", " - ", *NAMES))


def test_headings_of_one_page_chapters_are_not_running_heads() -> None:
    pages = [
        page_of(at, centred(f"Chapter {at + 1}", TOP, 16), centred(str(at + 1), 20, 9), top=TOP - 30)
        for at in range(6)
    ]
    assert chapters(pages) == [f"Chapter {number}" for number in range(1, 7)]
    assert paragraphs_of(pages)[2].skipped == {"page numbers": 6}


def test_roman_numbers_continue_as_arabic_ones() -> None:
    numbers = ["v", "vi", "vii", "1", "2", "3", "4"]
    pages = [page_of(at, centred(number, 20, 9)) for at, number in enumerate(numbers)]
    assert paragraphs_of(pages)[2].skipped == {"page numbers": len("".join(numbers))}


def test_the_book_is_named_by_the_head_of_its_right_hand_pages() -> None:
    pages = [
        page_of(
            at,
            centred("THE LONG ROAD" if at % 2 == 0 else "ANN OTHER", TOP + 30, 9),
            centred(str(at + 1), 20),
        )
        for at in range(6)
    ]
    assert paragraphs_of(pages)[2].heads == ["THE LONG ROAD", "ANN OTHER"]


def test_a_numbered_line_at_the_foot_that_is_not_a_page_number_is_text() -> None:
    pages = [page_of(at, piece(f"{at + 1} of the {'abcdefgh'[at]} things", 60)) for at in range(8)]
    assert paragraphs_of(pages)[2].skipped == {}


def test_the_number_of_a_chapter_on_the_page_of_the_same_number_is_kept() -> None:
    pages = [
        page_of(
            at,
            *([centred(str(at // 3 + 1), TOP + 8)] if at % 3 == 0 else []),
            centred(f"- {at + 1} -", 20),
            top=TOP - 30,
        )
        for at in range(9)
    ]
    assert chapters(pages) == ["1", "2", "3"]


@pytest.mark.parametrize(("number", "count"), [("1", 1), ("37", 2), ("- 112 -", 5)])
def test_the_number_of_a_lone_page_is_left_out(number: str, count: int) -> None:
    assert paragraphs_of([page_of(0, centred(number, 20))])[2].skipped == {"page numbers": count}


def test_a_head_in_large_letters_with_its_number_apart_is_left_out() -> None:
    pages = [
        page_of(at, piece("Daily Paper / Lanes", TOP + 30, size=12), piece(f"{at + 700}", TOP + 30, 330, 13))
        for at in range(6)
    ]
    assert all("Daily" not in text for text in texts(pages))


def test_a_small_line_that_comes_again_with_other_numbers_is_left_out() -> None:
    pages = [page_of(at, piece(f"File 16:2{at} Frm 0000{at * 3} x.indb", 10, size=6)) for at in range(6)]
    assert all("indb" not in text for text in texts(pages))
