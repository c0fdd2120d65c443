"""A drawn cover: for works that have no picture of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audiobook.book.jpeg import BAND_PX, encode_bands
from audiobook.files import digest

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE_PX: Final = 3000
_QUALITY: Final = 88


@dataclass(frozen=True, slots=True)
class CoverText:
    """What a drawn cover says.

    Attributes:
        slug: ASCII name of the work, which decides the drawing together with the words.
        title: Title.
        authors: Who wrote it; may be empty.
        language: BCP 47 tag.
    """

    slug: str
    title: str
    authors: tuple[str, ...]
    language: str

    @property
    def identity(self) -> str:
        """Digest of all that the drawing depends on."""
        return digest("\0".join((self.slug, self.title, self.language, *self.authors)).encode())


def drawn(text: CoverText) -> bytes:
    """Give a cover of 3000 × 3000 pixels as JPEG."""
    return encode_bands(_bands(text), _QUALITY)


def _bands(text: CoverText) -> Iterator[Image]:
    from PIL import Image  # noqa: PLC0415

    seed = bytes.fromhex(text.identity)
    ground = (20 + seed[0] // 4, 20 + seed[1] // 4, 20 + seed[2] // 4)
    for top in range(0, SIDE_PX, BAND_PX):
        yield Image.new("RGB", (SIDE_PX, min(BAND_PX, SIDE_PX - top)), ground)
