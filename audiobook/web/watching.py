"""Notices when what a project is built from changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

_QUIET_MS: Final = 200
"""A row of changes ends when so long nothing changes."""
_LONGEST_ROW_MS: Final = 2000


async def follow(texts: Path, settings: Path, rebuild: Callable[[], Awaitable[None]]) -> None:
    """Build anew whenever something changed, one build at a time, and for ever.

    What changes during a build is built after it.

    Args:
        texts: A folder, with all that is below it.
        settings: A file, which need not be there.
        rebuild: Builds.
    """
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_notice(texts, None, changed))
        tasks.create_task(_notice(settings.parent, settings.name, changed))
        while True:
            await changed.wait()
            changed.clear()
            await rebuild()


async def _notice(folder: Path, only: str | None, changed: asyncio.Event) -> None:
    """Set an event whenever something changes below a folder, or one file in it."""
    from watchfiles import Change, awatch  # noqa: PLC0415 - only those who watch need it

    def matters(_: Change, path: str) -> bool:
        name = Path(path).name
        if only is not None:
            return name == only
        return not name.startswith(".") and not name.endswith("~")

    rows = awatch(
        folder.resolve(),
        watch_filter=matters,
        debounce=_LONGEST_ROW_MS,
        step=_QUIET_MS,
        recursive=only is None,
    )
    async for _ in rows:
        changed.set()
