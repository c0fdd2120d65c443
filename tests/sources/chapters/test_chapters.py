"""Lines that start a chapter, in many languages, and sentences that only look like them."""

from collections.abc import Callable

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.sources.chapters.lines import (
    CHAPTER,
    PART,
    ChapterLine,
    chapter_line,
    illustrations,
    is_contents_line,
)

CHAPTERS = {
    "en": "CHAPTER I.|CHAPTER 1|Chapter One|CHAPTER TWENTY-ONE|CHAPTER THE FIRST|Chapter XLIV.|_CHAPTER II_|Letter 4|"
    "chapter.001|Chapter_3|Chap. 4|CHAPTER THE LAST|PROLOGUE|Epilogue.|Capitolo 1|Kapitel 2",
    "fi": "LUKU 1|I LUKU|I. LUKU.|1. luku|Ensimmäinen luku|KAHDESTOISTA LUKU.|Kahdeskymmenesensimmäinen luku|"
    "Kahdeskymmenes ensimmäinen luku|Yhdeskolmatta luku|ESIPUHE|VIIMEINEN LUKU",
    "pl": "ROZDZIAŁ I|Rozdział pierwszy|ROZDZIAŁ DWUDZIESTY PIERWSZY|Rozdział dwudziesty|Posłowie",
    "lv": "1. nodaļa|Pirmā nodaļa|NODAĻA 1|II NODAĻA|Divdesmit otrā nodaļa|Priekšvārds",
    "id": "BAB I|Bab Satu|BAB KEDUA|KATA PENGANTAR",
    "sl": "1. poglavje|POGLAVJE I|Prvo poglavje|Enaindvajseto poglavje|Predgovor",
    "de": "Kapitel 1|Erstes Kapitel|Einundzwanzigstes Kapitel|Letztes Kapitel|Vorwort",
    "fr": "CHAPITRE PREMIER|Chapitre II|Chapitre vingt et unième|Chapitre soixante-dix|Préface|CHAPITRE DERNIER",
    "es": "Capítulo I|CAPÍTULO PRIMERO|Capítulo vigésimo segundo|Prólogo",
    "it": "CAPITOLO PRIMO|Capitolo ventunesimo",
    "ru": "Глава первая|ГЛАВА XXI|Глава двадцать первая|Пролог",
    "cs": "Kapitola druhá|Kapitola dvacátá třetí",
    "zh": "第1章 标题|第二十三回　好|第一○四回：好",
    "ko": "제1장 만남|제 12 장",
}
PARTS = {
    "en": "PART I|Part One|BOOK THE FIRST|Volume II.|THE SECOND BOOK",
    "fi": "OSA II|Ensimmäinen osa",
    "pl": "CZĘŚĆ PIERWSZA|KSIĘGA I",
    "lv": "I DAĻA|Pirmā daļa",
    "id": "BAGIAN 1",
    "sl": "DEL 1|PRVI DEL",
    "de": "Erster Teil|ZWEITES BUCH",
    "fr": "PREMIÈRE PARTIE|Livre premier|Livre premier--Un juste",
    "es": "Primera parte|TOMO I|Segunda parte",
    "zh": "卷三|第二部",
}


def _lines(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, line) for language, lines in table.items() for line in lines.split("|")]


def test_a_line_that_names_a_chapter_starts_it() -> None:
    found = {line: chapter_line(line, language) for language, line in _lines(CHAPTERS)}
    assert [line for line, each in found.items() if not each or each.level != CHAPTER] == []


def test_a_part_is_one_level_above_its_chapters() -> None:
    found = {line: chapter_line(line, language) for language, line in _lines(PARTS)}
    assert [line for line, each in found.items() if not each or each.level != PART] == []


def test_a_chapter_line_may_contain_the_title() -> None:
    lines = {
        "en": "CHAPTER I. The Door|CHAPTER I. THE DOOR.|CHAPTER I--THE DOOR|Chapter 1: the door|Chapter 1 The Door",
        "id": "BAB I PENDAHULUAN",
        "lv": "1. nodaļa. Durvis",
        "fi": "Ensimmäinen luku: ovi",
        "pl": "ROZDZIAŁ I — Drzwi",
        "zh": "第1章 标题",
    }
    found = {line: chapter_line(line, language) for language, line in _lines(lines)}
    assert [line for line, each in found.items() if not each or not each.title] == []


@pytest.mark.parametrize(
    "line",
    [
        "Chapter 3 was hard.",
        "Chapter 3: she had left, and nobody knew.",
        "Chapter 3, which was hard",
        "Part of the house",
        "Part one was over before it had begun",
        "Book I read",
        "Book I read twice.",
        "Osa ihmisistä lähti",
        "Luku 3 oli vaikea.",
        "Rozdział 3 był trudny.",
        "3. nodaļa bija grūta.",
        "Del 2 al 5",
        "LUKU",
        "Chapters 1",
        "Chapter Oneness",
        "Toinen kappale.",
        "Chapter 1. " + "Very long " * 12,
        "I",
        "",
    ],
)
def test_prose_that_mentions_a_chapter_does_not_start_one(line: str) -> None:
    assert chapter_line(line) is None


def test_a_contents_entry_has_the_key_of_its_chapter() -> None:
    keys = {
        chapter_line(line) for line in ("CHAPTER I. The Door ... 5", "Chapter i: the door", "CHAPTER I, ")
    }
    assert {found.key for found in keys if found} == {"chapter 1"}
    assert chapter_line("Chapter I.") == ChapterLine(CHAPTER, "chapter 1", title=False)


@pytest.mark.parametrize(
    "line", ["CONTENTS", "Contents:", "SISÄLLYS", "Spis treści", "SATURS", "Daftar Isi", "Kazalo"]
)
def test_the_heading_of_a_table_of_contents_is_recognised(line: str) -> None:
    assert is_contents_line(line)
    assert not is_contents_line(f"{line} of a box")


@pytest.mark.parametrize(
    "note",
    [
        "[Illustration]",
        "[Illustration: A house]",
        "[Illustration: [_Copyright 1894._]]",
        "[ILLUSTRATION: a\nb]",
        "[Kuva: talo]",
    ],
)
def test_a_picture_note_is_recognised(note: str) -> None:
    assert illustrations().sub("", f"a{note}b") == "ab"


@pytest.mark.parametrize("text", ["[1]", "[Illustrations of this are many", "Illustration: a", "[Kuvat]"])
def test_other_brackets_are_text(text: str) -> None:
    assert illustrations().sub("", text) == text


@pytest.mark.parametrize(
    "make",
    [repeated("[Illustration"), repeated("[", "[Illustration: "), repeated("a", "[Illustration ")],
    ids=["open notes", "brackets", "letters"],
)
def test_hostile_notes_take_linear_time(make: Callable[[int], str]) -> None:
    assert_linear(lambda text: illustrations().sub("", text), make, 30_000)


@pytest.mark.slow
@given(
    st.text(max_size=140)
    | st.from_regex(r"(?i)(chapter|osa|bab) [ivxlc]{0,40}[.: -]{0,40}\w{0,40}", fullmatch=True)
)
def test_any_line_is_accepted(line: str) -> None:
    found = chapter_line(line)
    assert found is None or found.level in (PART, CHAPTER)
