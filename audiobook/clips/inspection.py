"""Reading the whole store without changing it: which of its files are damaged."""

from __future__ import annotations

from pathlib import Path

import msgspec

from audiobook.clips import ownership
from audiobook.clips.sealed import unsealed
from audiobook.clips.store import ClipStore, is_whole
from audiobook.system.opening import read_file

_SEALED = ("heard", "narrated", "notes", "replies")


class Stored(msgspec.Struct, frozen=True):
    """A file of the store: the part that it belongs to, its path and its size."""

    part: str
    path: Path
    size_bytes: int


def stored_files(store: ClipStore) -> list[Stored]:
    """Return our files in a store, in order of parts and names.

    Raises:
        StorageError: A folder is a link, or cannot be read.
    """
    parts = ("clips", *_SEALED)
    return [
        Stored(part, path, _size_bytes(path))
        for part in parts
        for path in ownership.own_files(store.folder, part)
    ]


def inspected(stored: Stored) -> bool:
    """Return whether a file is as it was written: its length, its digests and its seal."""
    try:
        if stored.part == "clips":
            return is_whole(stored.path)
        return unsealed(stored.path.name, read_file(stored.path)) is not None
    except OSError:
        return False


def _size_bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
