"""The processor time of other processes."""

from __future__ import annotations

import os
from typing import Final

from audiobook.system.descendants import descendants

_FIRST_TIME: Final = 11
"""Index, after the name of the program, of four times: those of the process and of its ended children, user and system.

Source: Linux manual page proc_pid_stat(5).
"""


def processor_s(process: int) -> float | None:
    """Return the processor time of a process and its descendants so far, even of ended ones, in seconds.

    None if the process has ended, or where the system does not tell, which only Linux does.
    """
    own = _own_s(process)
    if own is None:
        return None
    return own + sum(filter(None, map(_own_s, descendants(process))))


def _own_s(process: int) -> float | None:
    """Return the processor time of a process and of those of its children that have ended."""
    try:
        with open(f"/proc/{process}/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        return sum(map(int, fields[_FIRST_TIME : _FIRST_TIME + 4])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None
