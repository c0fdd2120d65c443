"""Detecting the format of bytes that come without a file name, from how they start."""

from __future__ import annotations

import re
from typing import Final

_HTML = re.compile(
    rb"""
    \s* (?: <\?xml [^>]{0,200} > \s* )?  # <?xml version="1.0"?>
    (?: <!-- .{0,1000}? --> \s* )?  # <!-- saved from url -->
    < (?: !doctype \s+ html | html ) \b  # <!DOCTYPE html, <html lang="fi">
    """,
    re.I | re.S | re.X,
)
_LONGEST_PROLOGUE: Final = 4096
_BOM: Final = b"\xef\xbb\xbf"


def suffix_of(data: bytes) -> str:
    """Return the file name extension for a text.

    Args:
        data: All its bytes.

    Returns:
        `.pdf`, `.epub`, `.docx`, `.doc` or `.html`, if the bytes start like one of these; otherwise `.txt`.
    """
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        is_document = b"word/document.xml" in data and b"application/epub+zip" not in data[:200]
        return ".docx" if is_document else ".epub"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ".doc"
    return ".html" if _HTML.match(data[:_LONGEST_PROLOGUE].removeprefix(_BOM)) else ".txt"
