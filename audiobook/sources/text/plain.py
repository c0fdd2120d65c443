"""Plain text: an optional title line, paragraphs separated by blank lines or one per line, and books with chapters."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from audiobook.document import Work
from audiobook.sources.base import Announcement, Source
from audiobook.sources.front_matter.header import announce_front_matter
from audiobook.sources.text.apparatus.gutenberg import header_metadata

_HEADER_BYTES: Final = 20_000


class PlainReader:
    """Reads `.txt` files."""

    def read(self, source: Source) -> Work:
        """Read plain text; see `Reader.read`."""
        from audiobook.sources.text.plain_work import plain_work  # loads the rules for chapters

        return plain_work(source)

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return what the front matter or the Project Gutenberg header declares; see `Announcer.announce`."""
        front = announce_front_matter(data, name, encoding)
        if front.language or b"project gutenberg" not in data[:_HEADER_BYTES].lower():
            return front
        lines = data[:_HEADER_BYTES].decode("ascii", "replace").splitlines()
        return replace(front, language=header_metadata(lines).language)
