"""The direction of the characters of a title. Capitals stand for Hebrew letters, as in UAX 9."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.cover.bidi import levels, runs_rightwards, visual_order

HEBREW = {chr(ord("A") + at): chr(0x5D0 + at) for at in range(26)}


def seen(text: str) -> str:
    """Return a title in visual order from left to right, without mirroring brackets."""
    written = "".join(HEBREW.get(char, char) for char in text)
    found = levels(written, rightwards=runs_rightwards(written))
    return "".join(text[at] for at in visual_order(found))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc def", "abc def"),
        ("ABC DEF", "FED CBA"),
        ("ABC 123", "123 CBA"),
        ("ABC 1,234.5 DEF", "FED 1,234.5 CBA"),
        ("ABC 10%", "10% CBA"),
        ("ABC abc DEF", "FED abc CBA"),
        ("ABC abc def DEF", "FED abc def CBA"),
        ("abc ABC DEF def", "abc FED CBA def"),
        ("abc ABC 12 def", "abc 12 CBA def"),
        ("ABC (DEF)", ")FED( CBA"),
        ("ABC (abc)", ")abc( CBA"),
        ("abc (ABC) def", "abc (CBA) def"),
        ("abc (ABC", "abc (CBA"),
        ("ABC!", "!CBA"),
        ("abc ABC!", "abc CBA!"),
        ("", ""),
        ("12", "12"),
    ],
)
def test_a_title_is_shown_in_visual_order(text: str, shown: str) -> None:
    assert seen(text) == shown


def test_marks_stay_with_their_letters() -> None:
    assert levels("שָׁלוֹם", rightwards=True) == [1] * 7


def test_numbers_in_arabic_run_from_left_to_right() -> None:
    assert levels("سنة 1001", rightwards=True) == [1, 1, 1, 1, 2, 2, 2, 2]


@given(st.text(st.sampled_from("aב ج1٢(),.-%[]\u0301!"), max_size=40))
def test_every_character_has_a_level_and_a_position(text: str) -> None:
    found = levels(text, rightwards=runs_rightwards(text))
    assert len(found) == len(text)
    assert set(found) <= {0, 1, 2}
    assert sorted(visual_order(found)) == list(range(len(text)))
