"""The built-in language data agrees with the library."""

from functools import partial

import langcodes
import pytest
from tools import accepts

from audiobook.errors import UsageError
from audiobook.languages import (
    english_name,
    is_real,
    lowered,
    require_code,
    three_letters,
    without_region,
)


def test_the_three_letter_codes_match_the_library() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    tags = [first + second for first in letters for second in letters]
    known = [tag for tag in tags if langcodes.get(tag).is_valid()]
    assert len(known) > 180
    assert {tag: three_letters(tag) for tag in known} == {
        tag: langcodes.get(tag).to_alpha3() for tag in known
    }


@pytest.mark.parametrize(
    ("tag", "code"),
    [("fi", "fin"), ("pt-BR", "por"), ("zh-Hant-TW", "zho"), ("yue", "yue"), ("FI", "fin"), ("xx", "und")],
)
def test_a_tag_in_three_letters(tag: str, code: str) -> None:
    assert three_letters(tag) == code


def test_a_name_in_place_of_a_code_is_refused_with_the_code() -> None:
    for given, hint in {
        "english": "did you mean en?",
        "Slovenian": "did you mean sl?",
        "suomi": "did you mean fi?",
        "pt_BR": "did you mean pt-BR?",
        "": "use a code such as en, fi or pt-BR",
        "e": "use a code such as en, fi or pt-BR",
    }.items():
        with pytest.raises(UsageError, match="is not a language code") as caught:
            require_code(given)
        assert caught.value.hint == hint


def test_a_code_of_two_or_three_letters_is_accepted() -> None:
    for tag in ("en", "pt-BR", "cmn", "zh-Hant-TW", "FI"):
        assert accepts(partial(require_code, tag)), tag


def test_codes_of_no_language_are_not_real() -> None:
    assert [tag for tag in ("fi", "zh-TW", "fil", "und", "mul", "zxx", "xx", "qq") if is_real(tag)] == [
        "fi",
        "zh-TW",
        "fil",
    ]


def test_small_letters_are_those_of_the_language() -> None:
    assert [lowered("KAPIDA İZ", tag) for tag in ("tr", "az-Latn")] == ["kapıda iz"] * 2
    assert lowered("KAPI", "en") == "kapi"


def test_an_english_name_is_found_by_the_code() -> None:
    assert [english_name(tag) for tag in ("ru", "zh-TW", "qq")] == ["Russian", "Chinese", "qq"]


def test_a_tag_without_its_region_keeps_its_script() -> None:
    for tag, rest in (
        *(("en-GB", "en"), ("es-419", "es"), ("zh-Hant-TW", "zh-Hant"), ("en-GB-scotland", "en")),
        *(("en", "en"), ("sr-Latn", "sr-Latn"), ("ca-valencia", "ca-valencia"), ("en-x-gb", "en-x-gb")),
    ):
        assert without_region(tag) == rest
