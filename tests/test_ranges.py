"""Ranges of numbers as people write them."""

import pytest

from audiobook.ranges import normal_ranges, parse_ranges


def test_equal_ranges_have_one_form() -> None:
    written = {
        "3-7,10": "3-7,10",
        " 3 – 7 , 10 ": "3-7,10",
        "12-": "12-",
        "-4": "1-4",
        "5-5": "5",
        "": "",
        "  ": "",
    }
    assert {given: normal_ranges(given) for given in written} == written
    assert parse_ranges("3-7,12-") == ((3, 7), (12, None))


@pytest.mark.parametrize(
    "wrong", ["x", "3-x", "7-3", "0", "1,,2", "-", ",", "1;2", "²", "1-2-3", "-3-4", "9999999", "1 2"]
)
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        parse_ranges(wrong)
