"""Children that work in the same memory, one after the other, do not notice it."""

from __future__ import annotations

import ctypes
import ctypes.util
import mmap
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from audiobook.engines.isolation import Launcher, Limits
from audiobook.errors import SpeechError

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux can keep memory for the next child"
)
LIMITS = Limits(time_s=60.0, memory_bytes=1 << 16)
SIZE = 32 << 20
MORE_THAN_IS_PROVIDED = 128 << 20
MORE_THAN_IS_KEPT = 220 << 20
LARGE = 2 << 20
ALL_SLOTS = 256 << 20
"""At least what two slots need."""
FIXED = 0x10
COLLAPSE = 25
"""`MADV_COLLAPSE` of Linux 6.1."""
PROJECT = Path(__file__).resolve().parents[2]
RESERVE = """
from audiobook.engines.scratch import reserve_scratch
found = reserve_scratch()
print(found and type(found).__name__)
"""


def use_memory(request: bytes, _room: mmap.mmap) -> bytes:
    """The task of the children: fill much memory, and return the number of page faults and what cleared memory has."""
    size = {b"much": MORE_THAN_IS_PROVIDED, b"more": MORE_THAN_IS_KEPT}.get(request, SIZE)
    libc = ctypes.CDLL(None)
    libc.malloc.restype = libc.calloc.restype = ctypes.c_void_p
    libc.free.argtypes = (ctypes.c_void_p,)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = libc.malloc(ctypes.c_size_t(size))
    ctypes.memset(block, 0xFF, size)
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    if request == b"crash":
        os.abort()
    libc.free(block)
    cleared = libc.calloc(ctypes.c_size_t(SIZE), ctypes.c_size_t(1))
    is_clear = not any(ctypes.string_at(cleared, SIZE)[:: mmap.PAGESIZE // 2])
    return f"{faults} {is_clear}".encode()


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    made = Launcher(use_memory, LIMITS, slots=2, keeps_memory=True)
    yield made
    made.close()


def test_the_memory_of_a_child_is_used_by_the_next_one_even_if_it_crashed() -> None:
    # Large pages may be used up for a moment, or missing.
    assert any(_in_a_fresh_process(_is_used_again) or not _has_large_pages() for _ in range(20))


def test_the_first_child_gets_large_pages_too() -> None:
    few = SIZE // mmap.PAGESIZE // 2
    assert any(_in_a_fresh_process(_first_faults) < few or not _has_large_pages() for _ in range(20))


def test_children_at_the_same_time_and_those_that_need_more_than_is_kept_work_too(launcher: Launcher) -> None:
    orders = (b"more", b"first", b"more", b"next")
    for one, other in (orders[:2], orders[2:]):
        assert launcher.begin(one)
        assert launcher.begin(other)
        assert {launcher.ask(order)[0].split()[1] for order in (one, other)} == {b"True"}


@pytest.mark.parametrize("python", [sys.executable, "/usr/bin/python3"])
def test_memory_is_kept_by_programs_at_fixed_and_at_changing_addresses(python: str) -> None:
    if not _can_read_our_code(python):
        pytest.skip("Debian's Python, which is linked at a fixed address, is missing or too old")
    assert _reserve(python, {}) == "Scratch\n"


@pytest.mark.skipif(ctypes.util.find_library("jemalloc") is None, reason="needs jemalloc")
@pytest.mark.parametrize("python", [sys.executable, "/usr/bin/python3"])
def test_no_memory_is_kept_if_another_allocator_is_preloaded(python: str) -> None:
    if not _can_read_our_code(python):
        pytest.skip("Debian's Python is missing or too old")
    assert _reserve(python, {"LD_PRELOAD": ctypes.util.find_library("jemalloc") or ""}) == "None\n"


def _in_a_fresh_process(task: Callable[[], int]) -> int:
    """Return what a task returns in a process of its own: where other tests have freed much memory, children use that."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(task).result()


def _is_used_again() -> bool:
    launcher = Launcher(use_memory, LIMITS, slots=2, keeps_memory=True)
    answers = [launcher.ask(b"first")[0].split()]
    with pytest.raises(SpeechError, match="SIGABRT"):
        launcher.ask(b"crash")
    answers += [launcher.ask(b"much")[0].split() for _ in range(5)]
    launcher.close()
    assert {is_clear for _, is_clear in answers} == {b"True"}
    _, much, *later = (int(faults) for faults, _ in answers)
    return min(later) < much / 2


def _first_faults() -> int:
    launcher = Launcher(use_memory, LIMITS, keeps_memory=True)
    found = int(launcher.ask(b"first")[0].split()[0])
    launcher.close()
    return found


def _can_read_our_code(python: str) -> bool:
    is_new = "import sys; sys.exit(sys.version_info < (3, 11))"
    return (
        shutil.which(python) is not None
        and subprocess.run([python, "-c", is_new], check=False).returncode == 0
    )


def _reserve(python: str, environment: dict[str, str]) -> str:
    """Return the name of the type of what another process reserves, and a newline."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **environment}
    return subprocess.check_output([python, "-c", RESERVE], env=environment, text=True)


def _has_large_pages() -> bool:
    """Return whether a fork gets enough large pages for shared memory now: an old kernel or one without free memory has none."""
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    size, anywhere, shared = (
        ctypes.c_size_t,
        mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
        mmap.MAP_SHARED | mmap.MAP_ANONYMOUS,
    )
    use = mmap.PROT_READ | mmap.PROT_WRITE
    block = libc.mmap(None, size(ALL_SLOTS + LARGE), use, anywhere, -1, 0)
    start = ctypes.c_void_p(-(-block // LARGE) * LARGE)
    libc.mmap(start, size(ALL_SLOTS), use, shared | FIXED, -1, 0)
    ctypes.memset(start, 1, ALL_SLOTS)
    refused: int = libc.madvise(start, size(ALL_SLOTS), COLLAPSE)
    pid = os.fork()
    if pid == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        ctypes.memset(start, 2, ALL_SLOTS)
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        os._exit(faults < ALL_SLOTS // mmap.PAGESIZE // 2)
    has_few_faults = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    libc.munmap(ctypes.c_void_p(block), size(ALL_SLOTS + LARGE))
    return not refused and bool(has_few_faults)
