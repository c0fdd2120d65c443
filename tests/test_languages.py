"""The built-in language data agrees with the library."""

import langcodes
import pytest

from audiobook.languages import three_letters


def test_the_table_of_three_letters_is_that_of_the_library() -> None:
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
