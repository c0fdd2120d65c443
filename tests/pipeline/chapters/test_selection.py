"""Choosing chapters: by number, by title, and what is said about those that do not exist."""

from pathlib import Path

import pytest

from audiobook.document import Chapter, Choice, Kind, Metadata, Paragraph, Work
from audiobook.errors import SourceError, UsageError
from audiobook.pipeline.chapters.selection import effective_choice, select_chapters, unused_choices
from audiobook.pipeline.texts.catalog import Catalog
from audiobook.pipeline.texts.edition import Edition
from audiobook.settings import EVERY_WORK, FILE_NAME, Settings, WorkSettings

LEVELS = (
    ("Preface", 1),
    ("Part One", 1),
    ("The Sea", 2),
    ("5", 2),
    ("Part Two", 1),
    ("The Sea", 2),
    ("Index", 1),
)


EVERYTHING = Choice()


def work(choice: Choice = EVERYTHING) -> Work:
    chapters = tuple(
        Chapter(title, level, (Paragraph("Five letters", Kind.TEXT),)) for title, level in LEVELS
    )
    metadata = Metadata(choice=choice, choice_where="a.md:2")
    return Work("a", "en", "A", chapters, "a.md", metadata=metadata, skipped_chars={"marks": 3})


def kept(chapters: str = "", *skip: str) -> list[int]:
    """Return the numbers of the chapters that a choice keeps."""
    every = work()
    left = select_chapters(every, Choice(chapters, skip), where=FILE_NAME).chapters
    return [number for number, chapter in enumerate(every.chapters, 1) if any(chapter is one for one in left)]


def test_numbers_mean_single_chapters_and_titles_those_below_as_well() -> None:
    assert kept("2-3,7") == [2, 3, 7]
    assert kept("5-") == [5, 6, 7]
    assert kept("", "part one.") == [1, 5, 6, 7]
    assert kept("", "2") == [1, 3, 4, 5, 6, 7]
    assert kept("", "THE  SEA") == [1, 2, 4, 5, 7]
    assert kept("", "5") == [1, 2, 3, 5, 6, 7]  # a title before a number
    assert kept("", "7") == [1, 2, 3, 4, 5, 6]
    assert kept("", "1", "Part Two") == [2, 3, 4, 7]
    assert kept("1-4", "Preface", "3") == [2, 4]


def test_what_is_left_out_is_counted() -> None:
    assert select_chapters(work(), Choice("1-5"), where="").skipped_chars == {
        "marks": 3,
        "chapters not chosen": 22,
    }
    assert select_chapters(work(), Choice("1-"), where="").skipped_chars == {"marks": 3}


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice("8"), "there is no chapter 8"),
        (Choice("2-9"), "there is no chapter 9"),
        (Choice("8-"), "there is no chapter 8"),
        (Choice("", ("Nope",)), "there is no chapter “Nope”"),
        (Choice("1", ("Preface",)), "no chapter is left to read aloud"),
    ],
)
def test_a_chapter_that_does_not_exist_is_an_error_that_names_the_others(
    choice: Choice, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        select_chapters(work(), choice, where="a.md:2")
    assert str(caught.value) == f"a.md:2: {message}"
    assert "1 “Preface”, 2 “Part One”" in (caught.value.hint or "")
    with pytest.raises(SourceError) as in_settings:
        select_chapters(work(), choice, where=FILE_NAME)
    assert str(in_settings.value) == f"{FILE_NAME}: {message} in a.md"
    flagged = Settings(works={EVERY_WORK: WorkSettings(chapters="1")})
    with pytest.raises(UsageError):
        select_chapters(work(), choice, where="", settings=flagged)


def test_the_settings_replace_the_choice_in_the_text() -> None:
    own, given = Choice("1"), Choice("2")
    assert effective_choice(given, work(own)) == (given, FILE_NAME)
    assert effective_choice(Choice(), work(own)) == (own, "a.md:2")


def test_a_name_in_the_settings_that_no_work_has_is_reported() -> None:
    names = ("novel", "Novel", "other")
    settings = Settings(works={name: WorkSettings(skip=("Index",)) for name in names})
    catalog = Catalog((Edition("novel", "en", Path("novel.md"), "texts/en/novel.md", None),), ())
    assert [message.partition("] ")[::2] for message in unused_choices(settings, catalog)] == [
        ("audiobook.toml: [works.Novel", "is not used, because no work has that name (did you mean novel?)"),
        (
            "audiobook.toml: [works.other",
            "is not used, because no work has that name (`audiobook list` shows the names)",
        ),
    ]
