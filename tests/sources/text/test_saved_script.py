"""Saved scripts: what is written reads back as the same passages."""

import re

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import (
    Chapter,
    Choice,
    ForeignText,
    Kind,
    Metadata,
    Paragraph,
    Pause,
    Phonemes,
    Saying,
    Work,
    is_speakable,
)
from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, read_work
from audiobook.sources.text.saved_script import script_markdown

METADATA = Metadata(
    title="A: “Book” #1",
    authors=("First \\ Author", 'Second "Quoted" Author'),
    narrator="A Voice",
    language="en",
    date="2024-05",
    description="One line.\n\nAnother: with a colon.",
    series="Evenings",
    series_position="2.5",
    choice=Choice("1-3", ("Index", "4")),
)
HOSTILE = (
    "1. Not a list, 2) neither",
    "- no item * no + emphasis _at_ all __here__",
    "# no heading",
    "> no quote",
    "---",
    "===",
    ":::",
    "::: {voice=x}",
    "* * *",
    "⁂",
    "[x]{say=y} and {pause=2s} and \\{b}",
    "a\\",
    "a `code` <b>bold</b> <http://example.org> &amp; &#65; AT&T ~~no~~ ==no== %%no%% $x^2$ | a | b |",
    "Say :smile: or 10:30: or [@author] {{ x }} {% y %} and x {#id}",
    "![no](picture.png) [no](link) [^1] [[wiki]] {#id} {.class}",
    "A line of verse,\n# the next\n1. and the last\\",
    "Control \x01 and \x85 and \u2028 signs\ttab",
    "\ufeffInvisible\u00ad hyphens",
)


def reread(work: Work) -> Work:
    text = script_markdown(work, saved="a.epub", cover=None)
    return read_work(Source(text.encode(), "a.script.md", "a", "en", "Fallback"), "a.script.md")


def passages(work: Work) -> list[object]:
    """Return everything that the clips and the order of a book depend on."""
    return [
        (
            chapter.title,
            chapter.level,
            [
                (one.kind, one.voice, one.sayings and len(one.sayings), spoken(one))
                for one in chapter.paragraphs
            ],
        )
        for chapter in work.chapters
    ]


def spoken(paragraph: Paragraph) -> list[tuple[str, int | None, list[str]]]:
    said = narrate(paragraph, "en", pronounce=lambda _language, _character, phonemes, _otherwise: phonemes)
    return [(one.language, one.pause_ms, [each.text for each in one.sentences]) for one in said]


def work_of(*chapters: Chapter, title: str = "A: “Book” #1") -> Work:
    return Work("a", "en", title, chapters, "a.epub", metadata=METADATA)


def paragraph(text: str, kind: Kind = Kind.TEXT) -> Paragraph:
    return Paragraph(text, kind if is_speakable(text) else Kind.BREAK)


def test_text_that_looks_like_markdown_comes_back_as_text() -> None:
    chapters = [Chapter("One", 1, (paragraph("Start"), *map(paragraph, HOSTILE)))]
    chapters += [
        Chapter(f"{text} {number}", 1, (paragraph(f"{text} x"),))
        for number, text in enumerate(HOSTILE)
        if "\n" not in text and text.isprintable()
    ]
    work = work_of(*chapters)
    back = reread(work)
    assert not back.problems
    assert passages(back) == passages(work)


def test_chapters_headings_and_the_title_come_back_where_they_were() -> None:
    work = work_of(
        Chapter("Opening words", 1, (paragraph("The Title", Kind.TITLE), paragraph("Opening words of it."))),
        Chapter("I: The Sea", 2, (paragraph("I\nThe Sea", Kind.HEADING), paragraph("It is wet."))),
        Chapter(
            "II",
            8,
            (paragraph("II", Kind.HEADING), paragraph("Of the sea", Kind.HEADING), paragraph("Deep.")),
        ),
        Chapter("Without {a} heading", 3, (paragraph("* * *"), paragraph("Words."))),
        Chapter("Part Two", 1, (paragraph("Part Two", Kind.HEADING),)),
    )
    assert passages(reread(work)) == passages(work)
    assert reread(work).title == work.title
    titled = paragraph("The Title", Kind.TITLE)
    for alone in (
        work_of(Chapter("A", 1, (titled,)), Chapter("B", 1, (paragraph("Words."),))),
        work_of(Chapter("A: “Book” #1", 1, (titled,))),
    ):
        assert passages(reread(alone)) == passages(alone)


def test_metadata_and_the_chosen_chapters_come_back() -> None:
    back = reread(work_of(Chapter("One", 1, (paragraph("Words."),)))).metadata
    assert back == Metadata(
        **{
            **{name: getattr(METADATA, name) for name in METADATA.__struct_fields__},
            "choice_where": back.choice_where,
        }
    )


def test_marks_come_back() -> None:
    text = "He said « Bonjour, madame Ying » to SQL and XIV people. Then he left."
    at = text.index
    said = Paragraph(
        text,
        Kind.TEXT,
        foreign=(ForeignText(at("«"), at("»") + 1, "fr"),),
        sayings=(
            Saying(at("Bonjour"), at(", madame"), "x"),
            Saying(at("Ying"), at(" SQL"), 'a "b" \\ c'),  # crosses the end of the quotation
            Saying(at("SQL"), at(" and XIV"), None, Phonemes('"si:kw@l', "x-sampa")),
            Saying(at("XIV"), at(" people"), None, manner="cardinal"),
        ),
        pauses=(Pause(0, 1500), Pause(at("Then"), 2000), Pause(len(text), 250)),
        voice="a voice",
    )
    whole = Paragraph("Tout est dit. [b]", Kind.TEXT, foreign=(ForeignText(0, 13, "fr"),), language="fr")
    work = work_of(Chapter("One", 1, (said, paragraph("Mine."), whole)))
    back = reread(work)
    assert not back.problems
    [first, _, last] = back.chapters[0].paragraphs
    assert (first.foreign, first.sayings, first.pauses, first.voice) == (
        said.foreign,
        said.sayings,
        said.pauses,
        said.voice,
    )
    assert (last.text, last.language) == (whole.text, "fr")
    assert passages(back) == passages(work)


@pytest.mark.slow
@given(
    st.lists(
        st.text("ab1. \n#>*_[]{}()<>&;:-+=~|$^%\\`\"'!é語", min_size=1, max_size=40), min_size=1, max_size=4
    )
)
@hypothesis_settings(max_examples=80)
def test_any_text_comes_back(texts: list[str]) -> None:
    cleaned = [re.sub(r"\s*\n\s*", "\n", text.strip()) for text in ["Start", *texts]]
    work = work_of(Chapter("One", 1, tuple(paragraph(text) for text in cleaned if text)))
    assert passages(reread(work)) == passages(work)
