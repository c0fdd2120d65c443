"""Books in plain text: header and licence, table of contents, chapters, italics and pictures."""

import random
from collections.abc import Callable

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Kind, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source
from audiobook.sources.text.plain import PlainReader

HEADER = """The Project Gutenberg eBook of The River House

This ebook is for the use of anyone at no cost.

Title: The River House
        And Other Rooms

Author: Ada Marlow and B. Quill

Release date: June 1, 2001 [eBook #99999]

Language: English

*** START OF THE PROJECT GUTENBERG EBOOK THE RIVER HOUSE ***

Produced by Somebody and
the Proofreaders

"""
FOOTER = """

End of the Project Gutenberg EBook of The River House, by Ada Marlow

*** END OF THE PROJECT GUTENBERG EBOOK THE RIVER HOUSE ***

Section 1. This work may be copied.
"""
CONTENTS = """CONTENTS

CHAPTER I.     The Door
CHAPTER II.    The Stair
EPILOGUE

"""
BODY = """THE RIVER HOUSE

by Ada Marlow

{contents}CHAPTER I.

THE DOOR.

The door stood open, and
nobody came.

Chapter 3 was hard.

CHAPTER II. The Stair

The stair went _up_, and _a long
way up_ it went.

* * *

And down.

EPILOGUE

All slept.
"""


def read(text: str, language: str = "en") -> Work:
    return PlainReader().read(Source(text.encode(), "texts/en/a.txt", "a", language, "Fallback title"))


def texts(work: Work) -> list[str]:
    return [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]


def contents(work: Work) -> list[tuple[str, int]]:
    return [(chapter.title, chapter.level) for chapter in work.chapters]


def test_a_project_gutenberg_book_is_read_without_header_and_licence() -> None:
    work = read(HEADER + BODY.format(contents=CONTENTS) + FOOTER)
    assert work.title == "The River House And Other Rooms"
    assert work.metadata.authors == ("Ada Marlow", "B. Quill")
    assert work.metadata.language == "en"
    assert contents(work) == [
        ("CHAPTER I. THE DOOR.", 1),
        ("CHAPTER II. The Stair", 1),
        ("EPILOGUE", 1),
    ]
    assert texts(work) == [
        "THE RIVER HOUSE",
        "by Ada Marlow",
        "CHAPTER I. THE DOOR.",
        "The door stood open, and nobody came.",
        "Chapter 3 was hard.",
        "CHAPTER II. The Stair",
        "The stair went up, and a long way up it went.",
        "* * *",
        "And down.",
        "EPILOGUE",
        "All slept.",
    ]
    assert [str(problem) for problem in work.problems] == [
        "texts/en/a.txt:1: the Project Gutenberg header is not read out",
        "texts/en/a.txt:52: the Project Gutenberg licence is not read out",
    ]


def test_skipped_text_is_counted_by_reason() -> None:
    work = read(HEADER + "[Illustration: a\nhouse]\n\n" + BODY.format(contents=CONTENTS) + FOOTER)
    assert work.skipped_chars == {
        "boilerplate": count_chars(HEADER) + count_chars(FOOTER),
        "contents": count_chars(CONTENTS),
        "illustrations": len("[Illustration:ahouse]"),
        "marks": 4,
    }
    shown = sum(map(count_chars, texts(work)))
    assert work.source_chars == shown + sum(work.skipped_chars.values())


def test_line_numbers_are_right_in_a_trimmed_book() -> None:
    text = HEADER + "[Illustration: a\nhouse]\n\n" + BODY.format(contents=CONTENTS)
    lines = text.split("\n")
    for chapter in read(text).chapters:
        for paragraph in chapter.paragraphs:
            for start, number in paragraph.lines:
                word = paragraph.text[start:].split()[0]
                assert word in lines[number - 1].replace("_", "")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("*** START OF THIS PROJECT GUTENBERG EBOOK A ***", "*** END OF THIS PROJECT GUTENBERG EBOOK A ***"),
        ("***START OF THE PROJECT GUTENBERG EBOOK A***", "***END OF THE PROJECT GUTENBERG EBOOK A***"),
        (
            "*** START OF THE PROJECT GUTENBERG EBOOK A VERY\nLONG TITLE ***",
            "*** END OF THE PROJECT GUTENBERG EBOOK A",
        ),
        (
            "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
            "End of Project Gutenberg's A, by B",
        ),
        ("*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*", "End of The Project Gutenberg Etext of A"),
    ],
)
def test_older_headers_are_recognised(start: str, end: str) -> None:
    work = read(
        f"Project Gutenberg Etext\n\n{start}\n\nOne day it rained.\n\nThen it did not.\n\n{end}\n\nLicence."
    )
    assert texts(work) == ["One day it rained.", "Then it did not."]


def test_a_header_without_a_text_is_rejected() -> None:
    with pytest.raises(SourceError, match="no text to read aloud"):
        read(HEADER)


def test_prose_about_project_gutenberg_is_prose() -> None:
    text = "Books\n\nThe START OF THE PROJECT GUTENBERG EBOOK line is well known.\n\nThe end of Project Gutenberg is not."
    assert len(texts(read(text))) == 3


@pytest.mark.parametrize(
    ("language", "part", "first", "second"),
    [
        ("en", "BOOK ONE", "CHAPTER I.", "CHAPTER II."),
        ("fi", "ENSIMMÄINEN OSA", "I LUKU", "II LUKU"),
        ("pl", "CZĘŚĆ PIERWSZA", "ROZDZIAŁ PIERWSZY", "ROZDZIAŁ DRUGI"),
        ("lv", "PIRMĀ DAĻA", "1. nodaļa", "2. nodaļa"),
        ("id", "BAGIAN I", "BAB 1", "BAB 2"),
        ("sl", "PRVI DEL", "1. poglavje", "2. poglavje"),
        ("de", "Erster Teil", "Erstes Kapitel", "Zweites Kapitel"),
    ],
)
def test_parts_are_one_level_above_chapters(language: str, part: str, first: str, second: str) -> None:
    work = read(f"{part}\n\n{first}\n\nYks, kaks.\n\n{second}\n\nKol, nel.\n", language)
    assert contents(work) == [(part, 1), (first, 2), (second, 2)]


def test_a_table_of_contents_with_parts_is_skipped_and_the_first_part_is_read() -> None:
    listed = "PART I\n\nCHAPTER I\n\nCHAPTER II\n\nPART II\n\nCHAPTER I\n\n"
    body = "PART I\n\nCHAPTER I\n\nIt rained.\n\nCHAPTER II\n\nIt stopped.\n\nPART II\n\nCHAPTER I\n\nIt snowed.\n"
    work = read(f"A Title\n\n{listed}{body}")
    assert contents(work) == [
        ("PART I", 1),
        ("CHAPTER I", 2),
        ("CHAPTER II", 2),
        ("PART II", 1),
        ("CHAPTER I", 2),
    ]
    assert work.skipped_chars == {"contents": count_chars(listed)}


def test_a_table_of_contents_of_bare_numbers_is_skipped() -> None:
    listed = "Contents\n\nI. The Door\nII. The Stair\n\n"
    work = read(f"A Title\n\n{listed}CHAPTER I\n\nIt rained.\n\nCHAPTER II\n\nIt stopped.\n")
    assert work.skipped_chars == {"contents": count_chars(listed)}


def test_a_chapter_without_text_is_not_a_table_of_contents() -> None:
    work = read("CHAPTER I\n\nCHAPTER II\n\nIt rained.\n")
    assert [title for title, _ in contents(work)] == ["CHAPTER I", "CHAPTER II"]
    assert not work.skipped_chars


def test_a_chapter_line_needs_no_blank_line_after_it() -> None:
    work = read("CHAPTER I.\nIt rained, and it\nrained.\n\nCHAPTER II.\nThe Stair\n\nIt stopped.\n")
    assert texts(work) == ["CHAPTER I.", "It rained, and it rained.", "CHAPTER II. The Stair", "It stopped."]


@pytest.mark.parametrize("first", ["Silence.", "“Who is there?”", "and so it began", "x" * 90])
def test_a_short_paragraph_of_prose_is_not_a_chapter_title(first: str) -> None:
    work = read(f"CHAPTER I\n\n{first}\n\nIt rained.\n\nCHAPTER II\n\nIt stopped.\n")
    assert [title for title, _ in contents(work)] == ["CHAPTER I", "CHAPTER II"]


def test_a_text_without_chapter_lines_keeps_its_underscores_and_one_chapter_a_paragraph() -> None:
    work = read("Names\n\nA name is _private_ here.\n\nIn chapter 3 it was not.\n")
    assert texts(work) == ["Names", "A name is _private_ here.", "In chapter 3 it was not."]
    assert len(work.chapters) == 2


def test_an_only_chapter_line_at_the_top_is_the_title() -> None:
    work = read("Osa 2: alku\n\nSatoi.\n")
    assert work.title == "Osa 2: alku"
    assert work.chapters[0].paragraphs[0].kind is Kind.TITLE


def test_names_with_underscores_are_kept() -> None:
    work = read("CHAPTER I\n\nThe file_name_x and _a b_ and __c__ and _ d _.\n\nCHAPTER II\n\nb.\n")
    assert texts(work)[1] == "The file_name_x and a b and __c__ and _ d _."


def test_the_header_announces_the_language() -> None:
    announced = PlainReader().announce(HEADER.replace("English", "Finnish").encode(), "a", None)
    assert announced.language == "fi"
    assert PlainReader().announce(b"Language: Finnish", "a", None).language is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        repeated("CHAPTER I\n\n", after="a"),
        repeated("CONTENTS\n\n", after="CHAPTER I\n\na"),
        repeated("CHAPTER I\n", after="\na"),
        repeated("_a ", "CHAPTER I\n\n"),
        repeated("It rained.\n\n", "CHAPTER I\n\na\n\nCHAPTER II\n\n"),
    ],
    ids=["chapters", "contents", "lines", "emphasis", "paragraphs"],
)
def test_long_books_take_linear_time(make: Callable[[int], str]) -> None:
    assert_linear(read, make, 2_000)


PIECES = [
    *HEADER.split("\n\n"),
    *FOOTER.split("\n\n"),
    *CONTENTS.split("\n"),
    *BODY.split("\n\n"),
    "PART I",
    "_",
    "[",
    "]",
    "",
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=150)
def test_every_character_is_read_or_counted_however_a_book_is_shuffled(
    pieces: list[str], rnd: random.Random
) -> None:
    text = "".join(piece + rnd.choice(["\n\n", "\n", " "]) for piece in pieces)
    try:
        work = read(text)
    except SourceError:
        return
    shown = sum(map(count_chars, texts(work)))
    assert work.source_chars == count_chars(text) == shown + sum(work.skipped_chars.values())
    assert all(count > 0 for count in work.skipped_chars.values())


def small(body: str, header: str = "") -> str:
    return (
        f"The Project Gutenberg EBook of A\n\nTitle: A\n\n{header}*** START OF THIS PROJECT GUTENBERG EBOOK A ***\n\n"
        f"{body}\n\n*** END OF THIS PROJECT GUTENBERG EBOOK A ***\n"
    )


def test_footnotes_go_with_their_marks_and_are_counted() -> None:
    notes = "[1] Look there.\n\n{2} And\nthere.\n\n[Footnote 3: A long\n\nnote of two paragraphs.]\n\n"
    work = read(
        small(f"He came.[1] She went{{2}} away. They sang. [3]\n\nSee [4th] and [a b].\n\n{notes}The last.")
    )
    assert texts(work) == ["He came. She went away. They sang.", "See [4th] and [a b].", "The last."]
    marks = "".join(["[1]", "{2}", "[3]"])
    assert work.skipped_chars["footnotes"] == len(marks) + count_chars(notes)
    kept = PlainReader().read(
        Source(small("A b.[1]\n\n[1] Note.").encode(), "a", "a", "en", "F", narrate=frozenset(["footnotes"]))
    )
    assert texts(kept) == ["A b.[1]", "[1] Note."]


@pytest.mark.parametrize(
    "note",
    [
        "Transcriber's Note: spelling was\nkept.\n\n\n\n",
        "[Transcriber’s notes:\n\nSpelling was kept.\n\nSo were commas.]\n\n",
        "+---------------+\n| Transcriber's note: |\n|               |\n| kept.         |\n+---------------+\n\n",
        "Anmerkungen zur Transkription\n\nAlles blieb.\n\n\n\n",
        "NOTA DE TRANSCRIPCIÓN\n\nTodo igual.\n\n\n\n",
    ],
)
def test_notes_of_the_transcribers_are_left_out(note: str) -> None:
    work = read(small(f"It rained.\n\n\n\n{note}It stopped.\n\nThe sun shone."))
    assert texts(work) == ["It rained.", "It stopped.", "The sun shone."]
    assert work.skipped_chars["transcriber's notes"] == count_chars(note)


def test_a_second_header_and_a_second_book_are_found() -> None:
    older = "The Project Gutenberg Etext of A\nby B\n\n*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n"
    second = "End of the Project Gutenberg EBook of A\n\nLicence.\n\n*** START OF THE PROJECT GUTENBERG EBOOK B ***\n\n"
    work = read(small(f"{older}Produced by C\n\nHTML version by D\n\nIt rained.\n\n{second}It stopped."))
    assert texts(work) == ["It rained.", "It stopped."]


@pytest.mark.parametrize(
    "credit",
    [
        "Produced by One and Another\n\n\n\n",
        "Produced by One, Another, and the\nOnline Distributed Proofreading Team\n\n",
        "E-text prepared by One\n\n",
        "This eBook was produced by One\n\nHTML version by Another\n\n",
        "\n[Transcribed from the 1891 edition by One]\n\n",
    ],
)
def test_credits_are_left_out_where_the_header_was_removed(credit: str) -> None:
    work = read(f"{credit}THE HOUSE\n\nIt rained.")
    assert texts(work) == ["THE HOUSE", "It rained."]
    assert work.skipped_chars["boilerplate"] == count_chars(credit)


@pytest.mark.parametrize(
    "beginning", ["Produced by a school.", "Prepared by One for Another", "Transcribed from the tape"]
)
def test_a_text_of_its_own_may_begin_like_credits(beginning: str) -> None:
    assert texts(read(f"{beginning}\n\nIt rained.")) == [beginning, "It rained."]


def test_signs_for_bold_and_italics_are_not_read() -> None:
    work = read(small("=Bold= and _up_ and _up_2 and a=b and #big# and x_y.\n\nEnd."))
    assert texts(work)[0] == "Bold and up and up2 and a=b and big and x_y."


def test_lines_that_end_in_two_returns_are_single_lines() -> None:
    text = small("It rained\nand rained.\n\nIt stopped.").replace("\n", "\r\r\n")
    assert texts(read(text)) == ["It rained and rained.", "It stopped."]


def test_a_drawn_frame_is_not_read() -> None:
    work = read(small("+-------+\n| one | two |\n| three |\n+-------+\n\nEnd of it."))
    assert texts(work) == ["one, two three", "End of it."]


def test_a_publishers_list_after_the_end_is_left_out() -> None:
    prose = "It rained and rained, and nobody came to the house by the river.\n\n" * 60
    books = "BY THE SAME AUTHOR\n\n" + "A Book. Crown 8vo, cloth. $1.50 net.\n" * 8
    work = read(small(f"CHAPTER I\n\n{prose}CHAPTER II\n\n{prose}THE END\n\n{books}"))
    assert work.skipped_chars["advertisements"] == count_chars(books)
    assert texts(work)[-1] == "THE END"


POEM = [
    "The river ran beneath the hill,",
    "And all the boats were lying still;",
    "A bell",
    "Was ringing from the mill.",
]


def test_verse_keeps_its_lines_and_prose_does_not() -> None:
    words = "the man walked down the long road and at the end of it he saw a dog that was asleep in the sun ".split()
    lines, line = [], ""
    for word in words * 40:
        if len(line) + len(word) > 70:
            lines.append(line.strip())
            line = ""
        line += f"{word} "
    prose = "\n".join(lines)
    work = read(small(f"{prose}\n\n" + "".join(f"  {each}\n" for each in POEM) + f"\n{prose}"))
    assert texts(work)[1] == "\n".join(POEM)
    assert "\n" not in texts(work)[0]
    verses = read(small("\n\n".join("\n".join(POEM) for _ in range(30))))
    assert set(texts(verses)) == {"\n".join(POEM)}


def test_the_encoding_of_the_header_is_believed_if_the_bytes_agree() -> None:
    text = small("Käärme söi.\n\nLoppu.", "Character set encoding: ISO-8859-1\n\n")
    work = PlainReader().read(Source(text.encode("latin-1"), "a.txt", "a", "fi", "F"))
    assert texts(work) == ["Käärme söi.", "Loppu."]
    assert work.encoding is None
    assert str(work.problems[0]).startswith("a.txt:5: the text is not UTF-8; it is read as iso-8859-1")
    quoted = small("“Käärme”.\n\nLoppu.", "Character set encoding: ISO-8859-1\n\n").encode("cp1252")
    assert texts(PlainReader().read(Source(quoted, "a.txt", "a", "fi", "F")))[0] == "“Käärme”."
    with pytest.raises(SourceError, match="not UTF-8"):
        PlainReader().read(
            Source(text.replace("ISO-8859-1", "ASCII").encode("latin-1"), "a.txt", "a", "fi", "F")
        )
