"""Writing a long file while calculating its digest and flushing it to disk."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from threading import Event, Thread
from typing import BinaryIO, Final

from audiobook.files.bounded_queue import BoundedQueue

BATCH_BYTES: Final = 1 << 19
"""Handing over a piece to another thread takes as long as digesting some kilobytes, so pieces are joined to this length. Several of these
batches are in memory at a time, so longer ones would need more of it."""
_BATCHES_AHEAD: Final = 2
_SYNC_BYTES: Final = 16 << 20
_ALONE_BYTES: Final = 4 << 20
"""Up to this length, starting threads takes longer than calculating the digest."""
_CACHED_BYTES: Final = 1 << 30
"""Length from which what was flushed does not stay in the system's memory, which then is used for the next part."""


class LongWrite:
    """Writes a long file, and meanwhile calculates its digest and flushes it to disk.

    Digest and disk each take as long as producing the bytes; in parallel, the three take no longer than the
    slowest. Use it as a context manager inside `atomic_write`, whose final sync then has little left to do.
    """

    def __init__(
        self, stream: BinaryIO, *, has_digest: bool = True, cached_bytes: int = _CACHED_BYTES
    ) -> None:
        """Prepare to write.

        Args:
            stream: The file.
            has_digest: False if the beginning of the file will be written last.
            cached_bytes: Length up to which the file stays in the system's memory.
        """
        self._stream = stream
        self._cached_bytes = cached_bytes
        self._state = hashlib.sha256()
        self._batch: list[bytes | memoryview] = []
        self._batch_bytes = 0
        self._batches: BoundedQueue[bytes | None] = BoundedQueue(_BATCHES_AHEAD)
        self._unsynced = Event()
        self._done = False
        self._has_digest = has_digest
        self._threads: tuple[Thread, ...] = ()
        self.length_bytes = 0
        """The length of all pieces so far; the last ones may not be in the file yet."""

    def __enter__(self) -> LongWrite:
        """Begin; threads are started once the file is long."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write what is left, and wait for the threads, if there are any.

        Raises:
            OSError: The file cannot be written.
        """
        try:
            if kind is None:
                self._write_batch()
        finally:
            self._done = True
            self._unsynced.set()
            if self._threads:
                self._batches.put(None)
            for thread in self._threads:
                thread.join()

    def write(self, data: bytes | memoryview) -> None:
        """Write a piece, now or with the next ones; its bytes must not change.

        Raises:
            OSError: The file cannot be written.
        """
        self._batch.append(data)
        self._batch_bytes += len(data)
        self.length_bytes += len(data)
        if self._batch_bytes >= BATCH_BYTES:
            self._write_batch()

    def copy(self, source: int, start: int, length_bytes: int) -> int:
        """Write a part of another file.

        The bytes pass through this process, which needs them for the digest: having the system copy them and reading them
        again takes longer.

        Args:
            source: Descriptor of the other file.
            start: The first byte of the part.
            length_bytes: Length of the part.

        Returns:
            The number of bytes that were written; fewer than asked for if the other file ends before, or cannot be read.

        Raises:
            OSError: The file cannot be written.
        """
        left = length_bytes
        while left and (data := _read_at(source, min(left, BATCH_BYTES), start + length_bytes - left)):
            self.write(data)
            left -= len(data)
        return length_bytes - left

    def digest(self) -> str:
        """Return the SHA-256 of everything written, once the context has ended."""
        return self._state.hexdigest()

    def _write_batch(self) -> None:
        batch = b"".join(self._batch)
        self._batch.clear()
        self._batch_bytes = 0
        self._hand_over(batch, len(batch))
        self._stream.write(batch)

    def _hand_over(self, batch: bytes, length_bytes: int) -> None:
        """Have the digest of a batch calculated, and the file flushed to disk from time to time."""
        if not self._threads and self.length_bytes > _ALONE_BYTES:
            self._start()
        if self._threads:
            self._batches.put(batch)
        else:
            self._update(batch)
        if self.length_bytes // _SYNC_BYTES != (self.length_bytes - length_bytes) // _SYNC_BYTES:
            self._unsynced.set()

    def _start(self) -> None:
        self._threads = (Thread(target=self._digest), Thread(target=self._sync))
        for thread in self._threads:
            thread.start()

    def _digest(self) -> None:
        while (batch := self._batches.get()) is not None:
            self._update(batch)

    def _update(self, batch: bytes) -> None:
        if self._has_digest:
            self._state.update(batch)

    def _sync(self) -> None:
        while not self._done:
            self._unsynced.wait()
            self._unsynced.clear()
            if not self._done:
                # The final sync of `atomic_write` reports any error.
                with suppress(OSError):
                    self._flush()

    def _flush(self) -> None:
        descriptor = self._stream.fileno()
        if hasattr(os, "fdatasync"):
            os.fdatasync(descriptor)
            if self.length_bytes > self._cached_bytes and hasattr(os, "posix_fadvise"):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _read_at(source: int, length_bytes: int, start: int) -> bytes:
    """Return bytes of an open file; nothing if they cannot be read, for example because of a bad sector."""
    try:
        return os.pread(source, length_bytes, start)
    except OSError:
        return b""
