"""Measure time and peak memory of a command with all its children."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_EVERY_S = 0.01
_SET_CHILD_SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER` of Linux."""


def time_of(command: list[str], cwd: Path | None = None) -> float:
    """Run a command and return its time in seconds. The disk first writes what earlier commands have left to it."""
    os.sync()
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    wall_s = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return wall_s


def cost_of(command: list[str], cwd: Path | None = None) -> tuple[float, float]:
    """Run a command; return its time, and the processor time of all its processes, in seconds.

    Processes that nobody waits for are adopted and waited for here, so that none is missing from the account.
    """
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    others = set(_children(os.getpid()))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall_s = time_of(command, cwd)
    while adopted := set(_children(os.getpid())) - others:
        for child in adopted:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_of(command: list[str], cwd: Path | None = None) -> int:
    """Run a command and return the peak memory of it and all its children, in bytes.

    That is the proportional set size (`Pss` of /proc/PID/smaps_rollup) of all its processes, added up: a
    page that several of them share is counted once. Sampling slows the command down, so its time is measured
    in another run.
    """
    peak = 0
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(_pss(pid) for pid in _tree(process.pid)))
            time.sleep(_EVERY_S)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return peak


def work_of(command: list[str], cwd: Path | None = None) -> tuple[float, int]:
    """Run a command; return the processor time of all its processes in seconds, and their peak memory in bytes.

    Processes that nobody waits for are missing from the usual accounts, so they are examined while they run. The disk first
    writes what earlier commands have left to it, which would otherwise be work of this command.
    """
    work_s, peak = 0.0, 0
    os.sync()
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            pids = _tree(process.pid)
            work_s = max(work_s, sum(map(_work_s, pids)))
            peak = max(peak, sum(map(_pss, pids)))
            time.sleep(_EVERY_S)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return work_s, peak


def _work_s(pid: int) -> float:
    """Return the processor time of a process and of those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        found += _children(one)
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0
