"""The rows of `readings`: every language is read as a careful native reads it, and sounds like it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from sampling import sampled

from audiobook.narration.clean import clean
from audiobook.narration.grammar.installed import language_tags
from audiobook.narration.verbalize import verbalize

HERE = Path(__file__).parent
READINGS: dict[str, list[list[str]]] = {
    path.stem: tomllib.loads(path.read_text("utf-8"))["rows"] for path in sorted(HERE.glob("readings/*.toml"))
}
ROWS = [(language, *row) for language, rows in READINGS.items() for row in rows]
LEAST_ROWS = 40


def reading(text: str, language: str) -> str:
    is_heading = text.startswith("# ")
    return verbalize(clean(text.removeprefix("# ")), language, is_heading=is_heading).text


def misread(language: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each row that is read wrongly."""
    read = [(written, reading(written, language), wanted) for written, wanted in rows]
    return [f"{written!r}: {said!r}, not {wanted!r}" for written, said, wanted in read if said != wanted]


@pytest.mark.slow
@pytest.mark.parametrize("language", READINGS)
def test_every_row_is_read_as_a_native_reads_it(language: str) -> None:
    wrong = misread(language, [(written, words) for written, words in READINGS[language]])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", READINGS)
def test_applying_the_rules_to_a_reading_changes_nothing(language: str) -> None:
    wrong = misread(language, [(words, words) for _, words in READINGS[language]])
    assert not wrong, "\n".join(wrong)


_ALIKE = str.maketrans({"i": "ı", "I": "İ", "s": "ſ", "k": "\u212a", "K": "\u212a"})
"""Other letters that a pattern matches when it ignores case: Turkish ones, long s, and the sign for kelvin."""


def test_letters_that_are_equal_only_without_case_raise_nothing() -> None:
    for language, written, _ in ROWS:
        assert reading(written.translate(_ALIKE), language)


def phonemes_of(asked: list[tuple[str, str]]) -> list[str]:
    said = subprocess.run(
        [sys.executable, str(HERE / "phonemes.py")],
        input=json.dumps(asked),
        capture_output=True,
        check=True,
        text=True,
    )
    phonemes: list[str] = json.loads(said.stdout)
    assert len(phonemes) == len(asked)
    return phonemes


@pytest.mark.slow
def test_every_row_sounds_like_its_reading() -> None:
    read = phonemes_of([(language, reading(written, language)) for language, written, _ in ROWS])
    meant = phonemes_of([(language, words) for language, _, words in ROWS])
    assert all(meant)
    assert not [row for row, one, two in zip(ROWS, read, meant, strict=True) if one != two]


@pytest.mark.slow
@pytest.mark.parametrize("language", sampled(READINGS, 2))
def test_the_voice_alone_reads_many_rows_differently(language: str) -> None:
    rows = READINGS[language]
    read = phonemes_of([(language, written.removeprefix("# ")) for written, _ in rows])
    meant = phonemes_of([(language, words) for _, words in rows])
    different = sum(one != two for one, two in zip(read, meant, strict=True))
    assert different > 0.4 * len(rows)  # otherwise the rules would not be needed


def test_every_installed_language_has_enough_readings() -> None:
    assert set(READINGS) == set(language_tags())
    assert all(len(rows) >= LEAST_ROWS for rows in READINGS.values())
