"""The places of a book's files: what may stand there, and what killed builds left beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import digest_file, sweep_temporaries
from audiobook.opening import is_regular, is_there

_COVER: Final = re.compile(r"([A-Za-z0-9_-]+)\.cover-([0-9a-f]{8})\.jpg")
_BUILT: Final = re.compile(rf"[A-Za-z0-9_-]+\.(?:mp3|json)|{_COVER.pattern}")


def require_place(path: Path) -> None:
    """Make sure that one of a book's files can be at a path: that it is there, or nothing is.

    Raises:
        OutputMismatch: A link, a folder or a pipe is there, which is not ours to follow or to replace.
    """
    if is_there(path) and not is_regular(path):
        kind = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "not a regular file"
        raise OutputMismatch(
            f"is {kind}, and the book's file belongs there",
            where=os.fspath(path),
            hint="move it away and build again",
        )


def sweep_half_built(folder: Path) -> None:
    """Remove what killed builds left half-written in the folder of a language."""
    sweep_temporaries(folder, names=_BUILT)


def covers_in(folder: Path) -> dict[str, list[str]]:
    """Return the names of all covers in the folder of a language by the slugs of their works."""
    found: dict[str, list[str]] = {}
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            if parts := _COVER.fullmatch(path.name):
                found.setdefault(parts[1], []).append(path.name)
    return found


def remove_covers(folder: Path, names: Iterable[str]) -> None:
    """Remove covers that no record names; one that cannot be removed does no harm.

    A cover's name holds the first digits of its digest. A file that has other digits was not made here, and stays.
    """
    for name in names:
        parts = _COVER.fullmatch(name)
        with suppress(OSError, StorageError):
            if parts and (digest_file(folder / name) or "").startswith(parts[2]):
                (folder / name).unlink()
