"""Numbers and ranges of numbers as people write them: `3-7,10`, `12-`."""

from __future__ import annotations

import re
from typing import Final

_PART = re.compile(r"(\d{1,6})?(?:(-)(\d{1,6})?)?", re.ASCII)
_DASHES: Final = str.maketrans("‐‑‒–—", "-----")


def parse_ranges(text: str) -> tuple[tuple[int, int | None], ...]:
    """Return the ranges in a text, each as its first and last number; None as the last means "to the end".

    Args:
        text: For example `3-7, 10, 12-`; `-4` begins at 1. Empty for none.

    Raises:
        ValueError: A part is not a number or a range; its argument is that part.
    """
    ranges: list[tuple[int, int | None]] = []
    for written in text.translate(_DASHES).split(",") if text.strip() else ():
        part = "-".join(end.strip() for end in written.split("-"))
        found = _PART.fullmatch(part)
        if not found or part in ("", "-"):
            raise ValueError(written.strip())
        first = int(found[1] or 1)
        last = first if not found[2] else int(found[3]) if found[3] else None
        if first < 1 or (last is not None and last < first):
            raise ValueError(written.strip())
        ranges.append((first, last))
    return tuple(ranges)


def normal_ranges(text: str) -> str:
    """Return ranges in a normal form, so that equal ranges are equal strings.

    Raises:
        ValueError: See `parse_ranges`.
    """
    return ",".join(_shown(first, last) for first, last in parse_ranges(text))


def _shown(first: int, last: int | None) -> str:
    return str(first) if first == last else f"{first}-{'' if last is None else last}"
