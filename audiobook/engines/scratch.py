"""Memory that successive children of one process reuse, so that the system need not provide it to each of them again.

A network fills a hundred megabytes with temporary values while it speaks a sentence. In a forked child, the system
would clear and map this memory in pages of 4 kB, each at its first access, and take it back when the child ends, which
costs processor time. So this memory is shared with the process that forks the children, in pages of 2 MB. Enough of these
for most sentences are provided before the first child; if a child has used more memory, it is combined into large pages
before the next child. Children never depend on the values that earlier ones left behind: memory from `malloc` has no
defined content, and `calloc` clears it.

This only works with Linux and the allocator of glibc. Elsewhere, and wherever the system refuses a step, children
allocate as usual.

Source: glibc manual, "Malloc Tunable Parameters"; Linux manual pages, madvise(2), `MADV_COLLAPSE`, and mincore(2).
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from typing import Final

_GLIBC: Final = "libc.so.6"
_SIZE: Final = 192 << 20
"""Most memory that is kept for the next child, in bytes; what a child needs beyond it is allocated as usual."""
_LARGE: Final = 2 << 20
_FIRST: Final = 96 << 20
"""Memory that is provided in large pages before the first child: small pages that are combined later cost both."""
_TRIES: Final = 3
"""Number of attempts to combine small pages, one before each passage: the system may be out of large pages for a moment."""
_TRIM_THRESHOLD: Final = -1
_MMAP_MAX: Final = -4
"""Parameters of `mallopt`: from how many free bytes memory is returned, and how many blocks are mapped separately."""
_NEVER: Final = (1 << 31) - 1
_USUAL_MMAP_MAX: Final = 65536
_MAP_FIXED: Final = 0x10
_COLLAPSE: Final = 25
"""`MADV_COLLAPSE`, since Linux 6.1; an error on older systems, where the pages remain small."""
_FAILED: Final = ctypes.c_void_p(-1).value


_ACCOUNT: Final = (
    "heap_bytes",
    "free_blocks",
    "small_free_blocks",
    "mapped_blocks",
    "mapped_bytes",
    "unused",
    "small_free_bytes",
    "used_bytes",
    "free_bytes",
    "returnable_bytes",
)
"""The numbers of glibc's account of its heap, in their order."""


class _Heap(ctypes.Structure):
    """`struct mallinfo` of glibc."""

    _fields_ = tuple((name, ctypes.c_int) for name in _ACCOUNT)


class Scratch:
    """A block of the heap of this process that is never used here: children, one at a time, free and use their copy."""

    def __init__(self, libc: ctypes.CDLL, block: int, start: int) -> None:
        """Describe a block.

        Args:
            libc: The C library.
            block: Address of the block.
            start: Address of its shared part, a multiple of 2 MB.
        """
        self._libc = libc
        self._block = block
        self._start = start
        self._combined = 0
        """Number of bytes at the beginning of the shared part that are in large pages, if the system has any."""
        self._tries_left = _TRIES
        self._is_begun = False
        """Whether memory was provided before the first child."""

    def combine(self) -> None:
        """Provide large pages at the first call; later, combine other memory that children have used into such pages.

        No child may be running.
        """
        size = self._used() if self._is_begun else _FIRST
        self._is_begun = True
        if size:
            start = self._start + self._combined
            for at in range(start, start + size, _LARGE):
                ctypes.memset(at, 0, 1)  # nothing is combined where no page is in use
            failed = self._libc.madvise(start, size, _COLLAPSE)
            self._tries_left -= 1
            if not failed or not self._tries_left:
                self._combined += size
                self._tries_left = _TRIES

    def _used(self) -> int:
        """Return the bytes that children have used beyond the large pages, rounded up to a whole large page."""
        left = _SIZE - self._combined
        resident = ctypes.create_string_buffer(left // mmap.PAGESIZE)
        if self._libc.mincore(self._start + self._combined, left, resident):
            return 0
        used = (resident.raw.rfind(b"\1") + 1) * mmap.PAGESIZE
        return -(-used // _LARGE) * _LARGE

    def use(self) -> None:
        """Make this process allocate from the block. Only for children, which end soon."""
        self._libc.mallopt(_MMAP_MAX, 0)
        self._libc.mallopt(_TRIM_THRESHOLD, _NEVER)
        self._libc.free(self._block)


def reserve_scratch() -> Scratch | None:
    """Return a block for the children of this process; None if this system has no such memory."""
    if sys.platform != "linux":
        return None
    try:
        libc = _library()
    except (OSError, AttributeError):  # another C library than glibc
        return None
    if not libc.mallopt(_MMAP_MAX, 0):  # otherwise the block would not be part of the heap
        return None
    block = _allocated(libc, _SIZE + 2 * _LARGE)
    libc.mallopt(_MMAP_MAX, _USUAL_MMAP_MAX)
    if not block:
        return None
    # The memory manager keeps notes at both ends of the block, which must not be shared.
    start = -(-(block + mmap.PAGESIZE) // _LARGE) * _LARGE
    flags = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | _MAP_FIXED
    if libc.mmap(start, _SIZE, mmap.PROT_READ | mmap.PROT_WRITE, flags, -1, 0) == _FAILED:
        return None  # the block is not freed: the system may have removed its pages
    return Scratch(libc, block, start)


def _library() -> ctypes.CDLL:
    """Return the C library, with declared types for the functions that are used.

    Raises:
        AttributeError: A function is missing.
        OSError: There is no such library.
    """
    libc = ctypes.CDLL(_GLIBC)
    address, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for name, result, arguments in (
        ("mallinfo", _Heap, ()),
        ("mallopt", number, (number, number)),
        ("free", None, (address,)),
        ("mmap", address, (address, size, number, number, number, ctypes.c_long)),
        ("madvise", number, (address, size, number)),
        ("mincore", number, (address, size, ctypes.c_char_p)),
    ):
        function = getattr(libc, name)
        function.restype, function.argtypes = result, arguments
    return libc


def _allocated(libc: ctypes.CDLL, size: int) -> int | None:
    """Return the address of a new block; None if there is none, or if this process does not allocate with `libc`.

    Other allocators, such as a preloaded jemalloc, may assume that pages which they have returned to the system are
    cleared, but shared pages are not. Comparing the address of `malloc` with glibc's does not detect such allocators: a
    program linked at a fixed address, such as Debian's Python, has an address of its own for it. So this checks that
    the block appears in the statistics of glibc's heap.
    """
    python = ctypes.pythonapi
    python.PyMem_RawMalloc.restype, python.PyMem_RawMalloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
    python.PyMem_RawFree.restype, python.PyMem_RawFree.argtypes = None, (ctypes.c_void_p,)
    before = libc.mallinfo().used_bytes
    block: int | None = python.PyMem_RawMalloc(size)
    if (libc.mallinfo().used_bytes - before) % (1 << 32) >= size:  # its numbers have 32 bits, and overflow
        return block
    python.PyMem_RawFree(block)
    return None
