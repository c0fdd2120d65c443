"""TOML errors with line numbers, in linear time."""

from collections.abc import Callable

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import SettingsError, SourceError
from audiobook.toml import line_of_key, parse_toml


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb\n", 2),
        ("a = 1\n\nb = 'x\n", 3),
        ("a = [\n\n", 1),
        ("a = " + "[" * 20_000, 1),
        ("a = " + "9" * 5_000, 1),
        ("b = 1\n" + "a." * 30_000 + "b = 1", 2),
        ("b = 1\n" + "'a' . \"b\". " * 30_000 + "b = 1", 2),
        ("[" + "a." * 30_000 + "b]", 1),
    ],
    ids=["no value", "open text", "open list", "deep", "huge", "long key", "long quoted key", "long table"],
)
def test_invalid_toml_is_refused_by_line(text: str, line: int) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_toml(text, "a.toml", SettingsError)
    assert caught.value.where == f"a.toml:{line}"
    assert caught.value.message.startswith("not valid TOML: ")


@pytest.mark.parametrize(
    "make",
    [
        lambda count: "a = " + "[" * count,
        lambda count: "a = " + "9" * count,
        lambda count: "b = 1\n" + "a." * count + "b = 1",
        lambda count: "b = 1\n" + "'a' . \"b\". " * count + "b = 1",
        lambda count: "[" + "a." * count + "b]",
    ],
    ids=["deep", "huge", "long key", "long quoted key", "long table"],
)
def test_invalid_toml_is_refused_in_linear_time(make: Callable[[int], str]) -> None:
    def refuse(text: str) -> None:
        with pytest.raises(SettingsError):
            parse_toml(text, "a.toml", SettingsError)

    assert_linear(refuse, make, 5_000)


def test_lines_are_counted_from_where_the_toml_begins() -> None:
    with pytest.raises(SourceError) as caught:
        parse_toml("a = 1\nb\n", "a.md", SourceError, 2)
    assert caught.value.where == "a.md:3"


def test_many_dots_in_a_string_are_not_a_long_key() -> None:
    text = "a" + "." * 500 + " and so on. " * 100
    assert parse_toml(f"a = '''\n{text}'''", "a.toml", SourceError)["a"] == text


@pytest.mark.parametrize(("key", "line"), [("a", 1), ("b c", 2), ("d", 4), ("e", 5), ("f", 0)])
def test_the_line_of_a_key_or_table_is_found(key: str, line: int) -> None:
    assert line_of_key(["a = 1", '"b c" = 2', "", "[d]", "[[e]]"], key) == line


@given(text=st.text("ab.=[]{}\"'\n1#-:T ", max_size=40))
def test_any_text_is_toml_or_a_named_error(text: str) -> None:
    where: str | None = "a.toml:"
    try:
        parse_toml(text, "a.toml", SourceError)
    except SourceError as error:
        where = error.where
    assert (where or "").startswith("a.toml:")
