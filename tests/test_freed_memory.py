"""Freed memory is returned to the system although blocks after it are still in use, or is kept for the next task."""

import multiprocessing
import platform
import resource
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from audiobook.system.freed_memory import keep_freed_memory, return_freed_memory

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory")
BLOCK_BYTES, BLOCKS = 60_000, 1000
TASK_BYTES, TASKS = 1_100_000, 50
"""A passage of 25 s takes several blocks of this length."""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_the_memory_between_blocks_in_use_is_returned() -> None:
    blocks = [b"x" * BLOCK_BYTES for _ in range(BLOCKS)]
    in_use = blocks[::50]
    blocks.clear()
    before = resident_bytes()
    return_freed_memory()
    assert before - resident_bytes() > BLOCK_BYTES * BLOCKS / 2
    assert all(block == b"x" * BLOCK_BYTES for block in in_use)


def faults(keeps: bool) -> int:
    """Return how many pages the system has provided for equal tasks, the first one excepted."""
    if keeps:
        keep_freed_memory()
    before = 0
    for task in range(TASKS):
        blocks = [b"x" * TASK_BYTES for _ in range(3)]
        del blocks
        if task == 0:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_a_process_that_keeps_memory_uses_it_for_each_task() -> None:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, fresh, max_tasks_per_child=1) as process:
        usual, kept = process.map(faults, (False, True))
    assert kept < usual / 5
