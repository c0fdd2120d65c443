"""Digests of bytes and files, and checks for changes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO, Final

from audiobook.system.opening import open_to_read, storage_error

_PIECE_BYTES: Final = 1 << 18
_LARGE_BYTES: Final = 4 << 20
"""Digests of smaller files take a few milliseconds, hardly more than starting a thread."""
_AT_ONCE: Final = 2


def digest(*parts: bytes | bytearray | memoryview) -> str:
    """Return the SHA-256 of the concatenated parts as 64 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def digest_stream(stream: BinaryIO) -> str:
    """Return the SHA-256 of an open file from its current position to its end, in hexadecimal."""
    state = hashlib.sha256()
    while piece := stream.read(_PIECE_BYTES):
        state.update(piece)
    return state.hexdigest()


def digest_file(path: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal; None if the file does not exist.

    Raises:
        StorageError: The file cannot be read, or is not a regular file; a link is not followed.
    """
    try:
        with open_to_read(path) as stream:
            return digest_stream(stream)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, path, "reading") from error


class Digests:
    """Digests of files, which are calculated in the background from the start if the files are large.

    Use it as a context manager. Its threads have ended when the block ends, so that the process can be forked.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        """Begin with the first of the files; the others follow in order."""
        self._done: dict[Path, Event] = {path: Event() for path in paths if _is_large(path)}
        self._found: dict[Path, str | None] = {}
        self._waiting = deque(self._done)
        self._threads = [Thread(target=self._work) for _ in range(min(_AT_ONCE, len(self._done)))]

    def __enter__(self) -> Digests:
        """Start the threads."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the threads."""
        self._waiting.clear()
        for thread in self._threads:
            thread.join()

    def of(self, path: Path) -> str | None:
        """Return the digest of a file, as `digest_file` does; it need not be one of those given at the start.

        Raises:
            StorageError: See `digest_file`.
        """
        if path in self._done:
            self._done[path].wait()
        return self._found[path] if path in self._found else digest_file(path)

    def _work(self) -> None:
        with suppress(IndexError):
            while True:
                path = self._waiting.popleft()
                # `of` meets any error again, and raises it where it belongs.
                with suppress(Exception):
                    self._found[path] = digest_file(path)
                self._done[path].set()


def _is_large(path: Path) -> bool:
    try:
        return os.lstat(path).st_size >= _LARGE_BYTES
    except OSError:
        return False


def is_unchanged(path: Path, length_bytes: int, sha256: str, record: Path) -> bool:
    """Return whether a file is the same as when a record was written after it.

    It is only read if it was modified since then: reading a thousand books takes minutes.

    Args:
        path: The file.
        length_bytes: Its recorded length.
        sha256: Its recorded digest.
        record: The file of the record.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        found, written_ns = path.lstat(), record.lstat().st_mtime_ns
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_size != length_bytes:
        return False
    return found.st_mtime_ns <= written_ns or digest_file(path) == sha256
