"""Digests of bytes and files, and whether a file still is what it was."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from audiobook.system.opening import open_to_read, storage_error


def digest(*parts: bytes) -> str:
    """Give the SHA-256 of the parts, one after the other, as 64 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.hexdigest()


def digest_file(path: Path) -> str | None:
    """Give the SHA-256 of a file in hexadecimal, or None when the file is not there.

    Raises:
        StorageError: The file is there but cannot be read, or is not a regular one; a link is not followed.
    """
    try:
        with open_to_read(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, path, "reading") from error


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
        found, written_ns = path.lstat(), record.lstat().st_mtime_ns
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_size != length_bytes:
        return False
    return found.st_mtime_ns <= written_ns or digest_file(path) == sha256
