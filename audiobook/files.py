"""Files that are whole or absent: atomic writing, digests, locks, and reading with our errors."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import BinaryIO, Final

from audiobook.errors import OutputMismatch, SourceError, StorageError

TEMPORARY_SUFFIX: Final = ".part"
LARGEST_SOURCE_BYTES: Final = 512 << 20
"""No text is longer than this, not even a book with pictures."""
_PIECE_BYTES: Final = 1 << 20
_PIECES_AHEAD: Final = 8
_SYNC_BYTES: Final = 16 << 20


def storage_error(error: OSError, path: Path, doing: str) -> StorageError:
    """Translate an operating system's refusal into our error, naming the file and the reason."""
    reason = error.strerror or type(error).__name__
    hint = "free some room on the disk and run again" if error.errno == 28 else None
    return StorageError(f"{doing} failed: {reason}", where=os.fspath(path), hint=hint)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power loss; a no-op where folders cannot be opened."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def atomic_write(path: Path, *, sync: bool = True) -> Iterator[BinaryIO]:
    """Open a file that appears at `path` whole, or not at all.

    The bytes go to a temporary file beside `path`, which is moved over it when the block ends
    without an exception, and removed otherwise.

    Args:
        path: The file to make or replace; its folder is made if missing.
        sync: Whether to wait until bytes and name are on the disk. Leave out only for files
            that are checked against a digest when they are read.

    Yields:
        A binary file, open for reading and writing.

    Raises:
        StorageError: The folder, the file or the move was refused, or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream: BinaryIO = open(temporary, "w+b")  # noqa: SIM115 - closed below, on every path
    except OSError as error:
        raise storage_error(error, path, "writing") from error
    try:
        with stream:
            yield stream
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.replace(path)
        if sync:
            _sync_folder(path.parent)
    except OSError as error:
        _discard(temporary)
        raise storage_error(error, path, "writing") from error
    except BaseException:
        _discard(temporary)
        raise


def require_room(folder: Path, length_bytes: int) -> None:
    """Make sure that a file of a length fits on the disk of `folder`, before it is begun.

    Raises:
        StorageError: It does not; says how much is needed and how much is free.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise storage_error(error, folder, "writing") from error
    if free < length_bytes:
        raise StorageError(
            f"{length_bytes} bytes are needed and {free} are free",
            where=os.fspath(folder),
            hint="free some room on the disk and run again",
        )


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


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        # The error that is already on its way says more than this one.
        return


def write_bytes(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write `data` to `path`, whole or not at all; see `atomic_write`."""
    with atomic_write(path, sync=sync) as stream:
        stream.write(data)


def read_source(path: Path, name: str) -> bytes:
    """Read a text file that a user named.

    Args:
        path: Where it is.
        name: How to call it in messages.

    Returns:
        Its bytes.

    Raises:
        SourceError: It is not a regular file, it is far too long for a text, or it cannot be read.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("not a regular file", where=name)
        if status.st_size > LARGEST_SOURCE_BYTES:
            raise _too_long(name)
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"cannot be read: {reason}", where=name) from error


def read_whole(path: Path) -> bytes | None:
    """Read a file that this program wrote; None when it is not there.

    Raises:
        OutputMismatch: It is not a regular file, whose reading may never end.
        StorageError: It cannot be read.
    """
    try:
        if _may_not_end(path):
            raise OutputMismatch("is not a regular file", where=path.name)
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def _may_not_end(path: Path) -> bool:
    """Whether reading a path may wait for ever, as on a pipe; a folder is refused by the system itself."""
    mode = path.stat().st_mode
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def is_unchanged(path: Path, length_bytes: int, sha256: str, record: Path) -> bool:
    """Whether a file still is what a record says that was written after it.

    Its bytes are read only if it was touched since: reading all of a thousand books takes minutes.

    Args:
        path: The file.
        length_bytes: How long it was.
        sha256: Its digest.
        record: The record's file.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        found, written_ns = path.stat(), record.stat().st_mtime_ns
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_size != length_bytes:
        return False
    return found.st_mtime_ns <= written_ns or digest_file(path) == sha256


def read_stream(stream: BinaryIO, name: str) -> bytes:
    """Read a text to its end.

    Args:
        stream: Where it comes from, such as standard input.
        name: How to call it in messages.

    Returns:
        Its bytes.

    Raises:
        SourceError: It is far too long for a text, or it cannot be read.
    """
    pieces: list[bytes] = []
    length = 0
    try:
        while piece := stream.read(_PIECE_BYTES):
            pieces.append(piece)
            length += len(piece)
            if length > LARGEST_SOURCE_BYTES:
                raise _too_long(name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"cannot be read: {reason}", where=name) from error
    return b"".join(pieces)


def _too_long(name: str) -> SourceError:
    return SourceError(
        f"has more than {LARGEST_SOURCE_BYTES >> 20} MB", where=name, hint="split it into several texts"
    )


def digest(*parts: bytes) -> str:
    """Give the SHA-256 of the parts, one after the other, as 64 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def digest_file(path: Path) -> str | None:
    """Give the SHA-256 of a file in hexadecimal, or None when the file is not there.

    Raises:
        StorageError: The file is there but cannot be read, or is not a regular one.
    """
    try:
        if _may_not_end(path):
            raise StorageError("reading failed: not a regular file", where=os.fspath(path))
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def sweep_temporaries(folder: Path, pattern: str = "") -> None:
    """Remove what killed processes left half-written in a folder.

    A file of a process that still runs is left alone: another build may be writing it.

    Args:
        folder: Where to look.
        pattern: Folders below it to look in instead, as a glob pattern ending in "/".
    """
    for leftover in folder.glob(f"{pattern}.*{TEMPORARY_SUFFIX}"):
        owner = leftover.name.removesuffix(TEMPORARY_SUFFIX).rpartition(".")[2]
        if owner.isascii() and owner.isdigit() and not _is_running(int(owner)):
            _discard(leftover)


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # asking would end the process there
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def locked(path: Path, *, on_wait: Callable[[str], None]) -> Iterator[Callable[[], None]]:
    """Hold an exclusive lock for the length of the block.

    Args:
        path: The lock file; made if missing, and left in place, since removing it would let two
            builds hold "the" lock.
        on_wait: Called once with who holds the lock, if it has to be waited for.

    Yields:
        A function that writes into the file who holds the lock. A holder that writes nothing else
        need not call it, so that a run with nothing to do changes no file.

    Raises:
        StorageError: The lock file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error, path, "locking") from error
    try:
        if not _try_lock(descriptor):
            on_wait(_holder(descriptor))
            _wait_lock(descriptor)
        yield lambda: _announce(descriptor, path)
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    """Say who holds a lock, as far as that was written down by a process that is still there."""
    told = os.pread(descriptor, 100, 0).decode(errors="replace").strip() if os.name == "posix" else ""
    number = told.removeprefix("process ")
    known = number.isascii() and number.isdigit() and _is_running(int(number))
    return told if known else "another process"


def _announce(descriptor: int, path: Path) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0) if os.name == "posix" else None
    except OSError as error:
        raise storage_error(error, path, "locking") from error


if sys.platform == "win32":
    import msvcrt
    import time

    def _try_lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    def _wait_lock(descriptor: int) -> None:
        while not _try_lock(descriptor):
            time.sleep(0.2)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
