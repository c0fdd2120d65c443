"""What is highlighted when, in records that no engine makes."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from lxml import etree
from records import RATE_HZ, chapter, record

from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record
from audiobook.document import Kind
from audiobook.readalong.package import BookChapter, package
from audiobook.readalong.pages import chapter_page, contents_page
from audiobook.readalong.spans import Sync, sound_pieces, spans_of
from audiobook.readalong.xml import xml_language, xml_text


def said(text: str, *sentences: SentenceRecord) -> ParagraphRecord:
    return ParagraphRecord(Kind.TEXT, "", 1, text, (), (), sentences)


def of_one(*paragraphs: ParagraphRecord, ms: int = 4000) -> Record:
    chapters = (ChapterRecord("One", 1, 0, ms * RATE_HZ // 1000, paragraphs),)
    return record(chapters=chapters)


def test_a_sentence_without_word_times_lights_up_as_a_whole() -> None:
    text = said(
        "One two. Three four.",
        SentenceRecord(0, 8, 0, 800, ((0, 3, 0), (4, 3, 400))),
        SentenceRecord(9, 20, 900, 1600, ()),
    )
    assert [text.text[span.start : span.end] for span in spans_of(text, 1, Sync.WORD)] == [
        "One",
        "two",
        "Three four.",
    ]


def test_words_within_one_another_light_up_once_and_no_piece_is_empty() -> None:
    words = ((0, 5, 80), (2, 2, 80), (4, 6, 81), (11, 3, 81), (0, 3, 900))
    one = of_one(said("first again end", SentenceRecord(0, 15, 80, 1000, words)))
    spans = list(spans_of(one.chapters[0].paragraphs[0], 1, Sync.WORD))
    assert [(span.start, span.end) for span in spans] == [(0, 5), (5, 10), (11, 14)]
    pieces = sound_pieces(one, 0, Sync.WORD)
    assert [piece.start_ms for piece in pieces] == [10, 11, 12]
    assert all(before.end_ms == after.start_ms for before, after in pairwise(pieces))


def test_nothing_lights_up_after_the_end_of_the_sound() -> None:
    late = of_one(
        said("One. Two.", SentenceRecord(0, 4, 0, 80, ()), SentenceRecord(5, 9, 16000, 16000, ())), ms=2000
    )
    [piece] = sound_pieces(late, 0, Sync.SENTENCE)
    assert (piece.start_ms, piece.end_ms) == (0, 2000)


def test_a_chapter_of_which_nothing_is_spoken_has_only_a_page() -> None:
    silent = of_one(said("* * *"))
    assert sound_pieces(silent, 0, Sync.WORD) == []
    assert "overlay=" not in package(silent, [BookChapter("c0001", 0)])


def test_characters_that_xml_forbids_are_replaced() -> None:
    for character in ("\0", "\x0b", "\x1b", "\x9f", "\ud800", "\ufffe", "\ufdd0", "\U0001ffff"):
        assert xml_text(f"a{character}b") == "a\ufffdb"
    text = "]]> <b> & \" ' \u00a0 😀 \n"
    assert etree.fromstring(f"<a b={chr(34)}{xml_text(text)}{chr(34)}>{xml_text(text)}</a>").text == text
    odd = of_one(said("a\0b <i>c\x0b", SentenceRecord(0, 8, 0, 800, ((0, 3, 0),))))
    odd = msgspec.structs.replace(
        odd, title="T\0 <&", authors=("A\x0b",), series="\x1f", description="\ufffe"
    )
    for page in (
        chapter_page(odd, 0, Sync.WORD),
        contents_page(odd, ["c.xhtml"]),
        package(odd, [BookChapter("c0001", 100)]),
    ):
        etree.fromstring(page.encode())


def test_a_date_that_does_not_exist_is_left_out() -> None:
    told = {}
    for day in (None, "1999", "2019-05", "2024-02-29", "2023-02-29", "0000", "2019-13"):
        text = package(record(date=day), [BookChapter("c0001", 100)])
        told[day] = text.partition('dcterms:modified">')[2][:10], "<dc:date>" in text
    assert told == {
        None: ("2000-01-01", False),
        "1999": ("1999-01-01", True),
        "2019-05": ("2019-05-01", True),
        "2024-02-29": ("2024-02-29", True),
        "2023-02-29": ("2000-01-01", False),
        "0000": ("2000-01-01", False),
        "2019-13": ("2000-01-01", False),
    }


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("pt-BR", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-1996", "de-1996"),
        ("en-x1", "en"),
        ("de-1996-1996", "de"),
        ("en-toolongtag", "en"),
    ],
)
def test_language_tags_that_are_not_well_formed_are_shortened(tag: str, told: str) -> None:
    assert xml_language(tag) == told


def test_contents_nest_as_deep_as_the_levels_allow() -> None:
    levels = (3, 1, 2, 5, 2, 1)
    chapters = tuple(
        msgspec.structs.replace(chapter(f"C{number}", 1000 * number, ("Word.",)), level=level)
        for number, level in enumerate(levels)
    )
    names = [f"c{number}.xhtml" for number in range(len(levels))]
    page = etree.fromstring(contents_page(record(chapters=chapters), names).encode())
    nav = page.find(".//{*}nav")
    assert nav is not None
    depths = [sum(1 for _ in link.iterancestors("{*}ol")) for link in nav.iter("{*}a")]
    assert depths == [1, 1, 2, 3, 2, 1]
