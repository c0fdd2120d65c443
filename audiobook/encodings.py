"""Which of Python's codecs are encodings of text."""

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
"""Python's codecs that are not text encodings, or that differ from system to system."""
_EITHER_ORDER: Final = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": UTF_8}
"""Encodings that depend on a byte order mark, and what they mean without one."""


def text_encoding(name: str) -> str | None:
    """Return the canonical name of a text encoding; None if Python has no such encoding."""
    try:
        found = codecs.lookup(name)
        "".encode(name)  # fails for codecs that do not convert text to bytes
    except (LookupError, UnicodeError, ValueError):
        return None
    known = found.name.replace("_", "-")
    return None if known in _NO_ENCODINGS else _EITHER_ORDER.get(known, known)
