"""Captions are valid for two strict parsers, have lines that fit, and match the times of the record."""

import re
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from unicodedata import category

import pytest
from clients import seen_by_npm
from growth import assert_linear
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from records import chapter, paragraph, record, sentence
from webvtt_python import WebVTTParser

from audiobook.book.captions.cues import LONGEST_LINE_CHARS
from audiobook.book.captions.formats import captions
from audiobook.book.extra_files import Captions
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record
from audiobook.document import Kind

STAMP = re.compile(r"<[0-9:.]+>")
LONG = "Words " * 60 + "end."


def spoken(*paragraphs: ParagraphRecord, end: int | None = None) -> tuple[ChapterRecord, ...]:
    return (ChapterRecord("One", 1, 0, end or 1000 * len(paragraphs), paragraphs),)


def shown_as(name: str, book: Record, chapters: tuple[ChapterRecord, ...]) -> bytes:
    return captions(book, chapters, [name])[name]


class Watched(str):
    """A text whose removal from memory can be noticed."""


def cues(chapters: Iterable[ChapterRecord], narrator: str = "A Voice") -> list[tuple[str, str]]:
    """Return the times and the text of each cue, as read by a strict parser."""
    chapters = tuple(chapters)
    text = shown_as("vtt", record(chapters=chapters, narrator=narrator), chapters).decode()
    WebVTTParser(strict=True).parse(text)
    blocks = text.rstrip("\n").split("\n\n")
    assert blocks[:2] == ["WEBVTT", "NOTE Made by audiobook"]
    return [(times, STAMP.sub("", body)) for block in blocks[2:] for times, body in [block.split("\n", 1)]]


def test_a_sentence_is_a_cue_with_the_times_of_the_record_and_its_voice() -> None:
    assert cues(spoken(paragraph("One."), paragraph("Two.", 1000))) == [
        ("00:00:00.000 --> 00:00:01.000", "<v A Voice>One."),
        ("00:00:01.000 --> 00:00:02.000", "<v A Voice>Two."),
    ]


def test_a_long_sentence_is_cut_into_cues_of_two_lines_timed_by_their_first_words() -> None:
    found = cues(spoken(paragraph(LONG)))
    assert len(found) == 5
    shown = [re.sub("<[^>]*>", "", body).split("\n") for _, body in found]
    assert all(len(lines) <= 2 and max(map(len, lines)) <= LONGEST_LINE_CHARS for lines in shown)
    assert " ".join(line for lines in shown for line in lines) == LONG
    second = len(" ".join(shown[0])) + 1
    assert found[1][0].startswith(f"00:00:00.{second * 1000 // len(LONG):03}")
    assert found[0][0].partition(" --> ")[2] == found[1][0].partition(" --> ")[0]


def test_without_word_times_a_cut_sentence_is_timed_by_its_letters() -> None:
    one = paragraph(LONG)
    bare = ParagraphRecord(one.kind, "", 1, LONG, (), (), (sentence("", 0, len(LONG), 0, 9000),))
    starts = [times.split(" ")[0] for times, _ in cues(spoken(bare, end=9000))]
    assert starts == sorted(set(starts))
    assert len(starts) == 5


def test_cues_that_begin_within_a_long_word_share_its_time() -> None:
    text = "See " + "a" * 290 + " there."
    words = ((0, 3, 0), (4, 290, 8000), (295, 6, 64_000))
    one = ParagraphRecord(Kind.TEXT, "", 1, text, (), (), (SentenceRecord(0, len(text), 0, 72_000, words),))
    found = cues(spoken(one, end=9000))
    assert [times for times, _ in found] == [
        "00:00:00.000 --> 00:00:02.010",
        "00:00:02.010 --> 00:00:04.030",
        "00:00:04.030 --> 00:00:06.051",
        "00:00:06.051 --> 00:00:08.000",
        "00:00:08.000 --> 00:00:09.000",
    ]


def test_a_sentence_of_one_word_is_shown_for_its_whole_duration() -> None:
    one = ParagraphRecord(
        Kind.TEXT, "", 1, "日" * 300, (), (), (SentenceRecord(0, 300, 0, 72_000, ((0, 300, 0),)),)
    )
    starts = [times.split(" ")[0] for times, _ in cues(spoken(one, end=9000))]
    assert starts == ["00:00:00.000", "00:00:02.520", "00:00:05.040", "00:00:07.560"]


@pytest.mark.parametrize(
    "text",
    ["日" * 100, "e\u0301" * 60, "ก็ที่" * 30, "כָּ" * 60, "👩\u200d👧" * 40, "👍🏽" * 40, "日本語で。」" * 30],
)
def test_text_without_spaces_is_cut_but_never_within_a_letter_or_before_its_stop(text: str) -> None:
    chapters = spoken(paragraph(text))
    bodies = [body.removeprefix("<v A Voice>") for _, body in cues(chapters)]
    lines = "\n".join(bodies).split("\n")
    assert "".join(lines) == text
    assert max(map(len, lines)) <= LONGEST_LINE_CHARS
    assert min(map(len, lines[:-1])) >= LONGEST_LINE_CHARS - 4
    assert not [line for line in lines if line[0] in "。」\u200d🏽" or category(line[0]).startswith("M")]
    assert not [line for line in lines if line[-1] == "\u200d"]
    shown = shown_as("lrc", record(chapters=chapters), chapters).decode()
    assert "".join(re.findall(r"(?m)^\[\d\d:\d\d\.\d\d\](.*)", shown)) == text


def test_lines_of_verse_stay_lines() -> None:
    [(_, body)] = cues(spoken(paragraph("Roses are red,\nviolets are blue.")))
    assert body == "<v A Voice>Roses are red,\nviolets are blue."


def test_foreign_parts_are_tagged_on_each_line() -> None:
    text = "He said: " + "sana " * 20 + "and left."
    found = cues(spoken(paragraph(text, 0, ((9, 108, "fi"),))))
    assert found[0][1].startswith("<v A Voice>He said: <lang fi>sana ")
    assert found[0][1].count("<lang fi>") == found[0][1].count("</lang>") == 2
    assert found[-1][1].endswith("</lang> and left.")


def test_special_characters_are_escaped() -> None:
    [(_, body)] = cues(spoken(paragraph("a --> b & <c.d> &amp; 1\u2028 2\x0b3")), narrator="<Ann> & Bo\n")
    assert body == "<v (Ann) + Bo>a --&gt; b &amp; &lt;c.d&gt; &amp;amp; 1 2 3"


def test_words_after_the_first_of_a_cue_have_timestamps_inside_it() -> None:
    text = "One two <three> vier fünf."
    words = ((0, 3, 0), (4, 3, 2000), (8, 7, 2000), (16, 4, 4000), (21, 5, 8000))
    said = (SentenceRecord(0, len(text), 0, 8000, words),)
    chapters = spoken(ParagraphRecord(Kind.TEXT, "", 1, text, ((16, 25, "de"),), (), said))
    shown = shown_as("vtt", record(chapters=chapters), chapters).decode().rpartition("\n00:")[2]
    assert shown == (
        "00:00.000 --> 00:00:01.000\n<v A Patient Voice>One <00:00:00.250>two &lt;three&gt; "
        "<00:00:00.500><lang de>vier fünf</lang>.\n"
    )


def test_srt_and_lrc_show_the_same_cues_as_plain_text() -> None:
    chapters = spoken(paragraph("<b>One</b> {\\an8} & --> two."), paragraph("[00:09.00]\nThree.", 1005))
    book = record(chapters=chapters)
    assert shown_as("srt", book, chapters).decode() == (
        "1\n00:00:00,000 --> 00:00:01,000\n‹b›One‹/b› (\\an8) & --› two.\n\n"
        "2\n00:00:01,005 --> 00:00:02,005\n[00:09.00]\nThree.\n"
    )
    assert shown_as("lrc", book, chapters).decode().splitlines()[-2:] == [
        "[00:00.00]‹b›One‹/b› (\\an8) & --› two.",
        "[00:01.00](00:09.00) Three.",
    ]


def test_unspoken_text_has_no_cue() -> None:
    rest = ParagraphRecord(Kind.BREAK, "", 1, "* * *", (), (), ())
    assert len(cues(spoken(paragraph("One."), rest))) == 1


def test_a_hundred_hours_and_more_are_written(tmp_path: Path) -> None:
    late = 101 * 3600 * 1000
    chapters = (chapter("a", 0, ("One.",), late), chapter("b", late, ("Two.",)))
    (tmp_path / "a.vtt").write_bytes(shown_as("vtt", record(chapters=chapters), chapters))
    assert "\n101:00:00.000 --> 101:00:01.000\n" in (tmp_path / "a.vtt").read_text("utf-8")
    assert seen_by_npm("captions", [tmp_path / "a.vtt"]) == [[]]


def test_times_of_a_part_count_from_its_own_start() -> None:
    assert cues([chapter("b", 5000, ("Two.",))])[0][0] == "00:00:00.000 --> 00:00:01.000"


def test_cues_of_no_length_last_a_moment_and_stay_in_order() -> None:
    said = (sentence("a b c", 0, 1, 500, 0), sentence("a b c", 2, 3, 500, 0), sentence("a b c", 4, 5, 500, 9))
    one = ParagraphRecord(Kind.TEXT, "", 1, "a b c", (), (), said)
    assert [times for times, _ in cues(spoken(one))] == [
        "00:00:00.500 --> 00:00:00.501",
        "00:00:00.500 --> 00:00:00.501",
        "00:00:00.500 --> 00:00:00.509",
    ]


def test_all_formats_are_made_in_one_pass_with_one_chapter_in_memory() -> None:
    alive: list[weakref.ref[Watched]] = []

    def told() -> Iterator[ChapterRecord]:
        for number in range(20):
            assert not any(text() for text in alive[:-1])
            text, at = Watched(LONG), 1000 * number
            alive.append(weakref.ref(text))
            yield ChapterRecord(f"{number}", 1, at, at + 1000, (paragraph(text, at),))
            del text

    made = captions(record(), told(), ["vtt", "srt", "lrc"])
    assert [data.count(b"end.") for data in made.values()] == [20] * 3


def test_a_large_book_takes_linear_time() -> None:
    text = "A sentence of some length that has to be wrapped, for it has many words in it. "

    def book(paragraphs: int) -> tuple[ChapterRecord, ...]:
        return spoken(*(paragraph(text * 10, 1000 * at) for at in range(paragraphs)))

    def caption(chapters: tuple[ChapterRecord, ...]) -> None:
        shown_as("vtt", record(chapters=chapters), chapters)

    assert_linear(caption, book, 4)
    assert_linear(caption, lambda sentences: spoken(paragraph(text * sentences)), 25)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@hypothesis_settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_any_text_gives_captions_that_a_strict_parser_accepts(text: str, narrator: str) -> None:
    for times, body in cues(spoken(paragraph(text)), narrator):
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", times)
        assert all(line.strip() for line in body.removeprefix("<v>").split("\n"))


@pytest.mark.slow
@pytest.mark.parametrize("narrator", ["A", "<b> & --> c", " "])
def test_the_parser_of_the_standard_finds_no_error(narrator: str, tmp_path: Path) -> None:
    texts = (
        "a --> b & <c> &amp; &x;",
        LONG,
        "سلام دنیا",
        "Roses,\nviolets.",
        "日本語。" * 40,
        "</v></lang><00:01.000>",
    )
    for number, text in enumerate(texts):
        for foreign in ((), ((1, 3, "fi"),)):
            chapters = spoken(paragraph(text, 0, foreign))
            data = shown_as("vtt", record(chapters=chapters, narrator=narrator), chapters)
            (tmp_path / f"{number}-{len(foreign)}.vtt").write_bytes(data)
    assert seen_by_npm("captions", sorted(tmp_path.iterdir())) == [[]] * 12


def test_captions_without_a_mark_are_written_once_a_record_names_them(tmp_path: Path) -> None:
    book = record("essay", "en", chapters=(chapter("One", 0, ("It begins.",)),))
    captions = Captions(book, book.chapters, ("srt", "vtt"))
    stamps = captions.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["essay.vtt"]
    captions.write_unmarked(tmp_path, stamps)
    assert (tmp_path / "essay.srt").stat().st_size == stamps["srt"].length_bytes
