"""Scripts: what a text is written in, and the language it may be."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from audiobook import writing_systems
from audiobook.writing_systems import (
    contradiction,
    foreign_runs,
    language_of_script,
    other_language,
    scripts_of,
)

ENGLISH = "It was the best of times, and it was not for you that he had come."


@pytest.mark.parametrize(
    ("text", "language", "script", "likely"),
    [
        ("他走在路上，看见了一只狗。", "en", "Hani", "zh"),
        ("彼は道を歩いて、犬を見ました。", "en", "Kana", "ja"),
        ("Это русский текст, написанный по-русски.", "fi", "Cyrl", "ru"),
        ("Це український текст, і його написано тут.", "en", "Cyrl", "uk"),
        ("זה טקסט בעברית שכתוב כאן", "ar", "Hebr", "he"),
        (ENGLISH, "ar-SA", "Latn", "en"),
        ("Der Mann ist nicht mit den anderen auf dem Weg, und das ist von ihm.", "el", "Latn", "de"),
        ("Aaaa bbbb cccc dddd", "ru", "Latn", ""),
    ],
)
def test_a_text_in_another_script_than_its_language_is_noticed(
    text: str, language: str, script: str, likely: str
) -> None:
    assert contradiction(text, language) == (script, likely)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "fi"),
        ("Ово је српски текст, написан ћирилицом.", "sr"),
        ("Ovo je srpski tekst, napisan latinicom.", "sr"),
        ("日本語の文章です。漢字もあります。", "ja"),
        ("他走在路上，看見了一隻狗。", "zh-TW"),
        ("Татьяна luki kirjan ja lähti sitten kotiin.", "fi"),
        ("道", "en"),
        ("12345 – 67890", "ar"),
        ("", "ru"),
    ],
)
def test_a_text_in_a_script_of_its_language_is_not_a_contradiction(text: str, language: str) -> None:
    assert contradiction(text, language) is None


def test_runs_of_a_script_include_the_spaces_between_its_words() -> None:
    text = "Hän luki: Война и мир, ja λόγος; 日本の道."
    runs = [(text[run.start : run.end], run.script) for run in foreign_runs(text, "fi")]
    assert runs == [("Война и мир", "Cyrl"), ("λόγος", "Grek"), ("日本の道", "Kana")]
    assert [run.script for run in foreign_runs("Он читал Goethe и λ", "ru")] == ["Grek"]
    assert foreign_runs("漢字 hangul 한글", "ja") == []


def test_a_named_script_is_that_of_the_language() -> None:
    assert scripts_of("sr-Latn") == {"Latn"}
    assert scripts_of("sr-Cyrl-RS") == {"Cyrl"}
    assert scripts_of("xx") == {"Latn"}
    assert language_of_script("Arab", "گفت") == "fa"


FINNISH = "Tämä on kirje, joka on pantu väärään paikkaan. Se on lyhyt, mutta sen kieli on selvä, ja siitä voi varoittaa."


@pytest.mark.parametrize(
    ("text", "language", "likely"),
    [
        (FINNISH, "en", "fi"),
        (ENGLISH, "fi", "en"),
        (ENGLISH, "en-GB", None),
        (FINNISH, "fi", None),
        (f"{ENGLISH}\n{FINNISH}", "fi", None),
        (ENGLISH, "cy", None),
        ("The Walk", "fi", None),
        ("s'" * 200, "en", None),
        ("Aaaa bbbb cccc dddd " * 20, "fi", None),
    ],
)
def test_a_text_plainly_in_another_language_is_noticed(text: str, language: str, likely: str | None) -> None:
    assert other_language(text, language) == likely


def test_every_letter_of_another_script_is_found_alone_and_among_latin_letters() -> None:
    data = tomllib.loads(Path(writing_systems.__file__).with_suffix(".toml").read_text("utf-8"))
    for script, ranges in data["ranges"].items():
        for span in ranges.split():
            first, last = (int(end, 16) for end in span.split("-"))
            for code in (first, (first + last) // 2, last):
                assert [run.script for run in foreign_runs(f"ei “{chr(code)}” ole", "fi")] == [script], hex(
                    code
                )
