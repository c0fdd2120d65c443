"""The text on a drawn cover, which also decides its design."""

from __future__ import annotations

from typing import Final
from unicodedata import category

import msgspec

from audiobook.files import digest

_LATIN_END: Final = 0x250
"""The fonts in this package have all letters and digits before this code."""


class CoverText(msgspec.Struct, frozen=True):
    """The text on a drawn cover.

    Attributes:
        slug: ASCII name of the work; decides the design together with the text.
        title: Title.
        authors: Names of the authors; may be empty.
        language: BCP 47 tag.
        palette: Name of its colours; empty lets the words decide.
    """

    slug: str
    title: str
    authors: tuple[str, ...]
    language: str
    palette: str = ""

    @property
    def words_sha256(self) -> str:
        """Digest of the words, which decide the design; the palette does not change it."""
        return digest("\0".join((self.slug, self.title, self.language, *self.authors)).encode())

    @property
    def identity(self) -> str:
        """Digest of everything that the design depends on, except the fonts."""
        return f"{self.words_sha256} {self.palette}".rstrip()

    @property
    def is_lettered(self) -> bool:
        """Whether fonts have all letters and digits of the title."""
        letters = [char for char in self.title if category(char)[0] in "LN"]
        if letters and all(ord(char) < _LATIN_END for char in letters):
            return True
        from audiobook.cover.layout import shown_title  # loads fonts, which takes 15 ms

        return bool(shown_title(self.title, self.language))
