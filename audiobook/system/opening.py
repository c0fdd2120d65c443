"""Opening files without waiting for anything that is not a file, and files of ours without following links.

A project from a stranger may contain links in its store and output that lead to other files of the user. So files that
this program keeps there are only opened under their own name. Only the folder named by the user may be a link.
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
from audiobook.log import detail

_GIVEN: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""Do not wait for the other end of a pipe."""
_ALWAYS: Final = getattr(os, "O_NOFOLLOW", 0) | _GIVEN
"""Do not follow a link either."""
_MOST_SET_ASIDE: Final = 1000
ASIDE: Final = "damaged"
"""Name of the folder for things set aside, next to the file or folder that they come from."""


_HINTS: Final = {
    errno.ENOSPC: "free some disk space and try again",
    errno.EACCES: "change its permissions, or choose another place",
    errno.EROFS: "choose a place on another disk, because this one is read-only",
}
"""What to do about errors of the operating system."""


class NotRegular(OSError):
    """A link, folder, pipe or device is in the place of one of our files."""

    def __init__(self, path: Path | str) -> None:
        """Create the error for a path."""
        super().__init__(errno.EINVAL, "is not a regular file", os.fspath(path))


def storage_error(error: OSError, path: Path, doing: str) -> StorageError:
    """Return our error for an operating system error, with the file and the reason."""
    if file := _file_for_a_folder(error, path):
        return StorageError(
            f"{os.fspath(file)} is a file, not a folder", hint="choose another folder, or move it away"
        )
    reason = error.strerror or "the system does not say why"
    return StorageError(f"{doing} failed: {reason}", where=os.fspath(path), hint=_HINTS.get(error.errno or 0))


def _file_for_a_folder(error: OSError, path: Path) -> Path | None:
    """Return the file that is in the place of a folder, if that caused the error; else None."""
    places = {errno.ENOTDIR: path.parents, errno.EEXIST: (path, *path.parents)}.get(error.errno or 0, ())
    return next((place for place in places if place.is_file()), None)


def open_descriptor(path: Path | str, flags: int = os.O_RDONLY, *, alone: bool = False) -> int:
    """Open a regular file of ours and return its descriptor, which the caller closes.

    Args:
        path: The file itself; a link is refused, wherever it leads.
        flags: As for `os.open`, for example `os.O_RDWR | os.O_CREAT`.
        alone: Whether to refuse a file with other hard links, for files that are modified in place.

    Raises:
        NotRegular: It is not a regular file.
        OSError: It cannot be opened.
    """
    if not hasattr(os, "O_NOFOLLOW") and Path(path).is_symlink():
        raise NotRegular(path)
    try:
        descriptor = os.open(path, flags | _ALWAYS, 0o666)
    except OSError as error:
        if is_there(Path(path)) and not is_regular(Path(path)):
            raise NotRegular(path) from error
        raise
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (alone and found.st_nlink > 1):
        os.close(descriptor)
        raise NotRegular(path)
    return descriptor


def open_to_read(path: Path | str) -> BufferedReader:
    """Open a regular file of ours for reading; see `open_descriptor`."""
    return os.fdopen(open_descriptor(path), "rb")


def open_new(path: Path) -> BinaryIO:
    """Create a file for reading and writing, replacing anything of that name.

    Temporary names contain the number of their process, so an existing file of that name is a leftover.

    Raises:
        OSError: It cannot be created.
    """
    return os.fdopen(_new_descriptor(path), "w+b")


def write_new(path: Path, data: bytes) -> None:
    """Create a file with the given contents; see `open_new`.

    Raises:
        OSError: It cannot be created or written.
    """
    with os.fdopen(_new_descriptor(path), "wb", buffering=0) as stream:
        rest = memoryview(data)
        while rest:
            rest = rest[stream.write(rest) :]


def _new_descriptor(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags | _ALWAYS, 0o666)
    except FileExistsError:
        path.unlink()  # removes a link rather than its target; fails for a folder
        return os.open(path, flags | _ALWAYS, 0o666)


def read_file(path: Path, most_bytes: int = -1) -> bytes:
    """Return a regular file of ours, or its first bytes; see `open_descriptor`."""
    with open_to_read(path) as stream:
        return stream.read(most_bytes)


def open_given(path: Path) -> BufferedReader:
    """Open a regular file that the user or a project names. A link is followed; a pipe or device is refused.

    Raises:
        NotRegular: It is a pipe or a device, of which reading might never end, or a folder.
        OSError: It cannot be opened.
    """
    stream = os.fdopen(os.open(path, os.O_RDONLY | _GIVEN), "rb")
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise NotRegular(path)


def read_given(path: Path, most_bytes: int) -> bytes:
    """Return a regular file that the user or a project names; see `open_given`.

    Args:
        path: The file.
        most_bytes: Its greatest length, a number of whole megabytes, as the message shows it.

    Raises:
        OSError: It cannot be read, or is longer than `most_bytes`.
    """
    with open_given(path) as stream:
        if os.fstat(stream.fileno()).st_size > most_bytes:
            raise OSError(errno.EFBIG, f"is larger than {most_bytes >> 20} MB", os.fspath(path))
        return stream.read(most_bytes)


def is_regular(path: Path) -> bool:
    """Return whether a path is a regular file; False for a link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Return whether anything exists at a path, including a broken link."""
    return os.path.lexists(path)


def require_own_folder(folder: Path) -> Path:
    """Check that a folder of ours is not a link, which would lead elsewhere; it need not exist.

    Returns:
        The folder.

    Raises:
        StorageError: It is a link.
    """
    is_link = folder.is_symlink() or (hasattr(folder, "is_junction") and folder.is_junction())
    if is_link:
        raise StorageError(
            "is a link, which is not followed",
            where=os.fspath(folder),
            hint="remove the link; a folder is created in its place",
        )
    return folder


def set_aside(path: Path, folder: Path) -> None:
    """Move whatever is in the place of one of our files out of the way; do nothing if it is gone.

    Of damaged files, the last one is kept; nothing else is ever overwritten.

    Args:
        path: What to move; a link itself rather than its target.
        folder: Where to move it; created if missing.

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
        with suppress(FileNotFoundError):  # another process was faster
            path.replace(target)
            detail(f"{path} was damaged, or not a file of ours; it is now {target}")
    except OSError as error:
        raise storage_error(error, path, "setting aside") from error
