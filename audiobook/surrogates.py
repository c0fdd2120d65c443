"""Bytes that are not valid text: in names and variables, Python represents them as surrogates."""

from __future__ import annotations

import re
from typing import Final

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FIRST_OF_A_BYTE: Final = 0xDC00
"""Source: PEP 383: byte 0xff is U+DCFF."""


def is_text(text: str) -> bool:
    """Return whether a string has no surrogates, and so can be printed, sent and written as UTF-8."""
    return not _SURROGATE.search(text)


def escaped(text: str) -> str:
    r"""Return a string with each undecodable byte as `\xff`, and each other surrogate as `\ud800`."""
    return _SURROGATE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    byte = code - _FIRST_OF_A_BYTE
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else f"\\u{code:04x}"
