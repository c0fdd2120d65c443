"""The files that may be fetched: those that were published, as they were published."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from audiobook.errors import OutputMismatch
from audiobook.files import digest
from audiobook.publish.publication import PublicFile

_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
)
"""Neither follow a link at the end of a path nor wait for whom a pipe belongs to."""

_Identity = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Opened:
    """A published file, open and known to be what was published.

    Attributes:
        stream: Its bytes.
        file: What was published.
        modified_s: When the system says it was changed, in seconds since 1970; for people to see only.
    """

    stream: BufferedReader
    file: PublicFile
    modified_s: float


class Holdings:
    """Finds published files by their path, and hands out none that is not as it was published.

    A file is held against its digest when it is asked for first, and again when it is another one or was
    touched since; so what is sent is always what its tag says.
    """

    def __init__(self, files: Mapping[str, PublicFile], made: Path, built: Path) -> None:
        """Hold what is listed.

        Args:
            files: By path, as the publication lists them.
            made: The folder of those that publishing made.
            built: The folder of the others.
        """
        self.files = dict(files)
        self._made = made.resolve()
        self._built = built.resolve()
        self._checked: dict[str, _Identity] = {}

    def replaced(self, files: Mapping[str, PublicFile]) -> Holdings:
        """Give what holds another list of the same folders; what was checked and is the same stays checked."""
        other = Holdings(files, self._made, self._built)
        other._checked = {
            path: identity for path, identity in self._checked.items() if files.get(path) == self.files[path]
        }
        return other

    def version(self) -> str:
        """Give what tells this list from others."""
        return digest(*(f"{path} {file.sha256}\n".encode() for path, file in self.files.items()))[:16]

    def open(self, path: str) -> Opened | None:
        """Open a file that is listed; None where it is not there any more.

        Raises:
            OutputMismatch: It is not as it was published, or no regular file of the folder.
        """
        file = self.files[path]
        root = self._made if file.made else self._built
        target = root / path
        try:
            if target.resolve() != target:
                raise OutputMismatch("is a link", where=path)
            stream = open(  # noqa: SIM115 - closed by whom it is given to
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
        """Make sure that a stream is what was published; give when the system says it was changed."""
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size != file.length_bytes:
            raise OutputMismatch("is not as it was published", where=path)
        identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if self._checked.get(path) != identity:
            try:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise OutputMismatch("cannot be read", where=path) from error
            if found != file.sha256:
                raise OutputMismatch("is not as it was published", where=path)
            self._checked[path] = identity
        return status.st_mtime
