"""A real Dask scheduler and its workers on loopback, each in a separate process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from tools import clean_environment, wait_until

_ADDRESS = re.compile(r"Scheduler at:\s+(\S+)")
"""Matches what a scheduler prints once it listens."""
WITH_DASK: Final = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")
"""Marks tests with a cluster. Only other processes import Dask, which takes half a second."""


class Running:
    """A scheduler with workers.

    Attributes:
        address: Address of the scheduler, which chooses its port: one that was found to be free could be taken by the
            time it starts.
    """

    def __init__(self, folder: Path, options: Sequence[str] = (), protocol: str = "tcp") -> None:
        self._folder = folder
        self._options = options
        self.address = f"{protocol}://127.0.0.1:0"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self, **environment: str) -> None:
        """Start a scheduler; at the address of the one before, if there was one."""
        log = self._folder / f"scheduler-{len(self.processes)}.log"
        scheduler = self.scheduler = self._start(
            "scheduler", "--host", self.address, "--no-dashboard", "--no-show", **environment
        )

        def listens() -> bool:
            found = _ADDRESS.search(log.read_text("utf-8", "replace"))
            assert found or scheduler.poll() is None, self.logs()
            self.address = found[1] if found else self.address
            return found is not None

        wait_until(listens, "the scheduler listens")

    def start_worker(self, *before: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker with one thread and no nanny, which would start it again."""
        folder = self._folder / f"worker-{len(self.workers)}"
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder))
        worker = self._start("worker", self.address, *options, before=before, **environment)
        self.workers.append(worker)
        return worker

    def _start(
        self, what: str, *arguments: str, before: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[bytes]:
        self._folder.mkdir(exist_ok=True)
        command = [*(before or [sys.executable, "-m", "dask"]), what, *arguments, *self._options]
        with (self._folder / f"{what}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=clean_environment(PYTHONWARNINGS="ignore", **environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def logs(self) -> str:
        """Return what the processes have printed."""
        return "".join(path.read_text("utf-8", "replace") for path in sorted(self._folder.glob("*.log")))


@contextmanager
def cluster(
    folder: Path, *, workers: int = 2, options: Sequence[str] = (), protocol: str = "tcp", **environment: str
) -> Iterator[Running]:
    """Yield a scheduler with workers that are being started; end all of them afterwards."""
    running = Running(folder, options, protocol)
    try:
        running.start_scheduler(**environment)
        for _ in range(workers):
            running.start_worker()
        yield running
    finally:
        for process in running.processes:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
