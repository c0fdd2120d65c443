"""Watch a project's texts and settings for changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

_QUIET_MS: Final = 200
"""Changes count as one burst until nothing changes for this long."""
_LONGEST_ROW_MS: Final = 2000


async def follow(texts: Path, settings: Path, rebuild: Callable[[], Awaitable[None]]) -> None:
    """Rebuild whenever something changes, one build at a time, without end.

    Changes during a build start another build after it.

    Args:
        texts: Folder to watch, with its subfolders.
        settings: File to watch; need not exist.
        rebuild: Called to build.
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
    from watchfiles import Change, awatch  # only needed with `--watch`

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
