"""Digests of bytes and files, and checks for changes."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import BinaryIO, Final

from audiobook.system.opening import open_to_read, storage_error

_PIECE_BYTES: Final = 1 << 20


def digest(*parts: bytes) -> str:
    """Return the SHA-256 of the concatenated parts as 64 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def digest_stream(stream: BinaryIO) -> str:
    """Return the SHA-256 of an open file from its current position to its end, in hexadecimal."""
    state = hashlib.sha256()
    while piece := stream.read(_PIECE_BYTES):
        state.update(piece)
    return state.hexdigest()


def digest_file(path: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal; None if the file does not exist.

    Raises:
        StorageError: The file cannot be read, or is not a regular file; a link is not followed.
    """
    try:
        with open_to_read(path) as stream:
            return digest_stream(stream)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def is_unchanged(path: Path, length_bytes: int, sha256: str, record: Path) -> bool:
    """Return whether a file is the same as when a record was written after it.

    It is only read if it was modified since then: reading a thousand books takes minutes.

    Args:
        path: The file.
        length_bytes: Its recorded length.
        sha256: Its recorded digest.
        record: The file of the record.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        found, written_ns = path.lstat(), record.lstat().st_mtime_ns
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_size != length_bytes:
        return False
    return found.st_mtime_ns <= written_ns or digest_file(path) == sha256
