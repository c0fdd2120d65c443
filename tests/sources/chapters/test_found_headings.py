"""Headings of texts that mark none: made-up books of every shape, and what must not be read as a heading."""

import re
from collections.abc import Callable

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from num2words import num2words

from audiobook.document import Work
from audiobook.sources.base import ChapterRules, Source
from audiobook.sources.chapters.headings import find_headings
from audiobook.sources.chapters.pieces import Piece
from audiobook.sources.text.plain import PlainReader

PROSE = "The man walked down the long road, and at the end of it he saw a dog that was asleep. He went on."
WORDS = "Stone River Winter Harbour Garden Letter Candle Bridge Orchard Mirror Island Station".split()


def roman(number: int) -> str:
    text = ""
    for value, letters in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
    ):
        while number >= value:
            text, number = text + letters, number - value
    return text + "I" * number


def spelled(language: str, kind: str) -> Callable[[int], str]:
    return lambda number: str(num2words(number, lang=language, to=kind))


SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "CHAPTER I.": ("en", lambda n: f"CHAPTER {roman(n)}."),
    "Chapter One": ("en", lambda n: f"Chapter {spelled('en', 'cardinal')(n).title()}"),
    "CHAPTER I. THE STONE": ("en", lambda n: f"CHAPTER {roman(n)}. THE {WORDS[n % 12].upper()}"),
    "CHAPTER 1 / title": ("en", lambda n: f"CHAPTER {n}\n\nThe {WORDS[n % 12]} of Another Town"),
    "CHAPTER 1 / title on the next line": ("en", lambda n: f"CHAPTER {n}\nThe {WORDS[n % 12]}"),
    "chapter.001": ("en", lambda n: f"chapter.{n:03}"),
    "I": ("en", roman),
    "I.": ("en", lambda n: f"{roman(n)}."),
    "1": ("en", str),
    "— 1 —": ("en", lambda n: f"— {n} —"),
    "[1]": ("en", lambda n: f"[ {n} ]"),
    "1. The Stone": ("en", lambda n: f"{n}. The {WORDS[n % 12]}"),
    "Two": ("en", lambda n: spelled("en", "cardinal")(n).title()),
    "Stave 1": ("en", lambda n: f"Stave {n}"),
    "_Canto_ IV": ("it", lambda n: f"_Canto {roman(n)}_"),
    "Ensimmäinen runo": ("fi", lambda n: f"{spelled('fi', 'ordinal')(n).capitalize()} runo"),
    "Luku 1": ("fi", lambda n: f"Luku {n}"),
    "Rozdział pierwszy": ("pl", lambda n: f"ROZDZIAŁ {spelled('pl', 'ordinal')(n).upper()}"),
    "Erstes Kapitel": ("de", lambda n: f"{spelled('de', 'ordinal')(n).capitalize()}s Kapitel"),
    "Eerste Hoofdstuk": ("nl", lambda n: f"{spelled('nl', 'ordinal')(n).capitalize()} Hoofdstuk"),
    "Capítulo segundo": ("es", lambda n: f"Capítulo {spelled('es', 'ordinal')(n)}"),
    "Jornada primera": ("es", lambda n: f"Jornada {spelled('es', 'ordinal')(n)[:-1]}a"),
    "Chapitre deuxième": ("fr", lambda n: f"CHAPITRE {spelled('fr', 'ordinal')(n).upper()}"),
    "Första kapitlet": ("sv", lambda n: f"{spelled('sv', 'ordinal')(n).capitalize()} kapitlet"),
    "Глава первая": (
        "ru",
        lambda n: f"Глава {spelled('ru', 'ordinal')(n)[:-2]}ая" if n != 3 else "Глава третья",
    ),
    "1. nodaļa": ("lv", lambda n: f"{n}. nodaļa"),
    "1. poglavje": ("sl", lambda n: f"{n}. poglavje"),
    "BAB 1": ("id", lambda n: f"BAB {n}"),
    "第1章": ("zh", lambda n: f"第{n}章 {WORDS[n % 12]}"),
    "第一回": ("zh", lambda n: f"第{spelled('ja', 'cardinal')(n)}回"),
    "บทที่ 1": ("th", lambda n: f"บทที่ {n}"),
    "अध्याय १": ("hi", lambda n: f"अध्याय {n}".translate(str.maketrans("0123456789", "०१२३४५६७८९"))),
    "01 The Stone": ("en", lambda n: f"{n:02} The {WORDS[n % 12]}"),
    "제1장": ("ko", lambda n: f"제{n}장"),
    "Caibidil 3 (no word list)": ("ga", lambda n: f"Caibidil {n}"),
}


def read(text: str, language: str = "en", rules: ChapterRules | None = None) -> Work:
    return PlainReader().read(
        Source(text.encode(), "a.txt", "a", language, "Fallback", chapters=rules or ChapterRules())
    )


def book(headings: list[str], paragraphs: int = 3, gap: str = "\n\n") -> str:
    return "\n\n".join(
        gap.strip("\n") + heading + "\n\n" + f"{PROSE}\n\n" * paragraphs for heading in headings
    )


@pytest.mark.slow
def test_a_book_has_as_many_chapters_as_headings_of_any_shape_in_any_language() -> None:
    wrong = {}
    for name, (language, heading) in SHAPES.items():
        for count in (3, 31):
            found = read(book([heading(number) for number in range(1, count + 1)]), language)
            if len(found.chapters) != count or found.chapters_by != "series":
                wrong[name, count] = (len(found.chapters), found.chapters_by)
    assert wrong == {}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["{}", "[{}]", "{}.", "BÖLÜM {}", "{}. Giriş"])
def test_turkish_letters_are_not_roman_numerals(form: str) -> None:
    headings = [form.format(number) for number in ("İ", "İİ", "İV", "ı")]
    assert read("Ev\n\n" + book(headings), "tr").title == "Ev"


def test_a_number_in_words_is_understood_up_to_hundreds() -> None:
    headings = [f"Hymn {spelled('en', 'cardinal')(number)}" for number in range(1, 260)]
    assert len(read(book(headings, 5)).chapters) == 259


def test_parts_that_restart_the_numbers_contain_their_chapters() -> None:
    listed = [("PREMIÈRE PARTIE", 4), ("DEUXIÈME PARTIE", 6), ("TROISIÈME PARTIE", 3)]
    headings = [
        f"{part}\n\n{roman(n)}" if n == 1 else roman(n) for part, count in listed for n in range(1, count + 1)
    ]
    work = read(book(headings), "fr")
    assert [chapter.level for chapter in work.chapters] == [1, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2]


@pytest.mark.parametrize("contents", ["CONTENTS\n\n", ""], ids=["headed", "bare"])
def test_a_table_of_contents_is_left_out_and_counted(contents: str) -> None:
    entries = [f"CHAPTER {roman(n)}. The {WORDS[n % 12]}" for n in range(1, 10)]
    listed = contents + "\n\n".join(entries) + "\n\n\n\n"
    work = read("A Title\n\n" + listed + book(entries))
    assert [chapter.title for chapter in work.chapters] == entries
    assert work.skipped_chars["contents"] == len("".join(listed.split()))


def test_a_table_of_contents_confirms_headings_that_nothing_else_shows() -> None:
    names = [f"The {word} of the House" for word in WORDS[:6]]
    listed = "\n".join(f"{name} ....... {page}" for page, name in enumerate(names, 11))
    work = read(f"A Title\n\nContents\n\n{listed}\n\n\n" + book(names))
    assert [chapter.title for chapter in work.chapters] == names
    assert work.chapters_by == "names"


def test_names_in_capitals_are_chapters_and_a_title_page_belongs_to_the_first() -> None:
    names = ["PROLOGUE", "THE ARRIVAL", "A LETTER FROM HOME", "THE LEAVING", "EPILOGUE"]
    work = read("MY NOVEL\n\nBY ANN OTHER\n\nLONDON\n\n1901\n\n\n" + book(names, gap="\n\n\n\n"))
    assert [chapter.title for chapter in work.chapters] == names
    assert [each.text for each in work.chapters[0].paragraphs[:4]] == [
        "MY NOVEL",
        "BY ANN OTHER",
        "LONDON",
        "1901",
    ]


def test_a_few_numbered_sections_of_a_story_are_not_chapters() -> None:
    names = [f"THE {word.upper()}" for word in WORDS[:8]]
    text = book(names).replace(f"THE RIVER\n\n{PROSE}\n\n", f"THE RIVER\n\n1\n\n{PROSE}\n\n2\n\n{PROSE}\n\n")
    work = read(text)
    assert [chapter.title for chapter in work.chapters] == names
    assert [each.text for each in work.chapters[1].paragraphs].count("2") == 1


def test_a_name_below_a_number_is_its_title_though_numbers_stand_within_chapters_too() -> None:
    names = [f"THE {word.upper()}" for word in WORDS[:8]]
    text = book([f"{roman(number)}\n\n\n{name}" for number, name in enumerate(names, 1)])
    text = text.replace(f"THE RIVER\n\n{PROSE}\n\n", f"THE RIVER\n\nI\n\n{PROSE}\n\nII\n\n{PROSE}\n\n")
    titles = [f"{roman(number)} {name}" for number, name in enumerate(names, 1)]
    assert [chapter.title for chapter in read(text).chapters] == titles


@pytest.mark.parametrize("word", ["Avertissement", "INTRODUCTION", "Conclusion"])
def test_a_word_such_as_introduction_that_recurs_within_chapters_begins_none(word: str) -> None:
    headings = [f"Chapitre {number}" for number in range(1, 7)]
    text = book(headings).replace(f"{PROSE}\n\n{PROSE}", f"{PROSE}\n\n{word}\n\n{PROSE}")
    assert [chapter.title for chapter in read(text, "fr").chapters] == headings
    text = book([word, *headings])
    assert [chapter.title for chapter in read(text, "fr").chapters] == [word, *headings]


def test_the_contents_of_each_chapter_are_left_out() -> None:
    sections = [[f"{n}.{k}. The {WORDS[k]} of the {WORDS[n]}" for k in range(1, 5)] for n in range(1, 6)]
    listed = "".join("".join(section) for section in sections) + "Inhaltsverzeichnis" * 5
    text = "\n\n".join(
        f"Kapitel {n}. {WORDS[n]}\n\nInhaltsverzeichnis\n\n"
        + "\n".join(section)
        + "\n\n"
        + "".join(f"{name}\n\n{PROSE}\n\n{PROSE}\n\n" for name in section)
        for n, section in enumerate(sections, 1)
    )
    work = read(text, "de")
    assert len(work.chapters) == 5
    assert work.skipped_chars["contents"] == len("".join(listed.split()))


def test_letters_are_numbers_where_they_are_used_as_such() -> None:
    for language, label, letters in (
        ("he", "פרק", "א ב ג ד ה ו ז ח ט י יא יב"),
        ("el", "ΚΕΦΑΛΑΙΟΝ", "Α΄ Β΄ Γ΄ Δ΄"),
    ):
        headings = [f"{label} {letter}" for letter in letters.split()]
        assert len(read(book(headings), language).chapters) == len(headings)


def test_a_heading_with_a_misprint_is_found_by_its_place() -> None:
    headings = [f"{spelled('de', 'ordinal')(n).capitalize()}s Kapitel" for n in range(1, 9)]
    headings[4] = "Fnftes Kapitel"
    assert len(read(book(headings), "de").chapters) == 8


def test_a_misspelt_number_above_a_title_is_found_by_its_place() -> None:
    numbers = ["Pirmā", "Ortā", "Trešā", "Ceturtā", "Piektā", "Sestā"]
    headings = [f"{number} nodaļa. {word}." for number, word in zip(numbers, WORDS[:6], strict=True)]
    assert [chapter.title for chapter in read(book(headings), "lv").chapters] == headings
    spoken = book(headings).replace(headings[1], "Šī nodaļa. Tā bija īsa.\n\nOrtā nodaļa. Tā bija gara.")
    assert len(read(spoken, "lv").chapters) == 5


@pytest.mark.parametrize("number", ["I.", "1", "ENSIMMÄINEN LUKU"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["lines", "paragraphs"])
def test_the_first_number_below_a_list_of_titles_is_a_heading(number: str, gap: str) -> None:
    names = [f"The {word} of the House" for word in WORDS[:6]]
    numbers = {"I.": [f"{roman(n)}." for n in range(1, 7)], "1": [str(n) for n in range(1, 7)]}
    ordinals = ["ENSIMMÄINEN", "TOINEN", "KOLMAS", "NELJÄS", "VIIDES", "KUUDES"]
    written = numbers.get(number, [f"{ordinal} LUKU" for ordinal in ordinals])
    listed = gap.join(names)
    headings = [f"{at}\n\n{name}." for at, name in zip(written, names, strict=True)]
    work = read(f"A Title\n\nSISÄLLYS:\n\n{listed}\n\n\n\n" + book(headings, gap="\n\n\n\n"), "fi")
    titles = [f"{at} {name}." for at, name in zip(written, names, strict=True)]
    assert [chapter.title for chapter in work.chapters] == titles
    assert work.skipped_chars["contents"] == len("".join(f"SISÄLLYS:{listed}".split()))


@pytest.mark.parametrize(
    "text",
    [
        "To do\n\n1. Milk\n\n2. Eggs\n\n3. Bread\n\n4. Salt\n",
        f"{PROSE}\n\n1. He came, and she went home again.\n\n2. She came, and he went home again.\n",
        f"{PROSE}\n\nI am here.\n\n{PROSE}\n\nChapter 3 was hard.\n",
        f"{PROSE}\n\nUN AUTRE: Je meurs !\n\n{PROSE}\n\nUN AUTRE: Oui !\n\n{PROSE}\n",
        f"{PROSE}\n\n“One,” he said.\n\n{PROSE}\n\n“Two,” he said.\n\n{PROSE}\n",
        f"{PROSE}\n\n— V. exc. sabe?\n\n{PROSE}\n\n— I. sabe?\n\n{PROSE}\n",
    ],
)
def test_lists_and_speech_are_not_headings(text: str) -> None:
    assert read(text, "fr").chapters_by == "paragraphs"


def test_a_long_text_without_headings_is_cut_into_parts_named_in_its_language() -> None:
    text = f"{PROSE}\n\n" * 300
    for language, name in {
        "en": "Part 2",
        "fi": "Osa 2",
        "lv": "2. daļa",
        "zh": "第2部分",
        "pt-BR": "Parte 2",
    }.items():
        work = read(text, language)
        assert (work.chapters_by, work.chapters[1].title) == ("parts", name)
        sizes = [sum(len(each.text) for each in chapter.paragraphs) for chapter in work.chapters]
        assert max(sizes) < 1.2 * min(sizes)


def test_the_users_pattern_decides_alone() -> None:
    text = book(["CHAPTER I", "CHAPTER II", "== One ==", "== Two =="])
    work = read(text, rules=ChapterRules(pattern=re.compile("^== ")))
    assert work.chapters_by == "pattern"
    assert [chapter.title for chapter in work.chapters[1:]] == ["One", "Two"]


def found(headings: list[str], language: str = "en") -> list[tuple[int, str]]:
    chapters = read("The House\n\n" + book(headings), language).chapters
    return [(chapter.level, chapter.title) for chapter in chapters]


@pytest.mark.parametrize(
    ("language", "acts", "scenes"),
    [
        ("en", ["ACT I", "ACT II"], ["SCENE I. A lane.", "SCENE II. A room."]),
        ("de", ["Erster Akt", "Zweiter Akt"], ["Erste Szene", "Zweite Szene", "Dritte Szene"]),
        ("fr", ["ACTE PREMIER", "ACTE DEUXIÈME"], ["SCÈNE PREMIÈRE", "SCÈNE II", "SCÈNE III"]),
        ("ru", ["ДЕЙСТВИЕ ПЕРВОЕ", "ДЕЙСТВИЕ ВТОРОЕ"], ["Явление I", "Явление II"]),
        ("cy", ["GWYL 1", "GWYL 2"], ["OLYGFA 1", "OLYGFA 2"]),
    ],
)
def test_the_acts_of_a_play_are_above_its_scenes(language: str, acts: list[str], scenes: list[str]) -> None:
    headings = [f"{act}\n\n{scenes[0]}" for act in acts]
    written = [each for heading in headings for each in (heading, *scenes[1:])]
    expected = [each for act in acts for each in ((1, act), *((2, scene) for scene in scenes))]
    assert found(written, language) == expected


def test_an_act_and_its_scene_on_one_line_are_one_heading() -> None:
    lines = [f"ACT {act}, SCENE {scene}" for act in ("I", "II") for scene in ("I", "II", "III")]
    assert [title for _, title in found(lines)] == lines


@pytest.mark.parametrize(
    "written",
    ["CHAPTER {}. {}", "CHAPTER {}.\n\n{}", "Chapter {}\n{}", "{}\n\n{}", "{}. {}"],
)
def test_a_title_may_be_a_sentence(written: str) -> None:
    titles = [
        "How Candide was brought up in a magnificent castle, and how he was driven out of it again.",
        "What befell Candide among the Bulgarians.",
        "How he found his old master, Dr. Pangloss, and what happened to them.",
        "A tempest, a shipwreck, an earthquake, and what else they had to bear.",
    ]
    headings = [written.format(roman(number), title) for number, title in enumerate(titles, 1)]
    assert found(headings) == [(1, " ".join(heading.split())) for heading in headings]


def test_a_sentence_that_the_contents_have_beside_its_number_is_a_title() -> None:
    titles = [
        "Strange orders.",
        "How Bob escaped.",
        "“The American” begins...",
        "In need. -- A voice.",
        "A light.",
    ]
    headings = [f"{roman(number)}.\n\n{title}" for number, title in enumerate(titles, 1)]
    listed = "\n".join(f"  {roman(number)}. {title}" for number, title in enumerate(titles, 1))
    work = read(f"A Title\n\nSISÄLLYS:\n\n{listed}\n\n\n\n" + book(headings, gap="\n\n\n\n"), "fi")
    assert [chapter.title for chapter in work.chapters] == [" ".join(each.split()) for each in headings]


def test_a_first_sentence_is_not_a_title() -> None:
    openings = ["It rained.", "“Who is there?”", "Nobody came.", "The sun was up, and he slept."]
    text = book([f"CHAPTER {roman(at)}\n\n{each}\n\nHe slept." for at, each in enumerate(openings, 1)])
    assert [chapter.title for chapter in read(text).chapters] == [
        f"CHAPTER {roman(at)}" for at in range(1, 5)
    ]


def test_prose_cut_by_a_page_is_no_title() -> None:
    opening = "One morning, when the river was high and Andrew had gone out to look after the boats, on"
    text = book([f"CHAPTER I\n\n{opening}\n\nhis way he slept.", "CHAPTER II", "CHAPTER III"])
    assert [chapter.title for chapter in read(text).chapters] == ["CHAPTER I", "CHAPTER II", "CHAPTER III"]


@pytest.mark.parametrize("drawn", ["-- {} --", "=== {} ===", "~ {} ~", "[ {} ]", "<< {} >>", "+++ {} +++"])
def test_signs_drawn_around_a_heading_are_neither_shown_nor_spoken(drawn: str) -> None:
    for titles in (["1", "2", "3"], ["Chapter One", "Chapter Two", "Chapter Three"]):
        work = read("The House\n=========\n\n" + book([drawn.format(title) for title in titles]))
        assert work.title == "The House"
        assert [chapter.title for chapter in work.chapters] == titles
        said = "".join(paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs)
        assert not set("=~[]<>+*") & set(said)
        assert work.skipped_chars["marks"] > 9


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("Das stille Haus\nvon Anna Schmidt", "Das stille Haus"),
        ("THE QUIET HOUSE\nA Novel\nby Anna Smith\n1921", "THE QUIET HOUSE"),
        ("THE HISTORY OF THE\nQUIET HOUSE", "THE HISTORY OF THE QUIET HOUSE"),
    ],
)
def test_the_title_is_above_the_other_lines_of_a_title_page(page: str, title: str) -> None:
    work = read(f"{page}\n\n" + book(["I", "II", "III"]))
    assert (work.title, len(work.chapters), work.chapters[0].title) == (title, 3, "I")


def test_a_single_part_has_the_title_of_the_work() -> None:
    work = read("The Quiet House\nby Anna Smith\n\n" + f"{PROSE}\n\n" * 30)
    assert (work.chapters_by, [chapter.title for chapter in work.chapters]) == ("parts", ["The Quiet House"])


def test_long_chapters_are_cut_short_ones_joined_and_titles_left_unsaid() -> None:
    text = f"CHAPTER I\n\n{PROSE}\n\nCHAPTER II\n\n{PROSE}\n\nCHAPTER III\n\n" + f"{PROSE}\n\n" * 80
    assert [c.title for c in read(text, rules=ChapterRules(merge_min=1)).chapters] == ["CHAPTER I"]
    cut = read(text, rules=ChapterRules(split_min=5)).chapters
    assert [c.title for c in cut] == ["CHAPTER I", "CHAPTER II", "CHAPTER III", "CHAPTER III (2)"]
    silent = read(text, rules=ChapterRules(say_titles=False))
    assert silent.skipped_chars == {"titles": len("CHAPTERI" + "CHAPTERII" + "CHAPTERIII")}
    assert silent.chapters[2].title == "CHAPTER III"
    assert silent.chapters[2].paragraphs[0].text == PROSE


def test_front_matter_sets_the_rules_of_one_text() -> None:
    text = "---\ntitle: A\nchapter_pattern: '^Scene'\nsay_titles: false\n---\n" + book(["Scene A", "Scene B"])
    work = read(text)
    assert (work.chapters_by, len(work.chapters)) == ("pattern", 2)
    assert work.skipped_chars["titles"] == len("SceneASceneB")


LINES = st.sampled_from(
    [
        "CHAPTER I",
        "II.",
        "PART ONE",
        "Contents",
        "1",
        "2",
        "A",
        "The End",
        "第1章",
        "x y",
        PROSE,
        "THE DOOR",
        "* * *",
        "I",
        "....",
    ]
)


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.lists(LINES, min_size=1, max_size=5), st.integers(0, 5), st.booleans()), max_size=25
    )
)
@hypothesis_settings(max_examples=120, deadline=None)
def test_every_line_is_kept_in_its_order(shuffled: list[tuple[list[str], int, bool]]) -> None:
    number = 0
    pieces = []
    for lines, gap, is_marked in shuffled:
        numbered = tuple((number + at, line) for at, line in enumerate(lines))
        pieces.append(Piece(numbered, gap, is_marked))
        number += len(lines)
    found = find_headings(pieces, "en")
    if found:
        assert [line for group in found.groups for line in group.lines] == [
            line for piece in pieces for line in piece.lines
        ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda n: "The man number 1 walked on\n\n" * n,
        lambda n: "CONTENTS\n\n" * n,
        lambda n: "".join(f"THE {number}\n\n\n" for number in range(n)),
        lambda n: "".join(f"word{number} {number}\n\na b\n\n" for number in range(n)),
    ],
    ids=["numbers", "contents", "capitals", "labels"],
)
def test_decisions_take_linear_time(make: Callable[[int], str]) -> None:
    assert_linear(read, make, 120)
