"""Cutting a long text without headings into parts of about ten minutes, and their names in the text's language."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

PART_MIN: Final = 10.0
"""Length of a part in minutes of speech."""
_CHARS_PER_MIN: Final = 850
"""Letters of an alphabet that are spoken in a minute, including pauses."""
_WIDE: Final = 3.2
"""Letters of an alphabet that take as long to say as one Chinese or Japanese character."""
_WIDE_SAMPLE_CHARS: Final = 2000


def spoken_min(text: str) -> float:
    """Estimate how many minutes a text takes to say."""
    return len(text) * _weight(text) / _CHARS_PER_MIN


def _weight(text: str) -> float:
    """Return how many letters of an alphabet take as long to say as a character."""
    if text.isascii():
        return 1.0
    sample = text[:_WIDE_SAMPLE_CHARS]
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in sample)
    return 1 + (_WIDE - 1) * wide / len(sample)


def cut_in_parts(lengths_min: Sequence[float], count: int | None = None) -> list[int]:
    """Return where to begin the parts of a text, so that their lengths are about equal.

    Args:
        lengths_min: Length of each paragraph in minutes.
        count: Number of parts; None makes them about `PART_MIN` long.

    Returns:
        Index of the first paragraph of each part; the first is 0.
    """
    total = sum(lengths_min)
    count = max(1, round(total / PART_MIN) if count is None else count)
    starts = [0]
    before = 0.0
    for at, length in enumerate(lengths_min):
        # The paragraph opens a part if most of it lies after the point where the part should begin.
        if len(starts) < count and at and before + length / 2 >= len(starts) * total / count:
            starts.append(at)
        before += length
    return starts


def part_title(number: int, language: str) -> str:
    """Return the name of a part, for example `Part 3` or `第3部分`.

    Args:
        number: Its number, from 1.
        language: BCP 47 tag of the text.
    """
    names = _names()
    tag = language.lower()
    form = names.get(tag) or names.get(tag.partition("-")[0]) or "{}"
    return form.format(number)


@cache
def _names() -> dict[str, str]:
    table: dict[str, str] = tomllib.loads(files(__package__).joinpath("parts.toml").read_text("utf-8"))
    return table
