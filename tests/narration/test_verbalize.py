"""Numbers, signs and short forms become words in any language; and hostile texts."""

from __future__ import annotations

import pytest
from growth import assert_at_most, assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sampling import sampled

from audiobook.narration.aligned import AlignedText
from audiobook.narration.clean import clean
from audiobook.narration.grammar.installed import grammar_of, language_tags
from audiobook.narration.verbalize import verbalize

LANGUAGES = language_tags()
OTHER_LANGUAGES = ["hu", "ja", "ar", "x", ""]


def reading(text: str, language: str) -> str:
    is_heading = text.startswith("# ")
    return verbalize(clean(text.removeprefix("# ")), language, is_heading=is_heading).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_come_from_everything_they_replaced(language: str) -> None:
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
def test_uncertain_text_is_unchanged(language: str) -> None:
    assert [text for text in UNSURE if reading(text, language) != text] == []


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_without_rules_only_web_addresses_change(language: str) -> None:
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
def test_a_web_address_is_read_as_its_host(written: str, said: str) -> None:
    assert reading(written, "en") == said


def test_a_heading_that_is_one_numeral_is_a_number() -> None:
    assert reading("# IV", "en") == "four"
    assert reading("IV", "en") == "IV"
    assert reading("# XII.", "fi") == "kaksitoista."
    assert reading("# II: Paluu", "fi") == "kaksi: Paluu"


@hypothesis_settings(max_examples=150)
@given(
    text=st.text("abcdefghijklmnopqrstuvwxyzäöąęćżņāšč ,;!?'", max_size=80),
    language=st.sampled_from(LANGUAGES),
)
def test_lower_case_words_are_unchanged_unless_they_are_short_forms(text: str, language: str) -> None:
    known = grammar_of(language).words
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
def test_a_number_on_its_own_becomes_words(number: int, before: str, after: str, language: str) -> None:
    said = reading(f"{before}{number}{after}", language)
    assert not any(map(str.isdecimal, said))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize(
    "unit",
    sampled(
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
        8,
    ),
    ids=repr,
)
def test_repeated_text_is_read_in_linear_time(unit: str, language: str) -> None:
    def read(text: str) -> None:
        verbalize(AlignedText.original(text), language)

    assert_linear(read, repeated(unit), 1_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "language"),
    [
        ("2 metru ", "lv"),
        ("1,1 ", "lv"),
        ("ar 5", "lv"),
        ("u. c", "lv"),
        ("2011./12", "lv"),
        ("tel. 1 ", "sl"),
        ("tel. (1", "sl"),
        ("dr. A", "sl"),
        ("1 kg/", "sl"),
        ("5-6 ", "fi"),
        ("SIS II-", "fi"),
        ("1:2 a ", "fi"),
        ("1,234 a ", "es"),
        ("Rp1 hingga ", "id"),
        ("Raja A ", "id"),
        ("5'", "id"),
    ],
    ids=repr,
)
def test_language_specific_text_is_read_in_linear_time(unit: str, language: str) -> None:
    def read(text: str) -> None:
        verbalize(AlignedText.original(text), language)

    assert_linear(read, repeated(unit), 1_000)


def test_prose_without_numbers_costs_little() -> None:
    sentence = AlignedText.original(
        "Hän nousi hitaasti ja katsoi ikkunasta ulos, missä lumi satoi hiljaa maahan."
    )
    dated = AlignedText.original("Hän nousi 5.5.1990 hitaasti ja katsoi ikkunasta ulos, missä lumi satoi.")
    assert verbalize(sentence, "fi") is sentence
    assert_at_most(0.2, lambda text: verbalize(text, "fi"), dated, sentence)
    assert_at_most(0.2, lambda text: verbalize(text, "lv"), dated, sentence)
    assert_at_most(0.2, lambda text: verbalize(text, "id"), dated, sentence)
