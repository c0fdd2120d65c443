"""A Dask scheduler and two workers on loopback, for `python -m bench --cluster`."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

WORKERS = 2


QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
}
"""The settings that `docs/scale.md` recommends: each idle process of Dask then takes 0.6 % of a core instead
of 2.1 %."""
Cluster = tuple[str, list[int]]
"""The address of a scheduler, and the processes of the cluster."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def processor_s(process: int) -> float:
    """Return the processor time of a process and all its descendants so far, even of ended ones."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        below = Path(f"/proc/{process}/task").glob("*/children")
        children = [int(child) for path in below for child in path.read_text("ascii").split()]
    except OSError:
        return 0.0  # it has just ended, and its parent has its time
    return sum(map(int, fields[11:15])) / _TICKS_PER_S + sum(map(processor_s, children))


def children_s() -> float:
    """Return the processor time of the commands that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
