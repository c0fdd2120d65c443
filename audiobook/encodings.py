"""Which of Python's codecs are encodings that a text can be in."""

from __future__ import annotations

import codecs
from typing import Final

UTF_8: Final = "utf-8"
_NO_ENCODINGS: Final = {
    "idna",
    "mbcs",
    "oem",
    "punycode",
    "raw-unicode-escape",
    "undefined",
    "unicode-escape",
}
"""Python's codecs that are no way to write a text, or are another one on each system."""
_EITHER_ORDER: Final = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": UTF_8}
"""Encodings that a byte order mark completes, and how they are meant without one."""


def text_encoding(name: str) -> str | None:
    """Return the one name of an encoding that a text can be in; None if Python has no such encoding."""
    try:
        found = codecs.lookup(name)
        "".encode(name)  # refuses codecs that are not from text to bytes
    except (LookupError, UnicodeError, ValueError):
        return None
    known = found.name.replace("_", "-")
    return None if known in _NO_ENCODINGS else _EITHER_ORDER.get(known, known)
