"""The files of a folder as bytes, so that a folder is read like any other text: the same files give the same bytes."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from audiobook.sources.base import endings
from audiobook.sources.links import spelled

BOOK_FILE: Final = "book.toml"
"""The file in the folder that describes the book."""
PICTURES: Final = (".gif", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp")
COVERS: Final = (".jpg", ".jpeg", ".png", ".webp")
WHOLE_BOOKS: Final = frozenset(
    (".azw", ".azw3", ".epub", ".fb2", ".fb2.zip", ".fbz", ".htmlz", ".mobi", ".pdf", ".prc")
)
"""Extensions of files that are whole books rather than chapters."""


class Bundle(msgspec.Struct, frozen=True, array_like=True):
    """The files of a folder.

    Attributes:
        files: Name and bytes of each chapter, of the files that describe the book, and of its cover, in order of the
            names. The names are relative to the folder, with `/`.
        others: Names of the files that are not read.
    """

    files: tuple[tuple[str, bytes], ...]
    others: tuple[str, ...]

    def file(self, name: str) -> bytes | None:
        """Return the bytes of a file; None if there is no such file."""
        files = dict(self.files)
        return files.get(spelled(name, files))

    def spelled(self, name: str) -> str:
        """Return the name of the file that is meant by a name in a table of contents; see `links.spelled`."""
        return spelled(name, [*dict(self.files), *self.others])


def chapter_endings() -> frozenset[str]:
    """Return the extensions of files that can be chapters."""
    return frozenset(endings()) - WHOLE_BOOKS - frozenset(PICTURES)


def packed(bundle: Bundle) -> bytes:
    """Return a bundle as bytes."""
    return msgspec.msgpack.encode(bundle)


def unpacked(data: bytes) -> Bundle:
    """Return the bundle in bytes that `packed` returned."""
    return msgspec.msgpack.decode(data, type=Bundle)


def file_digests(data: bytes) -> dict[str, str]:
    """Return the SHA-256 of each file of a packed bundle, by name."""
    return {name: hashlib.sha256(each).hexdigest() for name, each in unpacked(data).files}
