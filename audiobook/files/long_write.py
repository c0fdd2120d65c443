"""Writing a long file while it is digested and sent to the disk."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import BinaryIO, Final

_PIECES_AHEAD: Final = 8
_SYNC_BYTES: Final = 16 << 20


class LongWrite:
    """Writes a long file: digests it and sends it to the disk while more is being made.

    A digest and a disk each take as long as making the bytes does; side by side they take no longer
    than the slowest. Use it as a context inside `atomic_write`, whose last sync then finds little to do.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._state = hashlib.sha256()
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = Semaphore(_PIECES_AHEAD)
        self._unsynced = Event()
        self._done = False
        self._threads = (Thread(target=self._digest), Thread(target=self._sync))
        self.length_bytes = 0

    def __enter__(self) -> LongWrite:
        """Start the work beside."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the work beside."""
        self._pieces.put(None)
        self._done = True
        self._unsynced.set()
        for thread in self._threads:
            thread.join()

    def write(self, data: bytes) -> None:
        """Write a piece."""
        self._room.acquire()
        self._pieces.put(data)
        self._stream.write(data)
        before = self.length_bytes
        self.length_bytes += len(data)
        if self.length_bytes // _SYNC_BYTES != before // _SYNC_BYTES:
            self._unsynced.set()

    def digest(self) -> str:
        """Give the SHA-256 of all that was written, once the context has ended."""
        return self._state.hexdigest()

    def _digest(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._state.update(piece)
            self._room.release()

    def _sync(self) -> None:
        while not self._done:
            self._unsynced.wait()
            self._unsynced.clear()
            if not self._done:
                # A refusal is told by the sync that `atomic_write` ends with.
                with suppress(OSError):
                    os.fdatasync(self._stream.fileno()) if hasattr(os, "fdatasync") else None
