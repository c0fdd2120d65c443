"""The files of an installation: downloading missing files, moving them into place, and removing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from audiobook.files import storage_error
from audiobook.voicebank.fetch import Download, fetch_file

Progress = Callable[[int, int], None]
"""Called with the number of bytes downloaded so far and in total."""


def fetch_missing(files: Iterable[Download], progress: Progress) -> list[Download]:
    """Download the files that are not in place, and return them; `put_in_place` moves them there.

    Args:
        files: All files of the installation.
        progress: Called with the progress over all missing files.

    Raises:
        UnexpectedFile: A file differs from its description.
        StorageError: A file cannot be downloaded or written. What was downloaded so far is kept.
    """
    missing = [file for file in files if not file.is_complete()]
    total, before = sum(file.size_bytes for file in missing), 0
    for file in missing:
        fetch_file(file, partial(_report, progress, before, total))
        before += file.size_bytes
    return missing


def put_in_place(fetched: Sequence[Download]) -> None:
    """Move downloaded files into place, in order.

    Raises:
        StorageError: A file cannot be moved.
    """
    for file in fetched:
        try:
            file.part.replace(file.path)
        except OSError as error:
            raise storage_error(error, file.path, "writing") from error


def remove_files(paths: Iterable[Path]) -> int:
    """Remove files, some of which may be missing, and return the number of bytes freed.

    Raises:
        StorageError: A file cannot be removed.
    """
    freed = 0
    for path in paths:
        try:
            freed += path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise storage_error(error, path, "removing") from error
    return freed


def _report(progress: Progress, before: int, total: int, of_this_file: int) -> None:
    progress(before + of_this_file, total)
