"""Running a target on one input: is the outcome a result or an error of our own, in bounded time and memory?"""

from __future__ import annotations

import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

from audiobook.errors import AudiobookError, Bug

ROOT: Final = Path(__file__).parents[2]
LONGEST_BYTES: Final = 1 << 15
"""Inputs are no longer than this."""
_MOST_S: Final = 10
"""Processor time for an input, a twelfth of what readers allow a child process for a file of any size."""
_MOST_BYTES: Final = 512 << 20
OUT_OF_BOUNDS: Final = ("more than", "memory", "MemoryError")
"""The beginnings of the names of findings about time or memory."""


class Finding(NamedTuple):
    """An outcome that must not occur.

    Attributes:
        name: Its kind and place; equal for inputs with the same cause.
        details: The traceback.
    """

    name: str
    details: str


class _TooLong(BaseException):
    """The processor time for an input is used up. Not an `Exception`, so that no handler of failures catches it."""


def judged(run: Callable[[bytes], object], data: bytes) -> Finding | None:
    """Run a target, and return what is wrong with the outcome; None for a result or an error of our own.

    Args:
        run: The target; called in the main thread.
        data: The input.
    """
    _forget_peak()
    before = _peak_bytes()
    try:
        with _limited_time():
            run(data)
    except _TooLong as error:
        return _finding(f"more than {_MOST_S} s", error)
    except AudiobookError as error:
        if isinstance(error, Bug):
            return _finding("bug", error)
    except Exception as error:  # noqa: BLE001 - this is what is searched for
        return _finding(type(error).__name__, error)
    used = _peak_bytes() - before
    return Finding("memory", f"{used >> 20} MB for {len(data)} bytes") if used > _MOST_BYTES else None


@contextmanager
def _limited_time() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    old = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _MOST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)


def _forget_peak() -> None:
    """Begin to measure the peak of this process again: what it once used would hide what the input needs.

    Source: Linux manual page proc_pid_clear_refs(5).
    """
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _finding(kind: str, error: BaseException) -> Finding:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if each.filename.startswith(f"{ROOT}/audiobook/")]
    place = f" in {Path(ours[-1].filename).relative_to(ROOT / 'audiobook')}, {ours[-1].name}" if ours else ""
    return Finding(f"{kind}{place}", "".join(traceback.format_exception(error))[-6000:])
