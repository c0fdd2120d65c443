"""Whether this process is expendable: if a text ends it, another one takes its place and speaks the text in isolation.

An expendable process speaks texts itself even if they may crash or hang a library, which is faster than starting a
process for each of them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_CAN_END: Final = hasattr(signal, "setitimer")
"""Whether this system can end a process that hangs in a library."""
_MOST_DANGERS: Final = 250
_STANDARD_ERROR: Final = 2

_is_expendable = False
_dangers = 0


def is_expendable() -> bool:
    """Return whether this process may be ended by the texts that it speaks."""
    return _is_expendable


@contextmanager
def expendable(*, unless: bool) -> Iterator[None]:
    """Make this process expendable during a task. On systems that cannot end a process that hangs, this does nothing.

    Args:
        unless: Whether the task has ended another process, and must not end this one.
    """
    global _is_expendable
    _is_expendable = _CAN_END and not unless
    try:
        yield
    finally:
        _is_expendable = False


@contextmanager
def in_danger(time_s: float) -> Iterator[None]:
    """Run code that may end this process. What it prints, such as the last words of a crash, is not shown.

    Args:
        time_s: Time limit in seconds, after which this process is ended by `SIGALRM`.
    """
    global _dangers
    _dangers += 1
    shown = os.dup(_STANDARD_ERROR)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, _STANDARD_ERROR)
    os.close(silence)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, time_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.dup2(shown, _STANDARD_ERROR)
        os.close(shown)


def is_worn() -> bool:
    """Return whether this process should be replaced after its task: libraries do not return all their memory."""
    return _dangers >= _MOST_DANGERS
