"""Figures, signs and short forms made words, held against what a native reader writes out, and against its sound."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from growth import assert_at_most, assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.narration.aligned import AlignedText
from audiobook.narration.clean import clean
from audiobook.narration.lexis import LANGUAGES, lexis
from audiobook.narration.numbers import MOST, cardinal, ordinal
from audiobook.narration.verbalize import verbalize

HERE = Path(__file__).parent
READINGS: dict[str, list[list[str]]] = tomllib.loads((HERE / "readings.toml").read_text("utf-8"))
ROWS = [(language, *row) for language, rows in READINGS.items() for row in rows]
OTHER_LANGUAGES = ["de", "ja", "ar", "x", ""]


def reading(text: str, language: str) -> str:
    is_heading = text.startswith("# ")
    return verbalize(clean(text.removeprefix("# ")), language, is_heading=is_heading).text


def misread(language: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is read otherwise than it should be, row by row."""
    read = [(written, reading(written, language), wanted) for written, wanted in rows]
    return [f"{written!r}: {said!r}, not {wanted!r}" for written, said, wanted in read if said != wanted]


@pytest.mark.parametrize("language", READINGS)
def test_what_is_written_is_read_as_a_native_reads_it(language: str) -> None:
    wrong = misread(language, [(written, words) for written, words in READINGS[language]])
    assert not wrong, "\n".join(wrong)


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


def test_it_sounds_as_when_it_is_written_out_in_words() -> None:
    read = phonemes_of([(language, reading(written, language)) for language, written, _ in ROWS])
    meant = phonemes_of([(language, words) for language, _, words in ROWS])
    assert all(meant)
    assert not [row for row, one, two in zip(ROWS, read, meant, strict=True) if one != two]


def test_the_voice_alone_reads_most_of_it_otherwise() -> None:
    read = phonemes_of([(language, written.removeprefix("# ")) for language, written, _ in ROWS])
    meant = phonemes_of([(language, words) for language, _, words in ROWS])
    different = sum(one != two for one, two in zip(read, meant, strict=True))
    assert different > 0.6 * len(ROWS)  # else these rules would be needless


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert set(READINGS) == set(LANGUAGES)
    assert all(len(READINGS[language]) >= 60 for language in ("fi", "lv", "pl", "sl"))
    assert all(len(READINGS[language]) >= 40 for language in ("en", "id"))


@pytest.mark.parametrize("language", READINGS)
def test_a_reading_is_read_as_it_is(language: str) -> None:
    wrong = misread(language, [(words, words) for _, words in READINGS[language]])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_of_what_was_replaced_is_where_the_words_came_from(language: str) -> None:
    text = "a 12,5 % b"
    said = verbalize(AlignedText.original(text), language)
    at = said.text.index(" b")
    assert (said.starts[2], said.ends[at - 1]) == (2, 8)
    assert said.starts[0] == 0
    assert text[said.starts[-1] : said.ends[-1]] == "b"


UNSURE = [
    "Mix vitamin C.",
    "I am",
    "CD, DVD",
    "O.K.",
    "Ei. Se",
    "TV I-V",
    "CIVIL",
    "F-16",
    "N7",
    "LV37",
    "4K",
    "D&D",
    "...",
]


@pytest.mark.parametrize("language", [*LANGUAGES, *OTHER_LANGUAGES])
def test_what_no_rule_is_sure_of_stays(language: str) -> None:
    wrong = misread(language, [(text, text) for text in UNSURE])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_a_language_without_rules_keeps_all_but_web_addresses(language: str) -> None:
    assert reading("5 kg, 1990, XIV, a@b.com, etc.", language) == "5 kg, 1990, XIV, a@b.com, etc."
    assert reading("a https://www.example.com/b/c?d=1#e f", language) == "a example.com f"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("See https://www.example.com:8080/a/b?c=d.", "See example dot com."),
        ("(www.example.co.uk)", "(example dot co dot uk)"),
        ("http://user:pw@example.org/x", "example dot org"),
        ("write to jane.doe@example.org, please", "write to jane dot doe at example dot org, please"),
        ("at example.com/page", "at example dot com"),
    ],
)
def test_a_web_address_is_its_host(written: str, said: str) -> None:
    assert reading(written, "en") == said


def test_a_heading_of_one_numeral_is_a_number() -> None:
    assert reading("# IV", "en") == "four"
    assert reading("IV", "en") == "IV"
    assert reading("# XII.", "fi") == "kaksitoista."
    assert reading("# II: Paluu", "fi") == "kaksi: Paluu"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_data_file_names_what_its_language_says(tag: str) -> None:
    known = lexis(tag)
    assert known is not None
    assert len(known.months) == 12
    assert {"point", "dot", "minus", "at", "and", "slash", "plus", "plusminus"} <= set(known.signs)
    assert known.multipliers <= set(known.counted)
    assert set(known.cents) <= set(known.counted)


@hypothesis_settings(max_examples=150)
@given(number=st.integers(0, MOST), tag=st.sampled_from(LANGUAGES))
def test_every_number_has_words(number: int, tag: str) -> None:
    for said in (cardinal(number, tag), ordinal(number % 100_000, tag)):
        assert said
        assert said == said.strip()
        assert "  " not in said
        assert not any(map(str.isdecimal, said))


PIECES = st.sampled_from(
    [
        *(
            "5",
            "12",
            "1990",
            "007",
            "3,5",
            "3.5",
            "12 500",
            "1.000.000",
            "14:30",
            "5.5.1990",
            "2024-03-15",
            "½",
        ),
        *(
            "3/4",
            "10–15",
            "-5",
            "+371",
            "%",
            "€",
            "$",
            "Rp",
            "km",
            "m²",
            "°C",
            "§",
            "&",
            "XIV",
            "II.",
            "I",
            "IV:n",
        ),
        *(
            "gada",
            "gadā",
            "maja",
            "maijs",
            "toukokuuta",
            "r.",
            "w",
            "w.",
            "lat",
            "May",
            "ke-",
            "-an",
            ":ssä",
            "s",
        ),
        *(
            "www.a.com",
            "a@b.fi",
            "http://",
            "esim.",
            "np.",
            "utt.",
            "itd.",
            "Louis",
            "Jan",
            "St.",
            "Mon.",
            "BC",
            "in.",
            "'",
            "x",
            "No.",
            "(",
            ")",
            '"',
            ",",
        ),
        *(" ", " ", " ", ".", "-", "–", ":", "/", "\u00a0", "٣", "²", "\u0301"),
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=25).map("".join) | st.lists(PIECES, max_size=25).map(" ".join)


@hypothesis_settings(max_examples=250)
@given(text=TEXTS, language=st.sampled_from([*LANGUAGES, "de", ""]), is_heading=st.booleans())
def test_any_text_is_read_and_its_origins_stay_in_order(text: str, language: str, is_heading: bool) -> None:
    cleaned = clean(text)
    said = verbalize(cleaned, language, is_heading=is_heading)
    assert len(said.text) == len(said.starts) == len(said.ends)
    reached = 0
    for start, end in zip(said.starts, said.ends, strict=True):
        assert reached <= start < end <= len(text)
        reached = start


@hypothesis_settings(max_examples=150)
@given(
    text=st.text("abcdefghijklmnopqrstuvwxyzäöąęćżņāšč ,;!?'", max_size=80),
    language=st.sampled_from(LANGUAGES),
)
def test_words_in_small_letters_stay_unless_they_are_short_forms(text: str, language: str) -> None:
    known = lexis(language)
    assert known is not None
    spoken = clean(text)
    short = {form for form in known.short if form.isalpha()}
    if not short & set(spoken.text.replace("'", " ").replace(",", " ").split()):
        said = verbalize(spoken, language).text
        assert said == spoken.text or short & set(text.split(" ")) or any(form in text for form in short)


@hypothesis_settings(max_examples=150)
@given(
    number=st.integers(0, 10**13) | st.integers(0, 2200),
    before=st.sampled_from(["", "a ", "(", "-", "no ", "od ", "in "]),
    after=st.sampled_from(
        ["", ".", " %", " km", " €", ". maja", ". gadā", " vuodessa", " osób", ":", "?", " 5", ", 3"]
    ),
    language=st.sampled_from(LANGUAGES),
)
def test_a_number_that_stands_alone_leaves_no_figure(
    number: int, before: str, after: str, language: str
) -> None:
    said = reading(f"{before}{number}{after}", language)
    assert not any(map(str.isdecimal, said))


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "1,",
        "1.",
        "1-",
        "1:",
        "1 000 ",
        ",",
        ".",
        "I",
        "I ",
        "a.",
        "@",
        "a@",
        "http://",
        "1. ja ",
        "np. ",
        "%",
        "-",
        "(",
        "5'1",
        "5 x ",
        "St. ",
        "5 BC-",
        "Mon.-",
        "ust. 2 ",
        "między 5 a ",
        "o 18.00, ",
    ],
    ids=repr,
)
def test_what_is_repeated_is_read_in_linear_time(unit: str, language: str) -> None:
    def read(text: str) -> None:
        verbalize(AlignedText.original(text), language)

    assert_linear(read, repeated(unit), 1_500)


def test_prose_without_numbers_costs_little() -> None:
    sentence = AlignedText.original(
        "Hän nousi hitaasti ja katsoi ikkunasta ulos, missä lumi satoi hiljaa maahan."
    )
    dated = AlignedText.original("Hän nousi 5.5.1990 hitaasti ja katsoi ikkunasta ulos, missä lumi satoi.")
    assert verbalize(sentence, "fi") is sentence
    assert_at_most(0.2, lambda text: verbalize(text, "fi"), dated, sentence)
