"""Locks between processes, on a file of ours, or on a folder itself where the system supports it.

A lock is released when its process ends, however it ends. Forks of the process do not hold it, so a fork that outlives a
killed process keeps nobody waiting.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from audiobook.errors import StorageError
from audiobook.system.opening import ASIDE, NotRegular, open_descriptor, read_file, set_aside, storage_error

Announce = Callable[[], None]
"""Notes which process holds a lock, for the messages of processes that wait for it."""
_MOST_NOTE_BYTES: Final = 100
_MOST_TRIES: Final = 100
"""Number of attempts to lock a file that keeps being replaced."""
_ANOTHER: Final = "another process"
_held: Final[set[int]] = set()
"""Descriptors of the locks that this process holds or waits for."""


def _leave_to_parent() -> None:
    """Close the locks in a fork, because a lock is held until all copies of its descriptor are closed."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)


@contextmanager
def _closed_at_end(descriptor: int) -> Iterator[None]:
    """Close the descriptor of a lock at the end of the block, and in forks that start in it."""
    _held.add(descriptor)
    try:
        yield
    finally:
        if descriptor in _held:
            _held.discard(descriptor)
            os.close(descriptor)


@contextmanager
def locked(path: Path, *, on_wait: Callable[[str], None]) -> Iterator[Announce]:
    """Hold an exclusive lock on a small file during the block.

    Args:
        path: The lock file; created if missing, and not removed.
        on_wait: Called once with the holder of the lock if it is not free.

    Yields:
        A function that writes the holder of the lock into the file. A process that writes nothing else
        need not call it, so that a run with nothing to do changes no file.

    Raises:
        StorageError: The lock file cannot be created.
    """
    with opened_locked(path, on_wait=on_wait) as descriptor:
        yield lambda: _announce(descriptor, path)


@contextmanager
def locked_folder(folder: Path, note: Path, *, on_wait: Callable[[str], None]) -> Iterator[Announce]:
    """Hold an exclusive lock on a folder without leaving a file in it; see `locked`.

    Args:
        folder: The folder; created if missing. It may be a link, since the user named it.
        note: A file elsewhere that says who holds the lock. It is locked instead of the folder where the system
            cannot lock folders: on Windows, and on some network file systems.
        on_wait: Called once with the holder of the lock if it is not free.

    Raises:
        StorageError: The folder is a file or cannot be created, or the note cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        kind = "a file" if folder.is_file() else "a broken link" if folder.is_symlink() else "something else"
        raise StorageError(
            f"{os.fspath(folder)} is {kind}, not a folder", hint="choose another folder, or move it away"
        ) from error
    except OSError as error:
        raise storage_error(error, folder, "locking") from error
    with ExitStack() as held:
        if _lock_folder(folder, lambda: on_wait(_holder_in(note)), held):
            yield lambda: _note_holder(note)
        else:
            yield held.enter_context(locked(note, on_wait=on_wait))


@contextmanager
def opened_locked(path: Path, *, on_wait: Callable[[str], None] | None = None) -> Iterator[int]:
    """Open a small file of ours for reading and writing, locked during the block.

    Anything else at this path is moved aside, including a file with other hard links.

    Args:
        path: The file; created if missing.
        on_wait: Called once with the holder of the lock if it is not free.

    Yields:
        The descriptor, at the start of the file.

    Raises:
        StorageError: The file cannot be created or locked.
    """
    for _ in range(_MOST_TRIES):
        try:
            descriptor = _open_own(path)
        except OSError as error:
            raise storage_error(error, path, "locking") from error
        with _closed_at_end(descriptor):
            if not _is_locked_now(_try_lock, descriptor, path):
                if on_wait:
                    on_wait(_holder(_start_of(descriptor)))
                    on_wait = None
                _is_locked_now(_wait_lock, descriptor, path)
            if _is_still(path, descriptor):
                yield descriptor
                return
    raise StorageError("locking failed: the file keeps being replaced", where=os.fspath(path))


def rewrite(descriptor: int, data: bytes) -> None:
    """Replace the content of an open file.

    Raises:
        OSError: It cannot be written.
    """
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, data)


def is_running(pid: int) -> bool:
    """Return whether a process with this number is running; True where the system cannot tell.

    A killed process that its parent has not waited for counts as not running. In containers whose first process never
    waits, such processes remain until the container ends.
    """
    if sys.platform == "win32":
        return True  # os.kill would end the process there
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
    except OSError:  # not Linux
        return True
    return state not in {b"Z", b"X"}


def is_lock_note(data: bytes) -> bool:
    """Return whether the bytes of a file are those of a lock file."""
    return not data or _noted_pid(data) is not None


def _open_own(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT
    try:
        return open_descriptor(path, flags, alone=True)
    except NotRegular:
        set_aside(path, path.parent / ASIDE)
        return open_descriptor(path, flags, alone=True)


def _is_locked_now(lock: Callable[[int], bool], descriptor: int, path: Path) -> bool:
    try:
        return lock(descriptor)
    except OSError as error:
        raise storage_error(error, path, "locking") from error


def _is_still(path: Path, descriptor: int) -> bool:
    """Return whether the locked file is still at its path: another process may have set it aside."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _start_of(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, _MOST_NOTE_BYTES)


def _noted_pid(data: bytes) -> int | None:
    number = data.decode(errors="replace").strip().removeprefix("process ")
    return int(number) if number.isascii() and number.isdigit() else None


def _holder(data: bytes) -> str:
    """Return who holds a lock: the process named in the file if it still exists, else "another process"."""
    pid = _noted_pid(data)
    return f"process {pid}" if pid is not None and is_running(pid) else _ANOTHER


def _holder_in(note: Path) -> str:
    try:
        return _holder(read_file(note, _MOST_NOTE_BYTES))
    except OSError:
        return _ANOTHER


def _own_note() -> bytes:
    return f"process {os.getpid()}\n".encode()


def _announce(descriptor: int, path: Path) -> None:
    try:
        rewrite(descriptor, _own_note())
    except OSError as error:
        raise storage_error(error, path, "locking") from error


def _note_holder(note: Path) -> None:
    try:
        descriptor = _open_own(note)
        try:
            rewrite(descriptor, _own_note())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, note, "locking") from error


if sys.platform == "win32":
    import msvcrt
    import time

    def _try_lock(descriptor: int) -> bool:
        """Take the lock if it is free, and return whether it was. It is on a byte far beyond the end."""
        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    def _wait_lock(descriptor: int) -> bool:
        while not _try_lock(descriptor):
            time.sleep(0.01)
        return True

    def _lock_folder(folder: Path, on_wait: Callable[[], None], held: ExitStack) -> bool:
        return False

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        """Take the lock if it is free, and return whether it was."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_lock(descriptor: int) -> bool:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return True

    def _lock_folder(folder: Path, on_wait: Callable[[], None], held: ExitStack) -> bool:
        """Lock a folder until `held` closes; return whether the system supports it."""
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise storage_error(error, folder, "locking") from error
        held.enter_context(_closed_at_end(descriptor))
        try:
            is_free = _try_lock(descriptor)
        except OSError:
            return False  # NFS only locks files that are open for writing
        if not is_free:
            on_wait()
            _is_locked_now(_wait_lock, descriptor, folder)
        return True
