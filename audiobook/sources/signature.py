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
_FICTION_BOOK = re.compile(
    rb"""
    \s* (?: <\?xml [^>]{0,200} > \s* )?  # <?xml version="1.0"?>
    (?: <!-- .{0,1000}? --> \s* )?  # <!-- saved by an editor -->
    (?: <\? [^>]{0,200} > \s* )?  # <?xml-stylesheet href="book.css"?>
    < (?: \w{1,20} : )? FictionBook \b  # <FictionBook xmlns="a.org">
    """,
    re.S | re.X,
)
_FB2_MEMBER = re.compile(rb"PK\x03\x04.{26}[^\0]{1,200}?\.fb2", re.S)
"""Matches the header of the first member of an archive."""
_KINDLE: Final = (b"BOOKMOBI", b"TEXtREAd")
_KINDLE_KIND: Final = slice(60, 68)
_LONGEST_PROLOGUE: Final = 4096
_BOM: Final = b"\xef\xbb\xbf"


def suffix_of(data: bytes) -> str:
    """Detect the format of a text, and return its file name extension.

    Args:
        data: All its bytes.

    Returns:
        The extension of the format whose files start like these bytes; `.txt` if there is none.
    """
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        return _suffix_of_archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ".doc"
    if data[_KINDLE_KIND] in _KINDLE:
        return ".mobi"
    opening = data[:_LONGEST_PROLOGUE].removeprefix(_BOM)
    if opening.lstrip().startswith(b"{\\rtf"):
        return ".rtf"
    if _FICTION_BOOK.match(opening):
        return ".fb2"
    return ".html" if _HTML.match(opening) else ".txt"


def _suffix_of_archive(data: bytes) -> str:
    """Return the extension for a zip archive, by the names of its members."""
    opening = data[:_LONGEST_PROLOGUE]
    if b"application/vnd.oasis.opendocument.text" in opening:
        return ".odt"
    if b"application/epub+zip" not in opening:
        if b"word/document.xml" in data:
            return ".docx"
        if b"index.html" in data and b"metadata.opf" in data:
            return ".htmlz"
        if _FB2_MEMBER.match(data):
            return ".fb2.zip"
    return ".epub"
