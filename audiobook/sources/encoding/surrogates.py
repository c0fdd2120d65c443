"""Halves of characters: what JSON escapes in two parts is joined; a half on its own belongs to no text.

Source: The Unicode Standard, section 3.9, D71 to D75; RFC 8259, section 7.
"""

from __future__ import annotations

import re
from typing import Final

from audiobook.errors import SourceError

HINT: Final = "write the character itself, or leave it out"
_HALF = re.compile("[\ud800-\udfff]")


def find_half(text: str) -> int | None:
    """Return where the first half of a character stands in a text; None if all characters are whole."""
    if text.isascii():
        return None
    found = _HALF.search(text)
    return found.start() if found else None


def half_error(text: str, at: int, where: str) -> SourceError:
    """Return the error for a half at a place of a text."""
    return SourceError(f"U+{ord(text[at]):04X} is only half of a character", where=where, hint=HINT)


def joined(text: str, where: str) -> str:
    """Return a text in which two halves that follow each other are one character.

    Args:
        text: As its escapes gave it: JSON writes an emoji as two of them.
        where: `path:line` for messages.

    Raises:
        SourceError: A half stands alone.
    """
    if find_half(text) is None:
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    if (at := find_half(whole)) is not None:
        raise half_error(whole, at, where)
    return whole
