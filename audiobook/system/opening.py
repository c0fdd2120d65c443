"""Opening files of our own: no link is followed, nothing that is not a file is waited for.

A project may come from anybody, with links in its store and its output that lead to other files of the user. So
what this program keeps there is opened as it is found under its own name, or not at all. Only the folder that the
user named may be a link.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from audiobook.errors import StorageError

_ALWAYS: Final = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""Neither follow a link nor wait for the other end of a pipe."""
_MOST_SET_ASIDE: Final = 1000
ASIDE: Final = "damaged"
"""The folder, beside the file or the folder that it was in, of what was set aside."""


class NotRegular(OSError):
    """Something that is not a regular file stands where one of ours should: a link, a folder, a pipe, a device."""

    def __init__(self, path: Path) -> None:
        """Name the path."""
        super().__init__(errno.EINVAL, "is not a regular file", os.fspath(path))


def storage_error(error: OSError, path: Path, doing: str) -> StorageError:
    """Translate an operating system's refusal into our error, naming the file and the reason."""
    reason = error.strerror or type(error).__name__
    hint = "free some room on the disk and run again" if error.errno == errno.ENOSPC else None
    return StorageError(f"{doing} failed: {reason}", where=os.fspath(path), hint=hint)


def open_descriptor(path: Path, flags: int = os.O_RDONLY, *, alone: bool = False) -> int:
    """Open a regular file of ours; the caller closes it.

    Args:
        path: The file itself: a link in its place is refused, wherever it leads.
        flags: Of `os.open`, such as `os.O_RDWR | os.O_CREAT`.
        alone: Whether to refuse a file that has other names, too (hard links): for files that are written in place.

    Raises:
        NotRegular: Something else is there.
        OSError: It cannot be opened.
    """
    if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
        raise NotRegular(path)
    try:
        descriptor = os.open(path, flags | _ALWAYS, 0o666)
    except OSError as error:
        if is_there(path) and not is_regular(path):
            raise NotRegular(path) from error
        raise
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (alone and found.st_nlink > 1):
        os.close(descriptor)
        raise NotRegular(path)
    return descriptor


def open_to_read(path: Path) -> BufferedReader:
    """Open a regular file of ours for reading; see `open_descriptor`."""
    return os.fdopen(open_descriptor(path), "rb")


def open_new(path: Path) -> BinaryIO:
    """Make a file for reading and writing that nobody else has; what stood there before is not written to.

    A temporary name holds the number of the process that uses it, so whatever has that name already is left over.

    Raises:
        OSError: It cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    try:
        descriptor = os.open(path, flags | _ALWAYS, 0o666)
    except FileExistsError:
        path.unlink()  # a link goes, and not what it leads to; a folder refuses
        descriptor = os.open(path, flags | _ALWAYS, 0o666)
    return os.fdopen(descriptor, "w+b")


def read_file(path: Path, most_bytes: int = -1) -> bytes:
    """Read a regular file of ours, or its first bytes; see `open_descriptor`."""
    with open_to_read(path) as stream:
        return stream.read(most_bytes)


def is_regular(path: Path) -> bool:
    """Whether a regular file is there; a link to one is none."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether anything is there, be it a link that leads nowhere."""
    return os.path.lexists(path)


def require_own_folder(folder: Path) -> Path:
    """Make sure that a folder of ours, if it is there, is no link: what is in it would lie elsewhere.

    Returns:
        The folder.

    Raises:
        StorageError: It is a link.
    """
    is_link = folder.is_symlink() or (hasattr(folder, "is_junction") and folder.is_junction())
    if is_link:
        raise StorageError(
            "is a link, so nothing is read or written through it",
            where=os.fspath(folder),
            hint="remove the link; a folder is made in its place",
        )
    return folder


def set_aside(path: Path, folder: Path) -> None:
    """Move what stands in the place of one of our files out of the way, keeping it; nothing if it is gone.

    Of damaged files the last is kept; of all else nothing is replaced.

    Args:
        path: What is moved: a link itself, and not what it leads to.
        folder: Where it goes, made if missing.

    Raises:
        StorageError: It cannot be moved.
    """
    require_own_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_file = is_regular(path)
        for number in range(1, _MOST_SET_ASIDE):
            target = folder / (path.name if number == 1 else f"{path.name}.{number}")
            if not is_there(target) or (is_file and is_regular(target)):
                break
        with suppress(FileNotFoundError):  # another process was first
            path.replace(target)
    except OSError as error:
        raise storage_error(error, path, "setting aside") from error
