"""Removing the temporary files of killed processes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.files.atomic import TEMPORARY_SUFFIX, write_bytes
from audiobook.system.locks import is_running
from audiobook.system.opening import is_regular

_ANY: Final = re.compile(r".+")


def sweep_temporaries(folder: Path, pattern: str = "", names: re.Pattern[str] = _ANY) -> None:
    """Remove the temporary files of killed processes from a folder.

    A file of a running process is kept: another build may be writing it.

    Args:
        folder: The folder.
        pattern: Glob pattern of subfolders to search instead, ending in "/".
        names: Pattern of the final names; files with other names are not ours, and are kept.
    """
    with suppress(OSError):  # a folder that cannot be read is skipped
        for leftover in _leftovers(folder, pattern):
            name, _, owner = leftover.name[1:].removesuffix(TEMPORARY_SUFFIX).rpartition(".")
            if not (names.fullmatch(name) and owner.isascii() and owner.isdigit() and is_regular(leftover)):
                continue
            if not is_running(int(owner)):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)


def _leftovers(folder: Path, pattern: str) -> Iterator[Path]:
    if pattern:
        yield from folder.glob(f"{pattern}.*{TEMPORARY_SUFFIX}")
        return
    with os.scandir(
        folder
    ) as entries:  # a glob takes four times as long, and a store has hundreds of folders
        for entry in entries:
            if entry.name.startswith(".") and entry.name.endswith(TEMPORARY_SUFFIX):
                yield Path(entry.path)


def sweep_older(path: Path) -> None:
    """Remove the temporary files that killed processes left of a file that is about to be written."""
    sweep_temporaries(path.parent, names=re.compile(re.escape(path.name)))


def write_swept(path: Path, data: bytes) -> None:
    """Write a file as `write_bytes` does, and remove the temporary files that killed processes left of it.

    This is for files that are not written often, in folders that no command sweeps: it lists the folder.

    Raises:
        StorageError: The file cannot be written.
    """
    sweep_older(path)
    write_bytes(path, data)
