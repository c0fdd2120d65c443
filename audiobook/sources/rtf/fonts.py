"""The font table of an RTF file: which encoding the bytes in each font have."""

from __future__ import annotations

import msgspec

from audiobook.sources.rtf import charsets


class Fonts(msgspec.Struct):
    """The fonts of a file that name an encoding.

    Attributes:
        encodings: The codec of the bytes in each font, or `charsets.SYMBOLS`, by number of the font.
    """

    encodings: dict[int, str] = msgspec.field(default_factory=dict)
    _number: int = 0

    def follow(self, word: str, value: int | None) -> None:
        """Follow a control word in the font table."""
        if word == "f" and value is not None:
            self._number = value
        elif word in ("fcharset", "cpg") and value is not None:
            found = charsets.of_charset(value) if word == "fcharset" else charsets.of_page(value)
            if found:
                self.encodings[self._number] = found
