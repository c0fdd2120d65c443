"""ZIP archives with the same bytes on every computer, and those of EPUBs.

Source: EPUB 3.3 (W3C), section 4.2 (OCF ZIP container).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from contextlib import suppress
from typing import BinaryIO, Final, Self
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from audiobook.readalong.xml import xml_text

MEDIA_TYPE: Final = "application/epub+zip"
PACKAGE: Final = "EPUB/package.opf"
"""Path of the package document within the archive of a new book."""
_CONTAINER: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles>
<rootfile full-path="{package}" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_REGULAR: Final = 0o100644 << 16


class StoredZip:
    """An archive that is being written, one member at a time. Use it as a context manager, inside that of its stream.

    Members are not compressed: compressors differ between systems, and nearly all of a book is sound.
    """

    def __init__(self, stream: BinaryIO, *, is_large: bool) -> None:
        """Begin an empty archive.

        Args:
            stream: Where to write; must be seekable.
            is_large: Whether a member can be longer than 2 GB.
        """
        self._zip = ZipFile(stream, "w", ZIP_STORED)
        self._is_large = is_large

    def __enter__(self) -> Self:
        """Return the archive."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write the directory at the end.

        After an error, the file is discarded. It is closed all the same: otherwise `ZipFile` would write the directory when it is
        deleted, and print a traceback because its stream is closed.

        Raises:
            OSError: It cannot be written.
        """
        with suppress(*((OSError, ValueError) if kind else ())):
            self._zip.close()

    def put(self, name: str, pieces: Iterable[bytes], *, is_short: bool = False) -> None:
        """Add a file from its pieces; a short one has no field for long lengths."""
        info = ZipInfo(name, _EARLIEST)
        info.create_system, info.external_attr = _UNIX, _REGULAR
        with self._zip.open(info, "w", force_zip64=self._is_large and not is_short) as member:
            for piece in pieces:
                member.write(piece)


class Archive:
    """An EPUB that is being written, one member at a time."""

    def __init__(self, empty: StoredZip, package: str, package_member: str = PACKAGE) -> None:
        """Begin with the media type, the container and the package document.

        Args:
            empty: An empty archive, which the caller closes.
            package: The package document.
            package_member: Name of the package document in the archive.
        """
        self._zip = empty
        self._folder = posixpath.dirname(package_member)
        container = _CONTAINER.format(package=xml_text(package_member))
        self._zip.put("mimetype", [MEDIA_TYPE.encode()], is_short=True)
        self._zip.put("META-INF/container.xml", [container.encode()], is_short=True)
        self.put_member(package_member, package.encode())

    def put(self, name: str, text: str) -> None:
        """Add a text file, by its name relative to the package document."""
        self.put_pieces(name, [text.encode()])

    def put_pieces(self, name: str, pieces: Iterable[bytes]) -> None:
        """Add a file from its pieces, by its name relative to the package document."""
        self._zip.put(posixpath.join(self._folder, name), pieces)

    def put_member(self, member: str, data: bytes) -> None:
        """Add a file, by its name in the archive."""
        self._zip.put(member, [data])
