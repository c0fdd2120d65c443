"""Sizes of files in words."""

from audiobook.report.sizes import size_in_words


def test_a_size_has_the_unit_in_which_it_is_not_zero() -> None:
    shown = {
        0: "0 kB",
        1: "1 kB",
        1_000: "1 kB",
        40_100: "41 kB",
        999_000: "999 kB",
        999_001: "1.0 MB",
        9_940_000: "9.9 MB",
        9_950_000: "10 MB",
        63_201_294: "63 MB",
        999_400_000: "999 MB",
        999_500_000: "1.0 GB",
        1_234_567_890_123: "1235 GB",
    }
    assert {size: size_in_words(size) for size in shown} == shown
