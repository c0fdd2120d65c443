"""Recognising and checking archives that were exported from a record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

import msgspec

from audiobook.book.record.works import Record
from audiobook.book.record.writing import book_digest
from audiobook.errors import OutputMismatch
from audiobook.files import storage_error
from audiobook.readalong.archive import MEDIA_TYPE
from audiobook.readalong.package import MAKER, SOURCE
from audiobook.system.opening import is_regular, open_to_read, read_file

_HEAD_BYTES: Final = 8000


class Exported(msgspec.Struct, frozen=True):
    """An archive format that `export` writes.

    Attributes:
        name: Its name, as in `export --to`, which is also the extension of its files.
        words: Texts that the beginning of every archive from this program contains.
        source: Text before the digest of the record, also at the beginning.
    """

    name: str
    words: tuple[str, ...]
    source: str

    def is_own(self, path: Path) -> bool:
        """Return whether this program wrote a file; True for an empty one, as replacing it loses nothing.

        Raises:
            StorageError: It cannot be read.
        """
        if not is_regular(path):
            return False
        head = _head(path)
        return not head or (head[:2] == b"PK" and all(word.encode() in head for word in self.words))

    def check(self, record: Record, path: Path, shown: str) -> Iterator[OutputMismatch]:
        """Yield a message for each problem; nothing if the archive does not exist, or was made by another program.

        Args:
            record: Record of the work.
            path: The archive.
            shown: Its name in messages.

        Raises:
            StorageError: It cannot be read.
        """
        if not self.is_own(path):
            return
        hint = f"export it again: audiobook export {record.slug} --to {self.name} --lang {record.language}"
        if f"{self.source}{book_digest(record)}".encode() not in _head(path):
            yield OutputMismatch("was exported from an earlier build", where=shown, hint=hint)
        if bad := _damage(path):
            yield OutputMismatch(f"is damaged: {bad}", where=shown, hint=hint)


EPUB: Final = Exported("epub", (MEDIA_TYPE, MAKER), SOURCE)


def _head(path: Path) -> bytes:
    try:
        return read_file(path, _HEAD_BYTES)
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def _damage(path: Path) -> str | None:
    """Return what is wrong with a ZIP archive, or None."""
    try:
        with open_to_read(path) as stream, ZipFile(stream) as archive:
            stated = sum(member.file_size for member in archive.infolist())
            return "its members are too long" if stated > path.stat().st_size else archive.testzip()
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        return str(error)
    except OSError as error:
        raise storage_error(error, path, "reading") from error
