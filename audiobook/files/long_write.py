"""Writing a long file while calculating its digest and flushing it to disk."""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import suppress
from threading import Event, Thread
from typing import BinaryIO, Final, NamedTuple

from audiobook.files.bounded_queue import BoundedQueue

BATCH_BYTES: Final = 1 << 20
"""Handing over a piece to another thread takes as long as digesting some kilobytes, so pieces are joined to this length."""
_BATCHES_AHEAD: Final = 2
_SYNC_BYTES: Final = 16 << 20
_ALONE_BYTES: Final = 4 << 20
"""Up to this length, starting threads takes longer than calculating the digest."""
_COPIED_BYTES: Final = 4 << 20
_NOT_COPIED: Final = frozenset(
    (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EACCES)
)
"""Errors of systems that cannot copy a part of a file, or not from one file system to another."""


class _Part(NamedTuple):
    """A part of the file that was copied into it, so that its bytes are not known here."""

    start: int
    length_bytes: int


class LongWrite:
    """Writes a long file, and meanwhile calculates its digest and flushes it to disk.

    Digest and disk each take as long as producing the bytes; in parallel, the three take no longer than the
    slowest. Use it as a context manager inside `atomic_write`, whose final sync then has little left to do.
    """

    def __init__(self, stream: BinaryIO, *, has_digest: bool = True) -> None:
        """Write to `stream`; without a digest if the beginning of the file will be written last."""
        self._stream = stream
        self._state = hashlib.sha256()
        self._batch: list[bytes | memoryview] = []
        self._batch_bytes = 0
        self._batches: BoundedQueue[bytes | _Part | None] = BoundedQueue(_BATCHES_AHEAD)
        self._unsynced = Event()
        self._done = False
        self._has_digest = has_digest
        self._copies = hasattr(os, "copy_file_range")
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
        """Write a part of another file. If the system can copy it, its bytes do not pass through this process twice.

        Args:
            source: Descriptor of the other file.
            start: The first byte of the part.
            length_bytes: Length of the part.

        Returns:
            The number of bytes that were written; fewer than asked for if the other file ends before.

        Raises:
            OSError: The file cannot be read or written.
        """
        self._write_batch()
        self._stream.flush()
        left = length_bytes
        while left and (count := self._copied(source, start + length_bytes - left, left)):
            left -= count
        return length_bytes - left

    def _copied(self, source: int, start: int, most_bytes: int) -> int:
        """Write up to `most_bytes` of another file, and return how many."""
        if self._copies:
            try:
                count = os.copy_file_range(  # type: ignore[attr-defined, unused-ignore]
                    source, self._stream.fileno(), min(most_bytes, _COPIED_BYTES), start, self.length_bytes
                )
            except OSError as error:
                if error.errno not in _NOT_COPIED:
                    raise
                self._copies = False
            else:
                part = _Part(self.length_bytes, count)
                self.length_bytes += count
                self._stream.seek(self.length_bytes)
                self._hand_over(part, count)
                return count
        data = os.pread(source, min(most_bytes, BATCH_BYTES), start)
        self.write(data)
        self._write_batch()
        return len(data)

    def digest(self) -> str:
        """Return the SHA-256 of everything written, once the context has ended."""
        return self._state.hexdigest()

    def _write_batch(self) -> None:
        batch = b"".join(self._batch)
        self._batch.clear()
        self._batch_bytes = 0
        self._hand_over(batch, len(batch))
        self._stream.write(batch)

    def _hand_over(self, batch: bytes | _Part, length_bytes: int) -> None:
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

    def _update(self, batch: bytes | _Part) -> None:
        if not self._has_digest:
            return
        if not isinstance(batch, _Part):
            self._state.update(batch)
            return
        piece = memoryview(bytearray(min(batch.length_bytes, BATCH_BYTES)))
        for start in range(0, batch.length_bytes, BATCH_BYTES):
            rest = piece[: batch.length_bytes - start]
            count = os.preadv(self._stream.fileno(), [rest], batch.start + start)
            self._state.update(rest[:count])

    def _sync(self) -> None:
        while not self._done:
            self._unsynced.wait()
            self._unsynced.clear()
            if not self._done:
                # The final sync of `atomic_write` reports any error.
                with suppress(OSError):
                    os.fdatasync(self._stream.fileno()) if hasattr(os, "fdatasync") else None
