"""Kindle books without DRM, unpacked to an EPUB and read as one."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.child import Limits, read_in_child
from audiobook.document import Work
from audiobook.errors import SourceError
from audiobook.extras import install_command
from audiobook.sources.base import Announcement, Source
from audiobook.sources.epub.reader import EpubReader
from audiobook.sources.mobi.header import check_header
from audiobook.sources.mobi.unpack import Unpacked

_LIMITS: Final = Limits()


class MobiReader(msgspec.Struct, frozen=True):
    """Reads `.mobi`, `.azw`, `.azw3` and `.prc` files in a child process with limits.

    Attributes:
        limits: Resource limits for reading one file.
    """

    limits: Limits = _LIMITS

    def read(self, source: Source) -> Work:
        """Read a book; see `Reader.read`."""
        return EpubReader().read(replace(source, data=self._epub(source.data, source.name)))

    def _epub(self, data: bytes, name: str) -> bytes:
        """Return a book as an EPUB.

        Raises:
            SourceError: It cannot be unpacked.
        """
        check_header(data, name)
        if find_spec("mobi") is None:
            raise SourceError(
                "support for Kindle books is not installed",
                where=name,
                hint=f"install it: {install_command('mobi')}",
            )
        answer = read_in_child("audiobook.sources.mobi.unpack", data, name, self.limits)
        try:
            unpacked = msgspec.msgpack.decode(answer, type=Unpacked)
        except msgspec.MsgspecError as error:
            raise SourceError("is not a readable MOBI book", where=name) from error
        if unpacked.refused:
            message, hint = unpacked.refused
            raise SourceError(message, where=name, hint=hint)
        return unpacked.epub

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that a book declares; see `Announcer.announce`."""
        return Announcement(check_header(data, name))

    def pictures(self, data: bytes, name: str) -> Callable[[str], bytes]:
        """Return a function that reads a picture in the book; see `Illustrated.pictures`."""
        return EpubReader().pictures(self._epub(data, name), name)
