"""Files that wait under temporary names next to their places, to be moved there together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from audiobook.book.record.stamps import FileStamp
from audiobook.errors import OutputMismatch
from audiobook.files import TEMPORARY_SUFFIX, LongWrite, require_room, storage_error
from audiobook.system.opening import open_new, open_to_read, require_own_folder, write_new

_PIECE_BYTES: Final = 1 << 20


class Staging:
    """Writes files that do not appear before `move`. All paths are relative to the folder."""

    def __init__(self, root: Path) -> None:
        """Stage files for a folder."""
        self._root = root
        self._ending = f".{os.getpid()}{TEMPORARY_SUFFIX}"  # the same in forks
        self._folders: set[str] = set()

    def write(self, path: str, data: bytes) -> None:
        """Stage a file with the given contents.

        Raises:
            StorageError: It cannot be written.
        """
        temporary = self._begin(path)
        try:
            write_new(temporary, data)
        except OSError as error:
            raise storage_error(error, self._root / path, "writing") from error

    def write_pieces(self, path: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Stage a long file, with one piece in memory at a time, and return its length in bytes and its digest.

        Raises:
            StorageError: It cannot be written.
        """
        temporary = self._begin(path)
        try:
            with open_new(temporary) as stream, LongWrite(stream) as output:
                for piece in pieces:
                    output.write(piece)
        except OSError as error:
            self.drop(path)
            raise storage_error(error, self._root / path, "writing") from error
        except BaseException:
            self.drop(path)
            raise
        return output.length_bytes, output.digest()

    def link(self, path: str, source: Path, stamp: FileStamp) -> None:
        """Stage a hard link to a built file, or a verified copy of it where links are not possible.

        Raises:
            OutputMismatch: The built file has other contents than its stamp says.
            StorageError: It cannot be linked or copied.
        """
        temporary = self._begin(path)
        try:
            temporary.hardlink_to(source)
        except OSError:
            # It is on another file system, or on one without hard links.
            require_room(self._root, stamp.length_bytes)
            if self.write_pieces(path, _pieces(source)) != (stamp.length_bytes, stamp.sha256):
                self.drop(path)
                raise OutputMismatch("changed since it was built", where=stamp.name) from None

    def rename(self, path: str, other: str) -> None:
        """Give a staged file another place in the same folder.

        Raises:
            StorageError: It cannot be renamed.
        """
        try:
            self._temporary(path).replace(self._temporary(other))
        except OSError as error:
            raise storage_error(error, self._root / other, "writing") from error

    def drop(self, path: str) -> None:
        """Remove a staged file, if it is there."""
        # The error that led here is more useful, and the next `publish` removes the file.
        with suppress(OSError):
            self._temporary(path).unlink(missing_ok=True)

    def drop_all(self) -> None:
        """Remove all staged files, also those that ended forks of this process have left."""
        for temporary in self._root.glob(f"**/.*{self._ending}"):
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def move(self, paths: Iterable[str]) -> None:
        """Move staged files into place, in this order.

        Raises:
            StorageError: A file cannot be moved.
        """
        if hasattr(os, "sync"):
            # One sync for all files: an fsync for each takes minutes for a thousand works on a slow disk.
            os.sync()
        for path in paths:
            try:
                self._temporary(path).replace(self._root / path)
            except OSError as error:
                raise storage_error(error, self._root / path, "writing") from error

    def _begin(self, path: str) -> Path:
        """Return the temporary path of a file, after checking that its folder exists and is not a link."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._make(folder)
        return self._temporary(path)

    def _make(self, folder: str) -> None:
        """Make a folder, whose parents must not be links either. Once made, it is not looked at again."""
        parts = PurePosixPath(folder).parts
        for number in range(1, len(parts) + 1):
            require_own_folder(self._root.joinpath(*parts[:number]))
        try:
            (self._root / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, self._root / folder, "writing") from error
        self._folders.add(folder)

    def _temporary(self, path: str) -> Path:
        folder, _, name = path.rpartition("/")
        return self._root / folder / f".{name}{self._ending}"


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the contents of a built file piece by piece."""
    try:
        with open_to_read(path) as stream:
            while data := stream.read(_PIECE_BYTES):
                yield data
    except OSError as error:
        raise storage_error(error, path, "reading") from error
