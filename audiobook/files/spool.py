"""A spool for values that are needed while a file is made: in memory, or in a temporary file if they are large."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Final, NamedTuple, Self

from audiobook.system.opening import storage_error

_MOST_IN_MEMORY_BYTES: Final = 8 << 20


class Place(NamedTuple):
    """The position of a value: the offset of its first byte, and its length, both in bytes."""

    start: int
    length_bytes: int


class Spool:
    """A sequence of values, read back by the place that `add` returns.

    Use it as a context manager. Several threads may use it. Its file has no name, so a killed process leaves nothing on the disk.
    """

    def __init__(self, folder: Path, in_memory_bytes: int = _MOST_IN_MEMORY_BYTES) -> None:
        """Use an existing folder for the temporary file, once there are more bytes than those to hold in memory."""
        self._folder = folder
        self._stream = SpooledTemporaryFile(in_memory_bytes, dir=os.fspath(folder))  # noqa: SIM115 - closed on exit
        self._end = 0
        self._lock = Lock()
        """Held while the position of the file matters: the sound files of a book are written in two threads."""

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget all values."""
        with suppress(OSError):  # of a value that could not be written, which `add` has reported
            self._stream.close()

    def add(self, value: bytes) -> Place:
        """Keep a value, and return its place.

        Raises:
            StorageError: The disk is full.
        """
        with self._lock:
            place = Place(self._end, len(value))
            try:
                self._stream.seek(self._end)
                self._stream.write(value)
                self._stream.flush()  # so that a full disk is noticed here
            except OSError as error:
                raise storage_error(error, self._folder, "writing") from error
            self._end += len(value)
            return place

    def get(self, place: Place) -> bytes:
        """Return the value at a place.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            with self._lock:
                self._stream.seek(place.start)
                return self._stream.read(place.length_bytes)
        except OSError as error:
            raise storage_error(error, self._folder, "reading") from error

    def get_in_fork(self, place: Place) -> bytes:
        """Return the value at a place. A fork may call this while the original process uses the spool.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            return os.pread(self._stream.fileno(), place.length_bytes, place.start)
        except OSError as error:
            raise storage_error(error, self._folder, "reading") from error
