"""Files as people have them: what is read of each, and what is left out and counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from audiobook.document import Work
from audiobook.sources.base import Source, announced, read_work, reader_for

NOTES: Final = {"noterefs", "footnotes"}
CASES: Final[dict[str, tuple[list[tuple[str, str]], set[str]]]] = {
    "d2-superscripts.docx": (
        [("", "Sup|The war ended in 1945 and the 20th century had 10⁶ things in 5 m². He fell. H2O.")],
        {"noterefs"},
    ),
    "f01-reciprocal-links.epub": (
        [("One", "A Little Book|One|The city fell. The wall stood. All wept.")],
        NOTES,
    ),
    "f02-sup-fused.epub": (
        [
            (
                "One",
                "A Little Book|One|The war ended in 1945 and the treaty of 1990. It cost $200 each; the ratio was "
                "10⁶ to 1, i.e. 10⁻³ and 2¹⁰. Area 50 km².|He said so. And again, and more.|"
                "Footnote by class and and and.",
            )
        ],
        NOTES,
    ),
    "f04-ol-notes.epub": ([("One", "A Little Book|One|The city fell. All wept.")], NOTES),
    "f07-heading-spans.epub": (
        [
            ("Chapter 1: The Arrival", "A Little Book|Chapter 1\nThe Arrival|She came."),
            ("2 The Leaving", "2\nThe Leaving|She left."),
            ("Chapter Three: A Return", "Chapter Three\nA Return|Back."),
        ],
        set(),
    ),
    "f20-frontmatter.epub": (
        [
            ("Dedication", "A Little Book|For my cat"),
            ("One", "One|She came."),
            ("Two", "Two|She left."),
            ("Newsletter", "Sign up for our newsletter at http://example.org/news"),
        ],
        {"bibliography", "imprint", "picture", "titlepage", "toc"},
    ),
    "f30-alt-placeholders.epub": (
        [("One", "A Little Book|One|Picture: A dog under a tree|Text.")],
        {"picture"},
    ),
    "f31-one-entry-nav.epub": (
        [
            ("Chapter 1", "A Little Book|Chapter 1|She came."),
            ("Chapter 2", "Chapter 2|She left."),
            ("Chapter 3", "Chapter 3|She slept."),
        ],
        set(),
    ),
    "f33-pg-old-epub.epub": ([("A LITTLE BOOK", "A LITTLE BOOK|Once upon a time.")], {"boilerplate"}),
    "f39-epub3-landmarks.epub": (
        [("One", "A Little Book|One|She came.")],
        {"imprint", "index", "titlepage", "toc"},
    ),
    "h1-blog.en.html": (
        [
            ("How to Walk", "How to Walk|By Ann Other · 5 min read · March 5, 2024|First you stand."),
            ("Stand", "Stand|Stand up now.|Quote me.|Caption."),
        ],
        {"navigation", "noterefs", "picture"},
    ),
    "h3-fragment.en.html": (
        [
            ("Fallback", "Just a paragraph.|Another one\nbroken."),
            ("Chapter 1", "Chapter 1|Text. Under & more|* * *|Last"),
        ],
        set(),
    ),
    "m0-frontmatter-tags.en.md": ([("Hello.", "A|Hello.")], {"front matter"}),
    "m1-frontmatter-draft.en.md": ([("Hello.", "My Note|Hello.")], {"front matter", "marks"}),
    "m4-frontmatter-pandoc.en.md": (
        [("My Note", "A Post: with colon|My Note|Hello.")],
        {"front matter", "marks"},
    ),
    "r05-sup-notes-no-links.epub": (
        [
            (
                "One",
                "A Little Book|One|The city fell. The wall stood, says he. The end. And more.|In the 20th century Mme "
                "Curie measured 5 m² and 10³ things; E = mc². Water is H2O and v1 is speed.",
            )
        ],
        {"noterefs"},
    ),
    "r06-chapter-end-notes-section.epub": (
        [("One", "A Little Book|One|The city fell. All wept."), ("Two", "Two|They built again.")],
        NOTES,
    ),
    "r08-ruby.epub": (
        [
            (
                "第一章",
                "A Little Book|第一章|彼は神聖文字を読んだ。|喰い殺された。|彼は憂鬱な気分だった。憂鬱な春。|武蔵が来た。",
            )
        ],
        {"ruby"},
    ),
    "r09b-two-line-titles-notoc.epub": (
        [
            ("01 The Arrival", "A Little Book|01\nThe Arrival|She came."),
            ("DVA The Leaving", "DVA\nThe Leaving|She left."),
            ("3 The Return", "3\nThe Return|She came back."),
            ("4 The End", "4\nThe End|She stayed."),
        ],
        set(),
    ),
    "r11-caps-dropcaps.epub": (
        [
            (
                "One",
                "A Little Book|One|IT WAS A DARK NIGHT and the US Army met NASA in the SUV.|The fox SAID HELLO TO MRS "
                "SMITH.|This began with a picture.|Once upon a time.|“What?” she said. A man came.",
            )
        ],
        set(),
    ),
    "r15-image-titles.epub": (
        [
            (
                "Chapter I: The Awoken Princess",
                "A Little Book|Chapter I: The Awoken Princess|The princess awoke.",
            ),
            ("Chapter II: The Crimson Nocturne", "Chapter II: The Crimson Nocturne|The night was red."),
            ("Chapter III: The Dawn", "Chapter III: The Dawn|Dawn came."),
        ],
        {"picture"},
    ),
}


@pytest.fixture
def read(shared: Path) -> Callable[..., Work]:
    def read_case(name: str, *narrate: str) -> Work:
        data = (shared / "cases" / "reading" / name).read_bytes()
        language = announced(reader_for(name), data, name, None).language or "en"
        return read_work(Source(data, name, "case", language, "Fallback", narrate=frozenset(narrate)), name)

    return read_case


def shape(work: Work) -> list[tuple[str, str]]:
    return [(chapter.title, "|".join(each.text for each in chapter.paragraphs)) for chapter in work.chapters]


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_read_without_what_is_not_its_text(name: str, read: Callable[..., Work]) -> None:
    chapters, left_out = CASES[name]
    work = read(name)
    found = shape(work)
    assert [text for _, text in found] == [text for _, text in chapters]
    assert [
        title for title, wanted in zip(found, chapters, strict=True) if wanted[0] not in ("", title[0])
    ] == []
    assert set(work.skipped_chars) == left_out


def test_notes_are_read_at_their_marks(read: Callable[..., Work]) -> None:
    assert shape(read("f01-reciprocal-links.epub", "footnotes")) == [
        (
            "One",
            "A Little Book|One|The city fell. The wall stood. All wept.|Footnote 1. Smith.|Footnote 2. Jones.|"
            "Footnote 3. Kent.|Footnote 4. Last.",
        )
    ]


def test_markdown_of_every_dialect_is_read_without_its_signs(read: Callable[..., Work]) -> None:
    text = "\n".join(text for _, text in shape(read("m5-gfm-body.en.md")))
    for sign in (
        "[[",
        "[^",
        "~~",
        "==",
        "$",
        "|-",
        "<",
        "%%",
        "{#",
        "[!",
        "[x]",
        ":smile:",
        "comment",
    ):
        assert sign not in text, sign
    assert "See that note and #tag. Footnote here. high x² and code." in text
    assert (
        read("m0-frontmatter-tags.en.md").problems[0].message == "“tags” is not a known key, so it is ignored"
    )
