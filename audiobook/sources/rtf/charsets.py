"""Encodings of RTF text: code pages, and the character sets of fonts.

Source: Rich Text Format Specification 1.9.1, "Character Set" and "Font Table".
"""

from __future__ import annotations

import codecs
import re
from typing import Final

SYMBOLS: Final = "symbols"
"""The value for fonts whose characters are not letters."""
_CHARSETS: Final = {
    2: SYMBOLS,
    77: "mac_roman",
    78: "shift_jis",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_PAGES: Final = {
    708: "iso8859_6",
    936: "gbk",
    1361: "johab",
    10000: "mac_roman",
    10007: "mac_cyrillic",
    65001: "utf-8",
}
_DECLARED: Final = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
DEFAULT: Final = "cp1252"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def of_charset(number: int) -> str | None:
    """Return the encoding of a font's character set; None for that of the document.

    Set 0 is Western European in theory. In practice it often stands for the code page of the document.
    """
    return _CHARSETS.get(number)


def of_page(number: int) -> str | None:
    """Return the encoding of a code page; None if it is unknown."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def of_word(word: str) -> str | None:
    """Return the encoding that a control word at the start of the file declares, or None."""
    return _DECLARED.get(word)


def plain_text(text: str) -> str:
    """Return a text in which two halves of a character are one, and control characters are spaces.

    A lone half becomes U+FFFD.
    """
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub(" ", joined)
