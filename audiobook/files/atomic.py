"""Writing files atomically: a file appears complete or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from audiobook.errors import StorageError
from audiobook.log import detail
from audiobook.system.opening import open_new, storage_error

TEMPORARY_SUFFIX: Final = ".part"


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power failure; does nothing where folders cannot be opened."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def atomic_write(path: Path, *, sync: bool = True) -> Iterator[BinaryIO]:
    """Open a file that appears at `path` complete or not at all.

    The bytes go to a temporary file in the same folder, which replaces `path` when the block ends
    without an exception, and is removed otherwise.

    Args:
        path: The file to create or replace; its folder is created if missing.
        sync: Whether to wait until content and name are on the disk. Set to False only for files
            that are checked against a digest when they are read.

    Yields:
        A binary file, open for reading and writing.

    Raises:
        StorageError: The folder, the file or the move was refused, or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_new(temporary) as stream:
            yield stream
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.replace(path)
        if sync:
            detail(f"wrote {path}")
            _sync_folder(path.parent)
    except OSError as error:
        _discard(temporary)
        raise storage_error(error, path, "writing") from error
    except BaseException:
        _discard(temporary)
        raise


def move_new(path: Path, target: Path) -> None:
    """Move a file to a name that no file may have yet, on the same disk; content and name are on the disk afterwards.

    Raises:
        FileExistsError: Something has this name.
        StorageError: The system refused.
    """
    try:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        _move(path, target)
        _sync_folder(target.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise storage_error(error, target, "writing") from error


def _move(path: Path, target: Path) -> None:
    try:
        os.link(path, target)  # unlike a rename, it never replaces a file
    except FileExistsError:
        raise
    except OSError:  # there are no hard links on exFAT, nor on many network drives and phones
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "is there already", os.fspath(target)) from None
        path.rename(target)
    else:
        path.unlink()


def write_bytes(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write `data` to `path` atomically; see `atomic_write`."""
    with atomic_write(path, sync=sync) as stream:
        stream.write(data)


def require_room(folder: Path, length_bytes: int, otherwise: str = "") -> None:
    """Check that the disk of `folder` has enough free space for a file.

    Args:
        folder: The folder.
        length_bytes: The length of the file.
        otherwise: What else the user can do, such as `, or …`, for the hint.

    Raises:
        StorageError: It does not; the message gives the space needed and free.
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
            hint=f"free some disk space and try again{otherwise}",
        )


def _discard(path: Path) -> None:
    with suppress(OSError):  # the error that is being raised matters more than this one
        path.unlink(missing_ok=True)
