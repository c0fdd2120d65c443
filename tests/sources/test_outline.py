"""Arranging blocks into chapters with titles, for every format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import Chapter, Kind, Metadata, Paragraph, Problem, Work
from audiobook.errors import SourceError
from audiobook.sources.base import Source
from audiobook.sources.outline import Block, assemble_work, build_work, opening_title
from audiobook.sources.title_page import says_title
from audiobook.sources.title_text import MAX_TITLE_CHARS, shorten, title_text

INVISIBLE = {
    "soft hyphen": "\u00ad",
    "zero-width space": "\u200b",
    "byte order mark": "\ufeff",
    "word joiner": "\u2060",
    "left-to-right mark": "\u200e",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
}


def text(words: str, kind: Kind = Kind.TEXT) -> Block:
    return Block(Paragraph(words, kind, ((0, 1),)))


def heading(words: str, level: int) -> Block:
    return Block(Paragraph(words, Kind.HEADING, ((0, 1),)), level)


TITLE = text("Otsikko", Kind.TITLE)
BREAK = text("* * *", Kind.BREAK)


def build(*blocks: Block, title: str | None = None, fallback: str = "Fallback", slug: str = "slug") -> Work:
    source = Source(b"", "texts/fi/a.txt", slug, "fi", fallback)
    return build_work(source, Metadata(title), blocks, source_chars=0)


def shape(work: Work) -> list[tuple[str, int, list[str]]]:
    return [
        (chapter.title, chapter.level, [paragraph.text for paragraph in chapter.paragraphs])
        for chapter in work.chapters
    ]


def test_headings_start_chapters() -> None:
    work = build(heading("A", 1), text("a"), text("b"), heading("B", 2), text("c"))
    assert shape(work) == [("A", 1, ["A", "a", "b"]), ("B", 2, ["B", "c"])]


def test_a_chapter_may_consist_of_a_heading() -> None:
    assert shape(build(heading("A", 1), heading("B", 2), text("b"))) == [
        ("A", 1, ["A"]),
        ("B", 2, ["B", "b"]),
    ]


def test_without_headings_each_paragraph_is_a_chapter_and_breaks_join_the_previous_one() -> None:
    work = build(text("Yksi."), BREAK, text("Kaksi."), text("Kolme."))
    assert shape(work) == [
        ("Yksi.", 1, ["Yksi.", "* * *"]),
        ("Kaksi.", 1, ["Kaksi."]),
        ("Kolme.", 1, ["Kolme."]),
    ]


@pytest.mark.parametrize("before", [[TITLE], [BREAK], [TITLE, BREAK], [BREAK, BREAK]])
@pytest.mark.parametrize("first", [text("Alku."), heading("Alku.", 2)])
def test_title_and_breaks_before_the_first_chapter_belong_to_it(before: list[Block], first: Block) -> None:
    work = build(*before, first, text("Lisää."), title="Otsikko")
    assert work.chapters[0].title == "Alku."
    assert [each.text for each in work.chapters[0].paragraphs][: len(before) + 1] == [
        *(block.paragraph.text for block in before),
        "Alku.",
    ]


def test_text_before_the_first_heading_is_a_chapter_named_after_the_work() -> None:
    work = build(TITLE, text("Alku."), heading("A", 2), text("a"), title="Otsikko")
    assert shape(work) == [("Otsikko", 1, ["Otsikko", "Alku."]), ("A", 1, ["A", "a"])]


def test_a_title_followed_only_by_breaks_is_a_chapter() -> None:
    assert shape(build(TITLE, BREAK, title="Otsikko")) == [("Otsikko", 1, ["Otsikko", "* * *"])]


def test_levels_count_from_one() -> None:
    work = build(heading("A", 3), heading("B", 5), heading("C", 2), heading("D", 2))
    assert [chapter.level for chapter in work.chapters] == [2, 4, 1, 1]


@pytest.mark.parametrize("blocks", [[], [BREAK], [BREAK, text("…!")]])
def test_a_text_without_words_is_rejected_by_name(blocks: list[Block]) -> None:
    with pytest.raises(SourceError) as caught:
        build(*blocks)
    assert caught.value.where == "texts/fi/a.txt"
    assert caught.value.message == "contains no text to read aloud"


def test_the_title_comes_from_the_text_or_the_file_name_or_the_slug() -> None:
    assert build(text("a"), title="Oma").title == "Oma"
    assert build(text("a"), title=None).title == "Fallback"
    assert build(text("a"), title="\u200b").title == "Fallback"
    assert build(text("a"), title=None, fallback=" \x07").title == "slug"


def test_a_work_can_be_built_from_ready_chapters() -> None:
    source = Source(b"", "a", "slug", "fi", "Fallback")
    chapters = [Chapter("A", 2, (text("a").paragraph,)), Chapter("B", 1, (text("b").paragraph,))]
    work = assemble_work(source, Metadata(), chapters, source_chars=3, skipped_chars={"code": 1})
    assert work.chapters == tuple(chapters)
    assert (work.title, work.source_chars, work.skipped_chars) == ("Fallback", 3, {"code": 1})
    with pytest.raises(SourceError, match="contains no text to read aloud"):
        assemble_work(source, Metadata(), [], source_chars=0)


def test_an_untitled_chapter_is_named_after_its_heading_or_opening_words() -> None:
    assert opening_title([BREAK.paragraph, heading("A", 1).paragraph, text("a").paragraph]) == "A"
    assert opening_title([text("sana " * 20).paragraph]) == "sana " * 8 + "sana…"
    assert opening_title([BREAK.paragraph]) == ""


def test_only_a_title_near_the_start_counts_as_read() -> None:
    assert says_title([BREAK.paragraph, text("THE BOOK.").paragraph], "The Book")
    assert not says_title([text("a").paragraph] * 10 + [text("The Book").paragraph], "The Book")


def test_problems_of_the_reader_keep_their_order() -> None:
    problems = [Problem("a:9", "later"), Problem("a:1", "earlier")]
    source = Source(b"", "a", "slug", "fi", "Fallback")
    work = build_work(source, Metadata(), [text("a")], problems=problems, source_chars=1)
    assert work.problems == tuple(problems)
    assert str(work.problems[0]) == "a:9: later"


def test_a_title_is_one_line_without_control_characters() -> None:
    assert title_text(" a\tb\n c\x00d\x1b[31me\x7ff\u2028g ") == "a b c d [31me f g"


@pytest.mark.parametrize("sign", INVISIBLE.values(), ids=INVISIBLE)
def test_invisible_characters_are_removed_from_a_title(sign: str) -> None:
    assert title_text(f"ää{sign}ni{sign} kirja{sign}") == "ääni kirja"


def test_joiners_are_kept_in_a_title() -> None:
    assert title_text("می\u200cخواهم") == "می\u200cخواهم"
    assert title_text("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"


def test_a_title_from_opening_words_is_shorter_than_one_from_a_heading() -> None:
    words = "sana " * 20 + "loppu"
    assert build(text(words)).chapters[0].title == "sana " * 8 + "sana…"
    assert build(heading(words, 1)).chapters[0].title == words


def test_a_long_title_is_cut_at_a_word() -> None:
    title = title_text("sana " * 100)
    assert MAX_TITLE_CHARS - len("sana sana") <= len(title) <= MAX_TITLE_CHARS
    assert title.endswith(" sana…")


def test_a_title_of_many_megabytes_is_cut() -> None:
    assert len(title_text("x" * 20_000_000)) == MAX_TITLE_CHARS


@pytest.mark.parametrize("sign", ["\u200b", "\x01", " "])
@pytest.mark.parametrize("level", [0, 1])
def test_a_chapter_has_a_title_however_late_its_words_start(sign: str, level: int) -> None:
    words = sign * 5000 + "Alku."
    first = heading(words, level) if level else text(words)
    for blocks in ([first, text("b")], [TITLE, first]):
        assert all(chapter.title for chapter in build(*blocks, title="Otsikko").chapters)


@pytest.mark.parametrize(
    ("words", "length", "short"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("yksi kaksi kolme", 12, "yksi kaksi…"),
        ("yksi, kaksi", 7, "yksi…"),
        ("yksi – kaksi", 9, "yksi…"),
        ("a yhdyssanahirviö", 10, "a yhdyssa…"),
    ],
)
def test_a_text_is_shortened_at_a_space_without_trailing_punctuation(
    words: str, length: int, short: str
) -> None:
    assert shorten(words, length) == short


@given(words=st.text(), length=st.integers(2, 50))
def test_a_shortened_text_is_never_too_long_and_keeps_its_start(words: str, length: int) -> None:
    short = shorten(words, length)
    assert len(short) <= length
    assert short == words or words.startswith(short.removesuffix("…"))


BLOCKS = st.one_of(
    st.builds(text, st.text("ab .*\u200b", min_size=1, max_size=60)),
    st.builds(heading, st.text("ab ", min_size=1, max_size=60).filter(str.strip), st.integers(1, 6)),
    st.just(BREAK),
)


@given(blocks=st.lists(BLOCKS, max_size=12), titled=st.booleans())
def test_every_paragraph_is_in_one_chapter_in_order(blocks: list[Block], titled: bool) -> None:
    blocks = [block for block in blocks if block.level or not block.paragraph.text.isspace()]
    blocks = [TITLE, *blocks] if titled else [*blocks, text("a")]
    work = build(*blocks, title="Otsikko" if titled else None)
    inside = [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]
    assert inside == [block.paragraph for block in blocks]
    assert all(chapter.level >= 1 and chapter.paragraphs for chapter in work.chapters)
    levels = [block.level for block in blocks if block.level]
    if levels:
        found = [chapter.level for chapter in work.chapters][-len(levels) :]
        assert found == [level - min(levels) + 1 for level in levels]


PROSE = "It was a long day, and nobody had seen the dog since noon."


def titles(work: Work) -> list[str]:
    return [chapter.title for chapter in work.chapters]


def test_the_lines_of_a_title_page_that_are_headings_are_one_chapter() -> None:
    work = build(
        heading("The Quiet House", 1),
        heading("By Ann Other", 2),
        heading("Copyright 1912", 2),
        heading("One", 1),
        text(PROSE),
        title="The Quiet House",
    )
    assert titles(work) == ["The Quiet House", "One"]
    assert len(work.chapters[0].paragraphs) == 3


@pytest.mark.parametrize("first", ["Part One", "By the sea", "By Night"])
def test_a_heading_that_is_above_others_or_has_text_stays_a_chapter(first: str) -> None:
    part = build(heading("Part One", 1), heading("One", 1), text(PROSE))
    assert titles(part) == ["Part One", "One"]
    assert titles(build(heading(first, 1), text(PROSE), heading("Two", 1), text(PROSE))) == [first, "Two"]


def test_what_project_gutenberg_adds_is_left_out_of_every_format() -> None:
    added = [
        text("The Project Gutenberg EBook of Emma"),
        text("*** START OF THIS PROJECT GUTENBERG EBOOK EMMA ***"),
        text("Produced by Volunteers"),
    ]
    after = [text("*** END OF THIS PROJECT GUTENBERG EBOOK EMMA ***"), text("You may copy it.")]
    work = build(*added, heading("One", 1), text(PROSE), heading("Two", 1), text(PROSE), *after)
    assert titles(work) == ["One", "Two"]
    said = "".join(block.paragraph.text for block in (*added, *after)).replace(" ", "")
    assert work.skipped_chars["boilerplate"] == len(said)
    assert "Project Gutenberg" in work.problems[0].message
    assert titles(build(heading("One", 1), text("Project Gutenberg is a library."), *after)) == ["One"]
