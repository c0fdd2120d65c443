"""A build on a real scheduler and worker; more of them, and their ends, are in `end_to_end/test_cluster.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from clusters import WITH_DASK, kill
from tools import Shelf, clean_environment

pytestmark = [
    WITH_DASK,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups"),
]
BOTH = """
import asyncio, sys
from distributed import Scheduler, Worker

async def serve(folder):
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
        async with Worker(scheduler.address, nthreads=1, local_directory=folder, dashboard=False):
            print(scheduler.address, flush=True)
            await scheduler.finished()

asyncio.run(serve(sys.argv[1]))
"""


def test_a_cluster_makes_the_bytes_of_a_local_build(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BOTH, str(tmp_path / "scratch")]
    both = subprocess.Popen(
        command,
        env=clean_environment(PYTHONWARNINGS="ignore"),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert both.stdout
        with both.stdout as printed:
            address = printed.readline().decode().strip()
        assert address, "the scheduler or the worker has not started"
        here, there = (Shelf(tmp_path / name) for name in ("here", "there"))
        for shelf in (here, there):
            shelf.write("texts/en/walk.md", "# A Walk\n\nOne. *Two!* Three?\n\nAnother paragraph.\n")
        works = there.build("--engine", "tone", "--cluster", address)
        assert works["en/walk"]["clips_made"] == 3
        here.build("--engine", "tone")
        assert there.outputs() == here.outputs()
        assert there.leftovers() == []
    finally:
        kill(both)
