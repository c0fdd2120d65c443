"""What other commands make while the studio is open is noticed."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

from patience import PATIENCE_S

from audiobook.studio.outputs import follow_outputs


def test_files_that_are_built_published_or_heard_are_noticed(tmp_path: Path) -> None:
    async def noticed(number: int, place: str) -> None:
        project = tmp_path / str(number)
        for folder in ("output/en", "heard"):
            (project / folder).mkdir(parents=True)
        told = asyncio.Event()
        following = asyncio.create_task(follow_outputs(project / "output", project / "heard", told.set))
        for name in map(str, itertools.count()):
            (project / place / name).touch()
            if told.is_set():
                following.cancel()
                return
            await asyncio.sleep(0.05)

    async def all_noticed() -> None:
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            for number, place in enumerate(("output", "output/en", "heard")):
                tasks.create_task(noticed(number, place))

    asyncio.run(all_noticed())
