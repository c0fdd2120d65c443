"""Returning freed memory to the system."""

from __future__ import annotations

import sys


def return_freed_memory() -> None:
    """Return the memory between blocks that are in use, which glibc otherwise keeps for later; does nothing elsewhere.

    Worth its milliseconds after work that needs far more memory than what follows.
    """
    if sys.platform != "linux":
        return
    import ctypes  # slow to import

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim:
        trim(0)
