"""What becomes of freed memory: glibc returns some of it to the system, and keeps the rest for later. Other systems decide themselves."""

from __future__ import annotations

import sys
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Parameters of `mallopt`: from how many free bytes memory is returned, and from which length blocks are mapped separately.

Source: glibc manual, "Malloc Tunable Parameters".
"""
_KEPT_BYTES: Final = 8 << 20


def return_freed_memory() -> None:
    """Return the memory between blocks that are in use.

    Worth its milliseconds after work that needs far more memory than what follows.
    """
    if sys.platform != "linux":
        return
    import ctypes  # slow to import

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim:
        trim(0)


def keep_freed_memory() -> None:
    """Keep freed memory for the next blocks, up to 8 MB, and do so until this process ends.

    For a process that needs the same few megabytes for each of its tasks: otherwise the system takes them back after every task, and
    clears them again in the next.
    """
    if sys.platform != "linux":
        return
    import ctypes  # slow to import

    adjust = getattr(ctypes.CDLL(None), "mallopt", None)
    if adjust:
        adjust(_MMAP_THRESHOLD, _KEPT_BYTES)
        adjust(_TRIM_THRESHOLD, _KEPT_BYTES)
