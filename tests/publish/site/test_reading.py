"""The player's data has every character and every time of the record, in parts that load quickly."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import RATE_HZ, chapter, paragraph, record

from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record
from audiobook.document import Kind
from audiobook.publish.site.reading import PART_CHARS, ReadPart, reading_parts


def book(*chapters: tuple[str, ...]) -> Record:
    starts = [0]
    for texts in chapters:
        starts.append(starts[-1] + 1000 * len(texts))
    return record(
        chapters=tuple(
            chapter(f"Chapter {number}", start, texts)
            for number, (start, texts) in enumerate(zip(starts, chapters, strict=False), 1)
        )
    )


def texts_of(parts: list[ReadPart]) -> list[str]:
    return [p.text for part in parts for section in part.sections for p in section.paragraphs]


def test_short_chapters_share_a_part() -> None:
    [part] = reading_parts(book(("One.", "Two."), ("Three.",)))
    assert [(section.chapter, section.first) for section in part.sections] == [(0, 0), (1, 0)]
    assert part.start_ms == 0


def test_a_long_chapter_is_a_part_that_starts_where_the_chapter_does() -> None:
    long = ("word " * (PART_CHARS // 10),) * 2
    parts = list(reading_parts(book(long, long, long)))
    assert [part.start_ms for part in parts] == [0, 2000, 4000]
    assert [[section.chapter for section in part.sections] for part in parts] == [[0], [1], [2]]


def test_a_chapter_that_is_too_long_is_cut_between_paragraphs() -> None:
    parts = list(reading_parts(book(("word " * (PART_CHARS // 8),) * 5)))
    assert [(part.sections[0].first, part.start_ms) for part in parts] == [
        (0, 0),
        (1, 1000),
        (2, 2000),
        (3, 3000),
        (4, 4000),
    ]


def test_a_chapter_that_is_a_little_too_long_is_cut_in_the_middle() -> None:
    parts = list(reading_parts(book(("a" * (PART_CHARS // 20),) * 21)))
    assert [len(part.sections[0].paragraphs) for part in parts] in ([10, 11], [11, 10])


@pytest.mark.slow
@given(
    st.lists(st.lists(st.integers(0, PART_CHARS), min_size=1, max_size=5), min_size=1, max_size=6), st.text()
)
def test_every_paragraph_is_in_exactly_one_part(lengths: list[list[int]], end: str) -> None:
    chapters = [
        tuple(f"{number}.{place} {'a' * length} {end}" for place, length in enumerate(chapter))
        for number, chapter in enumerate(lengths)
    ]
    parts = list(reading_parts(book(*chapters)))
    assert texts_of(parts) == [text for texts in chapters for text in texts]
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(parts))
    longest = max(len(text) for texts in chapters for text in texts)
    assert max(len("".join(texts_of([part]))) for part in parts) <= PART_CHARS + longest / 2
    places = [
        (section.chapter, section.first + number)
        for part in parts
        for section in part.sections
        for number in range(len(section.paragraphs))
    ]
    assert places == [(i, j) for i, texts in enumerate(chapters) for j in range(len(texts))]


@pytest.mark.parametrize(
    ("tag", "direction"), [("fi", "ltr"), ("he", "rtl"), ("az-Arab", "rtl"), ("ur-Latn", "ltr")]
)
def test_a_part_in_another_language_has_its_direction(tag: str, direction: str) -> None:
    one = ParagraphRecord(Kind.TEXT, "", 1, "A word", ((2, 6, tag),), (), ())
    [part] = reading_parts(record(chapters=(ChapterRecord("A", 1, 0, 10, (one,)),)))
    assert part.sections[0].paragraphs[0].foreign == ((2, 6, tag, direction),)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.data())
def test_offsets_count_utf16_units_as_javascript_does(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    said = SentenceRecord(start, end, 0, 10, ((start, end - start, 0),))
    one = ParagraphRecord(Kind.TEXT, "", 1, text, ((start, end, "fi"),), (), (said,))
    [part] = reading_parts(record(chapters=(ChapterRecord("A", 1, 0, 10, (one,)),)))
    shown = part.sections[0].paragraphs[0]
    units = text.encode("utf-16-le")
    told = shown.sentences[0]
    assert units[2 * told.start : 2 * told.end].decode("utf-16-le") == text[start:end]
    assert told.words == (told.start, told.end - told.start, 0)
    assert shown.foreign == ((told.start, told.end, "fi", "ltr"),)


def test_times_match_the_record_to_the_millisecond() -> None:
    source = record(chapters=(chapter("A", 500, ("Some words here.", "And more.")),))
    [part] = reading_parts(source)
    for shown, told in zip(part.sections[0].paragraphs, source.chapters[0].paragraphs, strict=True):
        [one], [other] = shown.sentences, told.sentences
        assert (one.start_ms, one.end_ms) == tuple(
            samples * 1000 // RATE_HZ for samples in (other.start_samples, other.end_samples)
        )
        times = [one.start_ms + after for after in one.words[2::3]]
        assert times == [samples * 1000 // RATE_HZ for _, _, samples in other.words]


def test_unspoken_text_is_shown_too() -> None:
    silent = ParagraphRecord(Kind.BREAK, "", 1, "* * *", (), (), ())
    one = ChapterRecord("A", 1, 0, 1000, (paragraph("Said."), silent))
    [part] = reading_parts(record(chapters=(one,)))
    answer: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(part))
    assert answer["sections"][0]["paragraphs"][1] == {"text": "* * *", "kind": "break"}
