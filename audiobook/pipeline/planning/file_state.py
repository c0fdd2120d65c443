"""What the system says about a file, from which it is seen that nobody has touched it since."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

import msgspec

_STEADY_NS: Final = 50_000_000
"""A file that was changed less than this before it was read may be changed again at the same time of the system's clock."""
_COARSE_STEADY_NS: Final = 3_000_000_000
"""The same for file systems that count in seconds."""
_SECOND_NS: Final = 1_000_000_000


class FileState(msgspec.Struct, frozen=True, array_like=True):
    """The state of a regular file: while it stays the same, so do the contents.

    Programs can set the time of the last write (`st_mtime`), but not the time of the last change (`st_ctime`), which every
    write updates too. Windows has no such time: there, a program that restores the time of the last write goes unnoticed.
    """

    inode: int
    length_bytes: int
    written_ns: int
    changed_ns: int

    def is_steady(self, since_ns: int) -> bool:
        """Return whether any change after a time is certain to give another state.

        Args:
            since_ns: A time before the file was read.
        """
        last_ns = self.written_ns if sys.platform == "win32" else self.changed_ns
        is_coarse = last_ns % _SECOND_NS == 0
        return since_ns - last_ns > (_COARSE_STEADY_NS if is_coarse else _STEADY_NS)


def state_of(path: Path | str) -> FileState | None:
    """Return the state of a regular file; None for anything else, and if it cannot be examined."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return FileState(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_own_folder(path: str) -> bool:
    """Return whether a path is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
