"""Freed memory is returned to the system although blocks after it are still in use."""

import platform
import resource
from pathlib import Path

import pytest

from audiobook.system.freed_memory import return_freed_memory

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory")
BLOCK_BYTES, BLOCKS = 60_000, 1000


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
