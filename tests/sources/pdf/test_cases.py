"""PDF files that each show one kind of fault, and how they must be read."""

import re
from functools import cache
from pathlib import Path

import pytest

from audiobook.document import Work
from audiobook.sources.base import Source
from audiobook.sources.pdf.reader import PdfReader


@cache
def read(path: Path) -> Work:
    return PdfReader().read(Source(path.read_bytes(), path.name, "a", "en", "Fallback"))


def text_of(work: Work) -> str:
    return "\n".join(paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs)


@pytest.fixture
def cases(shared: Path) -> Path:
    return shared / "cases" / "reading"


NAMES = ["The Sun", "The Moon", "The Stars", "The Sea", "The Land", "The End"]


def test_chapters_keep_their_numbers_and_running_heads_are_gone(cases: Path) -> None:
    work = read(cases / "p4-book-chapters.pdf")
    assert [chapter.title for chapter in work.chapters] == [f"Chapter {number}" for number in range(1, 7)]
    assert not re.search("BOOK OF THINGS|ANN OTHER", text_of(work))
    assert work.skipped_chars.keys() == {"running heads", "page numbers"}


@pytest.mark.slow
def test_footnotes_are_left_out_and_sentences_are_whole(cases: Path) -> None:
    work = read(cases / "p5-book-foot.pdf")
    assert [chapter.title for chapter in work.chapters] == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert not re.search("Smith|Lee,", text_of(work))
    assert work.skipped_chars["footnotes"] > 2000
    assert all(
        paragraph.text.endswith(".") for chapter in work.chapters for paragraph in chapter.paragraphs[1:]
    )


@pytest.mark.slow
@pytest.mark.parametrize(("file", "count"), [("p6-book-toc-titles.pdf", 6), ("p3-dotleader-toc.pdf", 2)])
def test_dotted_contents_are_left_out_and_chapters_have_number_and_title(
    cases: Path, file: str, count: int
) -> None:
    work = read(cases / file)
    wanted = [f"Chapter {number}: {name}" for number, name in enumerate(NAMES[:count], 1)]
    assert [chapter.title for chapter in work.chapters] == wanted
    assert work.title == "THE BOOK OF THINGS"
    assert "toc" in work.skipped_chars
    assert not re.search(r"\.\.|Contents", text_of(work))


@pytest.mark.slow
@pytest.mark.parametrize("file", ["p10b-twocol-1page-nonumber.pdf", "p10c-twocol-4pages.pdf"])
def test_sentences_of_two_columns_come_in_rising_order(cases: Path, file: str) -> None:
    numbers = [int(number) for number in re.findall(r"Sentence (\d+)", text_of(read(cases / file)))]
    assert numbers == sorted(numbers)


def test_hebrew_is_in_logical_order(cases: Path) -> None:
    assert "הילד הלך הביתה (עם אמא שלו) ואכל לחם." in text_of(read(cases / "p9-he.pdf"))
