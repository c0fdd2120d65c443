"""Sizes of files in words."""

from __future__ import annotations

from math import ceil
from typing import Final

_THOUSAND: Final = 1000
_LEAST_WHOLE: Final = 9.95
"""From here on, a size is shown without a decimal."""


def size_in_words(length_bytes: int) -> str:
    """Return a number of bytes in decimal units: "0 kB", "1 kB" (for 1 to 1000 bytes), "2.4 MB", "63 MB", "1.2 GB"."""
    size: float = ceil(length_bytes / _THOUSAND)
    unit = "kB"
    for larger in ("MB", "GB"):
        if round(size) < _THOUSAND:
            break
        size, unit = size / _THOUSAND, larger
    has_decimal = unit != "kB" and size < _LEAST_WHOLE
    return f"{size:.{int(has_decimal)}f} {unit}"
