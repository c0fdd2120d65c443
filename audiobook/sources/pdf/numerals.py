"""Roman numerals of pages and chapters."""

from __future__ import annotations

import re
from typing import Final

_ROMAN: Final = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def roman_value(text: str) -> int | None:
    """Return the value of a Roman numeral in capital or small letters; None for any other text."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    digits = [_VALUES[letter] for letter in text.lower()]
    return sum(
        -value if value < after else value for value, after in zip(digits, [*digits[1:], 0], strict=True)
    )
