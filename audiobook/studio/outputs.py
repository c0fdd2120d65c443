"""Noticing what other commands make while the studio is open: built works, publications, and what a recogniser heard."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from anyio import to_thread

_LOOK_S: Final = 1.0
_REST_S: Final = 4.0
"""A build of many works changes the folders all the time, and pages fetch everything again after a change."""


async def follow_outputs(folders: Sequence[Path], notice: Callable[[], None]) -> None:
    """Call a function whenever files appear in folders, are replaced or disappear, without end.

    Args:
        folders: The folders, with the folders directly in them. They need not exist.
        notice: The function.
    """
    before = await to_thread.run_sync(_states, folders)
    while True:
        await asyncio.sleep(_LOOK_S)
        now = await to_thread.run_sync(_states, folders)
        if now != before:
            before = now
            notice()
            await asyncio.sleep(_REST_S)


def _states(folders: Sequence[Path]) -> list[tuple[str, int]]:
    """Return when the entries of folders changed: a file that is complete is moved to its place, which changes its folder."""
    return [state for folder in folders for state in _with_subfolders(folder)]


def _with_subfolders(folder: Path) -> Iterator[tuple[str, int]]:
    with suppress(OSError):
        yield os.fspath(folder), folder.stat().st_mtime_ns
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                    yield entry.path, entry.stat(follow_symlinks=False).st_mtime_ns
