"""Run a command; give its time and the peak memory of it and all its children."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.01


@dataclass(frozen=True)
class Cost:
    """What a run cost: seconds on the clock, and bytes at the peak (shared pages counted once)."""

    wall_s: float
    peak_bytes: int
    output: str


def run(command: list[str], cwd: Path | None = None) -> Cost:
    """Run a command to its end, watching the memory of its process tree.

    The memory is the proportional set size (`Pss` of /proc/PID/smaps_rollup) of all its processes, added
    up: a page that several of them share is counted once.
    """
    began = time.perf_counter()
    peak = 0
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while process.poll() is None:
            peak = max(peak, sum(_pss(pid) for pid in _tree(process.pid)))
            try:
                process.wait(_EVERY_S)
            except subprocess.TimeoutExpired:
                continue
        wall = time.perf_counter() - began
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{output}")
    return Cost(wall, peak, output)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0
