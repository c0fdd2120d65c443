"""Ending the descendants of a process."""

from __future__ import annotations

import os
import signal
import sys


def descendants(process: int) -> list[int]:
    """Return the descendants of a process, where the system can list them."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208 - imports must stay few here
            with open(f"/proc/{process}/task/{thread}/children", encoding="ascii") as children:
                found += map(int, children.read().split())
    except (OSError, ValueError):
        pass  # it has ended, or this is not Linux, where children end when their pipe to us closes
    return found + [below for child in found for below in descendants(child)]


def kill(process: int) -> None:
    """End a process at once, if it has not ended."""
    try:
        os.kill(process, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    except OSError:
        return  # it has ended


def kill_with_descendants(process: int) -> None:
    """End a process and, where the system can list them, its descendants at once."""
    for one in (process, *descendants(process)):
        kill(one)
