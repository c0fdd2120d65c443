"""The state of a file, as the system reports it, which shows whether the file has been touched."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

import msgspec

_STEADY_NS: Final = 50_000_000
"""How old a change must be when the file is read. Another change after a newer one could get the same time stamp."""
_COARSE_STEADY_NS: Final = 3_000_000_000
"""The same for file systems with time stamps in whole seconds."""
_SECOND_NS: Final = 1_000_000_000


class FileState(msgspec.Struct, frozen=True, array_like=True):
    """The state of a regular file. As long as it stays the same, so do the contents.

    Programs can set the time of the last write (`st_mtime`), but not that of the last change (`st_ctime`), which every
    write updates. Windows does not report the latter, so a program that restores the time of the last write goes
    unnoticed there.

    Attributes:
        inode: Number of the file in its file system.
        length_bytes: Length in bytes.
        written_ns: Time of the last write, in nanoseconds since 1970.
        changed_ns: Time of the last change, in nanoseconds since 1970.
    """

    inode: int
    length_bytes: int
    written_ns: int
    changed_ns: int

    def is_steady(self, since_ns: int) -> bool:
        """Return whether every change after a time is certain to change the state too.

        Args:
            since_ns: A time before the file was read, in nanoseconds since 1970.
        """
        last_ns = self.written_ns if sys.platform == "win32" else self.changed_ns
        is_coarse = last_ns % _SECOND_NS == 0
        return since_ns - last_ns > (_COARSE_STEADY_NS if is_coarse else _STEADY_NS)


def state_of(path: Path | str) -> FileState | None:
    """Return the state of a regular file; None for anything else, or if the file cannot be accessed."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return FileState(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_own_folder(path: str) -> bool:
    """Return whether a path is a folder, and not a link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
