"""Regular expressions: some of users are refused, all others finish in time; ours match the same in every Python."""

import ast
import re
from pathlib import Path

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st
from sampling import sampled

import audiobook
from audiobook.errors import SourceError
from audiobook.patterns import STRETCH_CHARS, checked_pattern, found_by


def refused(source: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        checked_pattern(source, "lexicon.toml:3", case=False)
    assert caught.value.where == "lexicon.toml:3"
    return caught.value


@pytest.mark.parametrize(
    "source",
    [
        "(a+)+$",
        "(a|aa)+$",
        "(a?a)*$",
        "(?:a+b)+",
        "(?:a{0,5}){3}",
        "(?=(a+)+b)",
        "(?>(?:a+)+)",
        "(?:(?:a*)*)*",
        "(.*)*x",
        "(?:){1000000000}",
        r"(?:\b){1000000000}",
        "a*a*a*b",
        r"\w+\s*\w+\s*x",
        r"(\w+)(\w+)\2!",
        r"(\w+)\1{3}!",
        "(a|b|cc){0,9}" * 9,
    ],
)
def test_a_pattern_that_could_take_unbounded_time_is_refused_with_advice(source: str) -> None:
    error = refused(source)
    assert "could take too long" in error.message
    assert error.hint


@pytest.mark.parametrize(
    "source", ["[", "(", "*", "a{99999999999999999999}", "(?<=a+)b", r"\1", "(" * 400 + ")" * 400, "a" * 1001]
)
def test_an_invalid_expression_is_refused(source: str) -> None:
    assert "regular expression" in refused(source).message


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    sampled([r"\w+\w*(?:x|y)", r"(.*?),(.*?)$", r"\bX(\w+)\s*(km|m)\b", r"(a*)\1b", r"(?=\w*\w*!)b?"], 2),
)
def test_an_accepted_pattern_takes_linear_time(source: str) -> None:
    pattern = checked_pattern(source, "w:1", case=False)
    assert_linear(lambda text: list(found_by(pattern, text)), repeated("a"), STRETCH_CHARS)


def test_matches_are_found_in_long_sentences_and_never_empty() -> None:
    text = "sana 5 km " * 200
    pattern = checked_pattern(r"(\d+) km|x*", "w:1", case=False)
    assert [match.group() for match in found_by(pattern, text)] == ["5 km"] * 200


def test_the_start_anchor_means_the_start_of_the_sentence() -> None:
    pattern = checked_pattern("^a", "w:1", case=False)
    assert len(list(found_by(pattern, "a " * STRETCH_CHARS))) == 1


def test_case_matters_if_an_entry_says_so() -> None:
    assert list(found_by(checked_pattern("ab", "w:1", case=False), "AB"))
    assert not list(found_by(checked_pattern("ab", "w:1", case=True), "AB"))


@given(source=st.text("ab|()*+?{}[]1,2\\w^$.", max_size=12))
def test_any_expression_is_refused_or_finishes(source: str) -> None:
    try:
        pattern = checked_pattern(source, "w:1", case=False)
    except SourceError:
        return
    assert isinstance(pattern, re.Pattern)
    list(found_by(pattern, "a" * 200 + "!"))  # one that never finishes runs into the time limit of every test


_POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{{1,2}\d*,?\d*\}{1,2})\+")


def test_no_group_is_possessive() -> None:
    """Python 3.11.0 to 3.11.4 keep what the last, incomplete repetition of such a group consumed.

    `(?>(?:a)*)` is the same, and right in every version. Source: https://github.com/python/cpython/issues/106052
    """
    assert _POSSESSIVE_GROUP.search(r"(?:\d{3})++")
    found = [
        f"{path}:{node.lineno}: {node.value[:60]}"
        for path in Path(audiobook.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "(?" in node.value
        if _POSSESSIVE_GROUP.search(node.value)
    ]
    assert found == []
