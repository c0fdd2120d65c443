"""The published files that may be fetched, verified before they are sent."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import OutputMismatch
from audiobook.files import digest
from audiobook.publish.publication import PublicFile

_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
)
"""Do not follow a link at the end of a path, and do not wait for the other end of a pipe."""

_Identity = tuple[int, int, int, int, int]


class Opened(msgspec.Struct, frozen=True):
    """An open file, verified to be what was published.

    Attributes:
        stream: Binary stream of the contents.
        file: The file as it was published.
        modified_s: Modification time in seconds since 1970; informative only.
    """

    stream: BufferedReader
    file: PublicFile
    modified_s: float


class Holdings:
    """Opens published files by path, and refuses those that changed since they were published.

    A file's digest is verified on the first request, and again when the file was replaced or touched. So a
    response always matches its tag.
    """

    def __init__(self, files: Mapping[str, PublicFile], made: Path, built: Path) -> None:
        """Serve the listed files.

        Args:
            files: The publication's files, by path.
            made: The folder of the files that `publish` made.
            built: The folder of the files that `build` made.
        """
        self.files = dict(files)
        self._made = made.resolve()
        self._built = built.resolve()
        self._checked: dict[str, _Identity] = {}

    def replaced(self, files: Mapping[str, PublicFile]) -> Holdings:
        """Return holdings of the same folders with another list. Unchanged files need not be verified again."""
        other = Holdings(files, self._made, self._built)
        other._checked = {
            path: identity for path, identity in self._checked.items() if files.get(path) == self.files[path]
        }
        return other

    def version(self) -> str:
        """Return a word that identifies this list of files and their contents."""
        return digest(*(f"{path} {file.sha256}\n".encode() for path, file in self.files.items()))[:16]

    def open(self, path: str) -> Opened | None:
        """Open a listed file; None if it no longer exists.

        Raises:
            OutputMismatch: The file changed since it was published, or is not a regular file.
        """
        file = self.files[path]
        root = self._made if file.made else self._built
        target = root / path
        try:
            if target.resolve() != target:
                raise OutputMismatch("is a link", where=path)
            stream = open(  # noqa: SIM115 - closed by the caller
                target, "rb", opener=lambda name, _: os.open(name, _FLAGS)
            )
        except FileNotFoundError:
            return None
        except (OSError, RuntimeError) as error:
            raise OutputMismatch("cannot be read", where=path) from error
        try:
            return Opened(stream, file, self._check(path, file, stream))
        except BaseException:
            stream.close()
            raise

    def _check(self, path: str, file: PublicFile, stream: BufferedReader) -> float:
        """Check that a stream has what was published, and return its modification time in seconds."""
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size != file.length_bytes:
            raise OutputMismatch("changed since it was published", where=path)
        identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if self._checked.get(path) != identity:
            try:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise OutputMismatch("cannot be read", where=path) from error
            if found != file.sha256:
                raise OutputMismatch("changed since it was published", where=path)
            self._checked[path] = identity
        return status.st_mtime
