"""Checking that a marked text can be read in the manner that `as` names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NUMBER: Final = (
    re.compile(r"[+-]?(?:\d{1,3}(?:[., \u00a0\u202f]\d{3})+|\d+|[IVXLCDM]+)\.?"),
    "a whole number",
)
_DIGITS: Final = (re.compile(r"[\W\d_]*\d[\W\d_]*"), "a number")
_FITTING: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "cardinal": _NUMBER,
    "ordinal": _NUMBER,
    "year": _NUMBER,
    "digits": _DIGITS,
    "telephone": _DIGITS,
    "date": (
        re.compile(
            r"""
            (?: \d{4}\s*([-./ ])\s*\d{1,2}\s*\1\s*\d{1,2}       # 2020-11-05
              | \d{1,2}\s*([-./ ])\s*\d{1,2}\s*\2\s*\d{4} )     # 5.11.2020
            \.?
            """,
            re.VERBOSE,
        ),
        "a date such as 2020-11-05",
    ),
    "time": (re.compile(r"(?:[01]?\d|2[0-4])\s*[.:hH]\s*[0-5]\d"), "a time such as 9:15"),
    "characters": (re.compile(r".*\S.*", re.DOTALL), "a word"),
}
"""For each manner, a pattern for text that can be read in it, and a description of such text."""


def misfit(text: str, manner: str) -> str:
    """Return the reason why a text cannot be read in a manner; "" if it can.

    Args:
        text: The marked text.
        manner: A value of `as`, such as "ordinal".
    """
    pattern, name = _FITTING[manner]
    return "" if pattern.fullmatch(text.strip()) else f"“{text[:40]}” is not {name}"
