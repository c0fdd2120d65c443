"""The contract of every installed language, and the behaviour of one without rules."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.errors import SettingsError
from audiobook.narration.aligned import AlignedText
from audiobook.narration.clean import clean
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Form, Measure, every_form
from audiobook.narration.grammar.installed import grammar_of, language_tags
from audiobook.narration.grammar.neutral import Neutral
from audiobook.narration.grammar.numerals import MOST
from audiobook.narration.grammar.words import Words
from audiobook.narration.grammar.words_file import read_words
from audiobook.narration.rules.short_forms import verbalize_short_forms
from audiobook.narration.verbalize import verbalize

NARRATION = Path(__file__).parents[2] / "audiobook" / "narration"
LANGUAGES = language_tags()
NAMES = frozenset(
    "english finnish indonesian latvian polish slovenian german french spanish dutch italian swedish".split()
)
BUILT_IN = sorted(path.name for path in (NARRATION / "languages").iterdir() if (path / "words.toml").exists())

# Texts ------------------------------------------------------------------------------------------------------
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


WORDS = st.sampled_from(
    ["", "w", "od", "ob", "plkst.", "klo", "leta", "the", "Karel", "5", "gadā", "osób", "people", "xyz"]
)


def test_every_language_folder_is_installed_through_an_entry_point() -> None:
    assert set(BUILT_IN) <= set(LANGUAGES)


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(text=TEXTS, language=st.sampled_from([*LANGUAGES, "hu", ""]), is_heading=st.booleans())
def test_any_text_is_read_and_its_origins_stay_in_order(text: str, language: str, is_heading: bool) -> None:
    cleaned = clean(text)
    said = verbalize(cleaned, language, is_heading=is_heading)
    assert len(said.text) == len(said.starts) == len(said.ends)
    reached = 0
    for start, end in zip(said.starts, said.ends, strict=True):
        assert reached <= start < end <= len(text)
        reached = start


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(
    number=st.integers(0, 2200) | st.integers(0, MOST),
    form=st.sampled_from(every_form()),
    tag=st.sampled_from(LANGUAGES),
)
def test_every_number_has_words_in_every_form_that_rules_use(number: int, form: Form, tag: str) -> None:
    grammar = grammar_of(tag)
    for said in (grammar.cardinal(number, form), grammar.ordinal(number % 100_000, form)):
        assert said
        assert said == said.strip()
        assert "  " not in said
        assert not any(map(str.isdecimal, said))


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(
    number=st.integers(0, 2200),
    before=WORDS,
    after=WORDS,
    second=WORDS,
    tag=st.sampled_from(LANGUAGES),
    is_full=st.booleans(),
)
def test_every_question_of_the_rules_is_answered(
    number: int, before: str, after: str, second: str, tag: str, is_full: bool
) -> None:
    grammar = grammar_of(tag)
    for form in (grammar.cardinal_form(number, before, after), grammar.ordinal_form(before, after)):
        assert isinstance(form, Form)
        assert grammar.cardinal(number, form)
        assert grammar.ordinal(number, form)
        assert grammar.ordinal_range(number, number + 1, form)
    answers = (
        grammar.whole(number, str(number), before, after),
        grammar.decimal(number, "05", after),
        grammar.decimal(number, "5", after),
        grammar.cardinal_range(number, number + 3, before, after),
        grammar.year(number),
        grammar.year_of_date(number),
        grammar.hour(number % 25, before, after, is_full=is_full),
        grammar.ruler(number, before or "Karel", second, ""),
        grammar.ruler(number, after or "Karel", second, "n"),
    )
    assert all(answer and not any(map(str.isdecimal, answer)) for answer in answers)
    grammar.adjective_ending(before, after, second)
    text = f"{before} {number} {after}"
    assert grammar.word_before(text, len(before) + 1) is not None
    assert grammar.reference_case(text, len(before) + 1)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_unit_has_a_form_after_every_number_and_in_every_case(tag: str) -> None:
    grammar = grammar_of(tag)
    for forms in grammar.words.counted.values():
        for value in (None, 0, 1, 2, 3, 4, 5, 11, 12, 21, 22, 100, 101, 102, 1000):
            grammar.count(value)
            for case in (*Case, *Measure):
                said = grammar.unit_in_case(value, forms, case)
                assert said == said.strip()


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_form_that_the_data_uses_is_defined_in_it(tag: str) -> None:
    words = grammar_of(tag).words
    for form, changes in words.cardinals.items():
        assert changes, form
    meanings = words.endings.meanings | words.attributed.meanings
    if words.adjectives:
        assert meanings <= set(words.adjectives) | {Form()}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_words_come_from_everything_they_replaced(tag: str) -> None:
    text = "a 12,5 % b"
    said = verbalize(AlignedText.original(text), tag)
    at = said.text.index(" b")
    assert (said.starts[2], said.ends[at - 1]) == (2, 8)
    assert said.starts[0] == 0
    assert text[said.starts[-1] : said.ends[-1]] == "b"


# A language without rules -----------------------------------------------------------------------------------


def test_a_language_can_consist_of_data_alone() -> None:
    data = """
        decimal = ","
        thousands = "."
        ordinal_dot = true
        [signs]
        point = "Komma"
        dot = "Punkt"
        minus = "minus"
        at = "at"
        and = "und"
        slash = "Schrägstrich"
        plus = "plus"
        times = "mal"
        often = "mal"
        equals = "gleich"
        plusminus = "plus minus"
        [roman]
        rulers = "Ludwig"
        after = "Jahrhundert"
        [roman.chapters]
        kapitel = ""
        [counted]
        "km" = "Kilometer Kilometer"
    """
    grammar: Grammar = Neutral("de", read_words(data, "words.toml"))
    assert grammar.words.has_rules
    assert grammar.ruler(14, "Ludwig", "", "") == "vierzehnte"
    assert verbalize_short_forms(AlignedText.original("a & b"), grammar).text == "a und b"
    for form in every_form():
        assert grammar.cardinal(21, form) == "einundzwanzig"
    assert grammar.cardinal_form(5, "im", "Jahr") == Form()


@hypothesis_settings(max_examples=200, deadline=None)
@given(number=st.integers(0, 10**6), tag=st.text("abcdefghijklmnopqrstuvwxyz", max_size=3))
def test_an_unknown_tag_keeps_its_numbers(number: int, tag: str) -> None:
    grammar = Neutral(tag, Words())
    assert grammar.cardinal(number)
    assert grammar.ordinal(number)
    assert grammar.year(number)


# The data file ----------------------------------------------------------------------------------------------

SIGNS = "\n".join(
    f'{sign} = "x"' for sign in "point dot minus at and slash plus times often equals plusminus".split()
)
LEAST = f'decimal = ","\n[signs]\n{SIGNS}\n'


@pytest.mark.parametrize(
    ("more", "where", "message"),
    [
        (
            '[cardinals."acusative feminine"]\na = "b"',
            "nl/words.toml:14",
            "cardinals.acusative feminine: “acusative”",
        ),
        (
            '[endings]\n"dative dative" = "x"',
            "nl/words.toml:15",
            "endings.dative dative: “dative dative” names more than one",
        ),
        ('[endings]\ndative = "("', "nl/words.toml:15", "endings.dative: is not a valid regular expression"),
        (
            '[before]\ngenitiv = "od"',
            "nl/words.toml:15",
            "before.genitiv: “genitiv” is not a case (did you mean genitive",
        ),
        ('[dates]\nday = "femminine"', "nl/words.toml:15", "dates.day: “femminine”"),
        ('[dates]\nmonths = "a b"', "nl/words.toml:15", "dates.months: there must be 12 months, not 2"),
        (
            '[numbered."p."]\nsay = "page"\n[numbered."p.".cases]\nnominativ = "x"',
            "nl/words.toml:17",
            "numbered.p..cases.nominativ: “nominativ”",
        ),
        ("[counted]\nkm = 5", "nl/words.toml:15", "counted.km: must be a line of words"),
        ('[cents]\n"€" = "cent"', "nl/words.toml:15", "cents.€: “€” must be in [counted] too"),
        ("[dats]\nx = 1", "nl/words.toml", "unknown field `dats`"),
        ('[dates]\nshort = "yes"', "nl/words.toml:15", "dates.short: Expected `bool`, got `str`"),
    ],
)
def test_invalid_data_is_an_error_that_names_file_and_key(more: str, where: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_words(LEAST + more, "nl/words.toml")
    assert str(raised.value.where).startswith(where)
    assert message in raised.value.message


def test_a_sign_that_rules_need_must_not_be_missing() -> None:
    with pytest.raises(SettingsError, match="signs: “minus” is missing"):
        read_words(LEAST.replace('\nminus = "x"', ""), "words.toml")
    with pytest.raises(SettingsError, match="decimal: is missing"):
        read_words(LEAST.removeprefix('decimal = ","\n'), "words.toml")


# Rules and tags ---------------------------------------------------------------------------------------------


def shared_modules() -> list[Path]:
    return [
        path
        for path in sorted(NARRATION.rglob("*.py"))
        if "languages" not in path.relative_to(NARRATION).parts
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", shared_modules(), ids=lambda path: str(path.relative_to(NARRATION)))
def test_no_module_outside_the_languages_names_one(path: Path) -> None:
    tags = {*BUILT_IN, *LANGUAGES}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value not in tags, f"line {node.lineno} names the language “{node.value}”"
        name = getattr(node, "name", None) or getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(name, str):
            words = set(name.lower().strip("_").split("_"))
            assert not words & NAMES, f"line {cast(ast.expr, node).lineno}: {name} is about one language"
