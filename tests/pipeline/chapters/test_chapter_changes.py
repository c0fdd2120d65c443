"""New titles and merged chapters: what is said, and what stays as the text has it."""

from __future__ import annotations

from audiobook.document import Chapter, Kind, Paragraph, Pause
from audiobook.pipeline.chapters.changes import noted_chapters, renamed_chapter, with_changes


def said(text: str, kind: Kind = Kind.TEXT) -> Paragraph:
    return Paragraph(text, kind, ((0, 7),), pauses=(Pause(len(text), 900),))


def chapter(title: str, *paragraphs: Paragraph, level: int = 1, new: str = "") -> Chapter:
    return Chapter(title, level, paragraphs, new_title=new)


HEADING = said("CHAPTER I.", Kind.HEADING)
BELOW = said("The Ferry", Kind.HEADING)
TEXT = said("It came.")


def test_the_heading_that_says_the_title_says_the_new_one() -> None:
    made = renamed_chapter(chapter("Chapter I", said("The Book", Kind.TITLE), HEADING, TEXT, new="Arrival"))
    title, heading, text = made.paragraphs
    assert (made.title, heading.text, heading.line_of(0), heading.is_added) == ("Arrival", "Arrival", 7, True)
    assert heading.pauses == (Pause(len("Arrival"), 900),)
    assert (title.text, text) == ("The Book", TEXT)


def test_a_heading_of_two_lines_becomes_one() -> None:
    made = renamed_chapter(chapter("Chapter I: The Ferry", HEADING, BELOW, TEXT, new="Arrival"))
    assert [each.text for each in made.paragraphs] == ["Arrival", "It came."]


def test_words_that_are_not_the_title_are_still_said() -> None:
    for title, paragraphs in (
        ("Chapter I", (said("Another", Kind.HEADING), TEXT)),
        ("It came.", (TEXT,)),
        ("Chapter I: It came", (HEADING, TEXT)),
        ("Chapter I", (said("Chapter I", Kind.TITLE), TEXT)),
    ):
        made = renamed_chapter(chapter(title, *paragraphs, new="Arrival"))
        assert (made.title, made.paragraphs) == ("Arrival", paragraphs), title


def test_merged_chapters_keep_every_paragraph_and_the_first_title() -> None:
    part, first, second = chapter("Part", BELOW), chapter("One", TEXT, level=2), chapter("Two", TEXT, level=2)
    for merged, renamed, titles in (
        (["Two"], {}, ["Part", "One"]),
        (["One"], {}, ["Part: One", "Two"]),
        (["2"], {"Part": "Opening"}, ["Opening", "Two"]),
        (["one"], {"2": "Uno"}, ["Part: Uno", "Two"]),
        (["One", "Two"], {}, ["Part: One"]),
        ([], {"Two": "Zwei", "3": "Dos"}, ["Part", "One", "Dos"]),
    ):
        made = with_changes(noted_chapters((part, first, second), merged, renamed))
        assert [each.title for each in made] == titles
        assert [text for each in made for text in each.paragraphs] == [BELOW, TEXT, TEXT]


def test_a_chapter_whose_neighbour_is_left_out_is_joined_to_the_one_before_that() -> None:
    noted = noted_chapters([chapter(name, TEXT) for name in ("One", "Two", "Three")], ["Three"], {})
    assert [each.title for each in with_changes((noted[0], noted[2]))] == ["One"]
    assert [each.title for each in with_changes(noted[2:])] == ["Three"], "nothing is before it"
