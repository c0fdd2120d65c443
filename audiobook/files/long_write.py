"""Writing a long file while calculating its digest and flushing it to disk."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import BinaryIO, Final

_PIECES_AHEAD: Final = 8
_SYNC_BYTES: Final = 16 << 20
_ALONE_BYTES: Final = 4 << 20
"""Up to this length, starting threads takes longer than calculating the digest."""


class LongWrite:
    """Writes a long file, and meanwhile calculates its digest and flushes it to disk.

    Digest and disk each take as long as producing the bytes; in parallel, the three take no longer than the
    slowest. Use it as a context manager inside `atomic_write`, whose final sync then has little left to do.
    """

    def __init__(self, stream: BinaryIO, *, has_digest: bool = True) -> None:
        """Write to `stream`; without a digest if the beginning of the file will be written last."""
        self._stream = stream
        self._state = hashlib.sha256()
        self._pieces: SimpleQueue[bytes | memoryview | None] = SimpleQueue()
        self._room = Semaphore(_PIECES_AHEAD)
        self._unsynced = Event()
        self._done = False
        self._has_digest = has_digest
        self._threads: tuple[Thread, ...] = ()
        self.length_bytes = 0

    def __enter__(self) -> LongWrite:
        """Begin; threads are started once the file is long."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the threads, if there are any."""
        self._pieces.put(None)
        self._done = True
        self._unsynced.set()
        for thread in self._threads:
            thread.join()

    def write(self, data: bytes | memoryview) -> None:
        """Write a piece."""
        if not self._threads and self.length_bytes + len(data) > _ALONE_BYTES:
            self._start()
        if self._threads:
            self._room.acquire()
            self._pieces.put(data)
        elif self._has_digest:
            self._state.update(data)
        self._stream.write(data)
        before = self.length_bytes
        self.length_bytes += len(data)
        if self.length_bytes // _SYNC_BYTES != before // _SYNC_BYTES:
            self._unsynced.set()

    def digest(self) -> str:
        """Return the SHA-256 of everything written, once the context has ended."""
        return self._state.hexdigest()

    def _start(self) -> None:
        self._threads = (Thread(target=self._digest), Thread(target=self._sync))
        for thread in self._threads:
            thread.start()

    def _digest(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._has_digest:
                self._state.update(piece)
            self._room.release()

    def _sync(self) -> None:
        while not self._done:
            self._unsynced.wait()
            self._unsynced.clear()
            if not self._done:
                # The final sync of `atomic_write` reports any error.
                with suppress(OSError):
                    os.fdatasync(self._stream.fileno()) if hasattr(os, "fdatasync") else None
