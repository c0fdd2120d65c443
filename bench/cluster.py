"""`python -m bench --cluster`: two workers of a Dask cluster on this computer, against two local processes.

With `--piper VOICES`, both speak with a voice of Piper.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from audiobook.system.processor_time import processor_s
from bench.book import write_book
from bench.measure import cost_of, time_of
from bench.neural import NAMES, Rows

WORKERS = 2
_ROUNDS = 3
_IDLE_S = 30
_BUILD = [sys.executable, "-m", "audiobook", "build", "--quiet"]

QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "5s",
}
"""The settings that `docs/scale.md` recommends, so that idle processes of Dask take less time."""
Cluster = tuple[str, list[int]]
"""The address of a scheduler, and the processes of the cluster."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def started() -> Iterator[Cluster]:
    """Yield a scheduler with two workers of one thread each; end them afterwards."""
    address = f"tcp://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as folder:
        dask = [sys.executable, "-m", "dask"]
        alone = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder)
        commands = [
            [*dask, "scheduler", "--host", address, "--no-dashboard"],
            *[[*dask, "worker", address, *alone]] * WORKERS,
        ]
        processes = [
            subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | QUIET,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in commands
        ]
        try:
            time.sleep(3)  # the scheduler listens
            with Client(address, timeout=60, set_as_default=False) as client:  # type: ignore[no-untyped-call]
                client.wait_for_workers(WORKERS, timeout=60)
            yield address, [process.pid for process in processes]
        finally:
            for process in processes:
                process.kill()
            for process in processes:
                process.wait()


def compare(table: Rows, hours: float, voices: Path | None) -> None:
    """Build a book here and there, in turn, so that both meet the same load of other programs.

    What is measured once for a voice is not part of it: its level, and its sample for the comparison with the workers. The
    longer a build takes because of other programs, the more Dask's processes take while they wait, so that is shown too.

    Args:
        table: Receives the rows.
        hours: Length of the book with espeak-ng.
        voices: The voices folder for Piper; None for espeak-ng.
    """
    engine, language = ("piper", "en") if voices else ("espeak", "fi")
    os.environ["AUDIOBOOK_VOICES"] = str(voices) if voices else os.devnull
    heres, theres = [], []
    with tempfile.TemporaryDirectory(prefix="audiobook-bench-") as name, started() as (address, processes):
        folder = Path(name)
        write_book(folder / "texts" / language / "book.md", language, hours * 3600)
        named = f'[voice.{language}]\nname = "{NAMES["piper"]}"\n' if voices else ""
        (folder / "audiobook.toml").write_text(f'engine = "{engine}"\n{named}', "utf-8")
        time_of([*_BUILD, "book", "--chapters", "1", "--cluster", address], folder)
        for _ in range(_ROUNDS):
            _clear(folder)
            heres.append(cost_of([*_BUILD, "--jobs", str(WORKERS)], folder))
            made = _digest(folder)
            _clear(folder)
            before = _worked_s(processes)
            wall_s, cost_s = cost_of([*_BUILD, "--cluster", address], folder)
            theres.append((wall_s, cost_s + _worked_s(processes) - before))
            if _digest(folder) != made:
                raise SystemExit("the cluster made other bytes")
        idle = _idle(processes)
        length_s = json.loads((folder / "output" / language / "book.json").read_text("utf-8"))["duration_s"]
    waited_s = idle * sum(wall_s for wall_s, _ in theres)
    for what, which, taken in (("time, fastest build", 0, min), ("processor time, all builds", 1, sum)):
        here_s, there_s = taken(cost[which] for cost in heres), taken(cost[which] for cost in theres)
        told = f"{here_s / there_s:.2f} ({length_s / 3600:.2f} h: {here_s:.1f} s here, {there_s:.1f} s there)"
        compared = f"{engine}, two processes here ÷ two workers, {what}"
        table.row(compared, "≥ 0.92", told, here_s >= 0.92 * there_s)
    ratio = here_s / (there_s - waited_s)
    told = f"{ratio:.2f} (Dask's processes take {idle:.1%} of a core while they wait)"
    table.row("… less what Dask takes while it waits", "≥ 0.92", told, ratio >= 0.92)


def _worked_s(processes: list[int]) -> float:
    """Return the processor time of processes and their descendants so far, in seconds."""
    return sum(filter(None, map(processor_s, processes)))


def _idle(processes: list[int]) -> float:
    """Return the share of a core that processes take while they have nothing to do."""
    before, began = _worked_s(processes), time.monotonic()
    time.sleep(_IDLE_S)
    return (_worked_s(processes) - before) / (time.monotonic() - began)


def _clear(folder: Path) -> None:
    for name in ("output", ".audiobook/clips", ".audiobook/narrated"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _digest(folder: Path) -> str:
    return hashlib.sha256(next((folder / "output").glob("*/book.mp3")).read_bytes()).hexdigest()
