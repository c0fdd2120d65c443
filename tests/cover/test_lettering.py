"""Lettering: every script has a font, is shaped and ordered correctly, and breaks only where allowed."""

import unicodedata

import pytest
from titles import TITLES

from audiobook.cover.lettering import Lettering, Line
from audiobook.cover.typeface import Typefaces
from audiobook.languages import language_name


def lettering(language: str) -> Lettering:
    return Lettering(language, bold=True)


def numbers(line: Line) -> list[int]:
    return [glyph.number for glyph in line.glyphs]


@pytest.mark.parametrize("language", TITLES)
def test_every_script_has_a_font(language: str) -> None:
    title = TITLES[language]
    for bold in (True, False):
        letters = Lettering(language, bold=bold)
        assert letters.drawable(title) == title
        line = letters.line(title, rightwards=language in ("ar", "fa", "ur", "he", "yi"))
        assert line.glyphs
        assert 0 not in numbers(line), "glyph 0 is the box that stands for a missing one"
        assert line.width_em > 0.5
        assert line.top_em > 0.4


@pytest.mark.parametrize("language", TITLES)
def test_a_languages_own_name_can_be_drawn(language: str) -> None:
    name = language_name(language)
    assert name.lower() != language.lower()
    assert Lettering(language, bold=False).drawable(name) == name


def test_languages_with_the_same_script_get_their_own_glyphs() -> None:
    lines = [lettering(language).line("直", rightwards=False) for language in ("ja", "zh", "zh-TW", "ko")]
    assert len({line.glyphs[0].font.face.glyph_count for line in lines}) == 4, "four fonts"


def test_arabic_letters_are_joined() -> None:
    alone = numbers(lettering("ar").line("ب", rightwards=True))
    joined = numbers(lettering("ar").line("ببب", rightwards=True))
    assert len(joined) == 3
    assert len({*joined, *alone}) == 4, (
        "at the beginning, in the middle, at the end and alone it looks different"
    )


def test_hebrew_starts_on_the_right() -> None:
    line = lettering("he").line("אב", rightwards=True)
    first = numbers(lettering("he").line("א", rightwards=True))
    assert numbers(line)[-1:] == first


def test_a_prebase_vowel_is_drawn_before_its_consonant() -> None:
    ka, ki = (numbers(lettering("hi").line(text, rightwards=False)) for text in ("क", "कि"))
    assert ki[-1] == ka[0]
    assert len(ki) == 2


def test_consonants_without_a_vowel_form_a_ligature() -> None:
    assert len(lettering("hi").line("क्ष", rightwards=False).glyphs) == 1


def test_marks_are_placed_on_their_letters_in_any_normal_form() -> None:
    composed, apart = (
        lettering("lv").line(unicodedata.normalize(form, "šķūņā"), rightwards=False)
        for form in ("NFC", "NFD")
    )
    assert composed.width_em == pytest.approx(apart.width_em, abs=0.01)


def test_a_text_in_two_scripts_is_drawn_in_both() -> None:
    line = lettering("ru").line("Мир & שלום 2024", rightwards=False)
    assert 0 not in numbers(line)
    assert len({id(glyph.font) for glyph in line.glyphs}) == 2


def test_signs_without_a_font_are_dropped_and_letters_are_not() -> None:
    assert lettering("en").drawable("Hello 😀  world") == "Hello world"
    assert lettering("en").drawable("Hello \U00012000 world") == ""


def test_only_the_fonts_that_are_needed_are_loaded() -> None:
    faces = Typefaces("en", bold=True)
    list(faces.runs("The Listening Reader"))
    assert len(faces._loaded) == 1


# Lines


def test_lines_have_similar_lengths() -> None:
    lines = lettering("en").lines("one two three four five six seven eight nine ten", 12, in_words=False)
    assert lines
    widths = [line.width_em for line in lines]
    assert max(widths) <= 12
    assert min(widths) > 0.7 * max(widths)


def test_a_one_letter_word_does_not_end_a_line() -> None:
    lines = lettering("pl").lines("Gra w klasy", 5, in_words=False)
    assert lines
    assert [len(line.glyphs) for line in lines] == [3, 7]


def test_a_word_that_is_too_wide_is_broken_only_if_allowed() -> None:
    assert lettering("en").lines("w" * 30, 5, in_words=False) is None
    lines = lettering("en").lines("w" * 30, 5, in_words=True)
    assert lines
    assert sum(len(line.glyphs) for line in lines) == 30


def test_a_chinese_line_does_not_start_with_punctuation() -> None:
    title = "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。"
    lines = lettering("zh").lines(title, 5.2, in_words=False)
    assert lines
    assert len(lines) > 3
    stops = {numbers(lettering("zh").line(stop, rightwards=False))[0] for stop in "，。"}
    assert not stops & {line.glyphs[0].number for line in lines}


def test_korean_words_are_not_broken() -> None:
    assert lettering("ko").lines("대한민국사람들", 3, in_words=False) is None


@pytest.mark.parametrize("text", ["", " ", "a" * 200, "ش" * 200, "क्ष" * 66, "漢" * 200, "\u0301" * 200])
def test_any_title_can_be_set(text: str) -> None:
    lines = lettering("en").lines(text, 10, in_words=True)
    assert lines is not None
    assert all(line.width_em <= 10.5 for line in lines)
