"""The header of a Kindle book: its kind, its protection and its language.

Source: "MOBI" and "Palm Database Format" in the MobileRead wiki.
"""

from __future__ import annotations

import struct
from locale import windows_locale
from typing import Final

from audiobook.errors import SourceError

_PALM_HEADER_BYTES: Final = 78
_KIND: Final = slice(60, 68)
_FIRST_RECORD: Final = 78
_ENCRYPTION: Final = 12
_LOCALE: Final = 92
_TOPAZ: Final = (b"TPZ0",)
_KFX: Final = (b"CONT", b"\xeaDRMION\xee")
_PRIMARY: Final = 0x3FF
"""The bits of a Windows language number without the region."""
_OTHER: Final = "download or save the file again; if it is another format, give it that format's extension"
_UNPROTECTED: Final = "get an edition without protection, preferably EPUB"


def check_header(data: bytes, name: str) -> str | None:
    """Check that a book can be read, and return the language it declares.

    Args:
        data: The file's bytes.
        name: The file's name in messages.

    Returns:
        BCP 47 tag; None without a known language.

    Raises:
        SourceError: The file is not a MOBI book, or is protected by DRM.
    """
    if data.startswith(_TOPAZ):
        raise SourceError("is in Amazon's Topaz format", where=name, hint=_UNPROTECTED)
    if data.startswith(_KFX):
        raise SourceError(
            "is in Amazon's KFX format, which is usually protected by DRM", where=name, hint=_UNPROTECTED
        )
    if data[_KIND] == b"TEXtREAd":
        raise SourceError(
            "is a PalmDoc text without chapters",
            where=name,
            hint="convert it: `ebook-convert book.prc book.epub`",
        )
    if data[_KIND] != b"BOOKMOBI" or len(data) < _PALM_HEADER_BYTES + 8:
        raise SourceError("is not a MOBI book", where=name, hint=_OTHER)
    start = struct.unpack_from(">L", data, _FIRST_RECORD)[0]
    if start + _LOCALE + 4 > len(data):
        raise SourceError("is truncated in its header", where=name, hint="download or save the file again")
    if struct.unpack_from(">H", data, start + _ENCRYPTION)[0]:
        raise SourceError("is protected by DRM, so it cannot be read", where=name, hint=_UNPROTECTED)
    return _language(struct.unpack_from(">L", data, start + _LOCALE)[0])


def _language(locale: int) -> str | None:
    """Return the tag of a Windows language number; without a region, only the language."""
    if tag := windows_locale.get(locale):
        return tag.replace("_", "-")
    same = (tag for number, tag in windows_locale.items() if locale and number & _PRIMARY == locale)
    return next((tag.partition("_")[0] for tag in same), None)
