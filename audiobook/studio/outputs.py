"""Noticing what other commands make while the studio is open: built works, publications, and what a recogniser heard."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from anyio import to_thread

_LOOK_S: Final = 1.0
_REST_S: Final = 4.0
"""A build of many works changes the folders all the time, and pages fetch everything again after a change."""


async def follow_outputs(output: Path, heard: Path, notice: Callable[[], None]) -> None:
    """Call a function whenever files appear in folders, are replaced or disappear, without end.

    Args:
        output: The output folder, which is watched with the folders of languages in it. It need not exist.
        heard: The folder of what was heard, which is watched without the folders in it. It need not exist either.
        notice: The function.
    """
    before = await to_thread.run_sync(_states, output, heard)
    while True:
        await asyncio.sleep(_LOOK_S)
        now = await to_thread.run_sync(_states, output, heard)
        if now != before:
            before = now
            notice()
            await asyncio.sleep(_REST_S)


def _states(output: Path, heard: Path) -> dict[str, int]:
    """Return when the entries of folders changed: a file that is complete is moved to its place, which changes its folder."""
    return dict(_changes(output, heard))


def _changes(output: Path, heard: Path) -> Iterator[tuple[str, int]]:
    for folder in (output, heard):
        with suppress(OSError):
            yield os.fspath(folder), folder.stat().st_mtime_ns
    # What was heard may be tens of thousands of files, so they are not listed each second.
    with suppress(OSError), os.scandir(output) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield entry.path, entry.stat(follow_symlinks=False).st_mtime_ns
