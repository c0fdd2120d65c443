"""Growth of work with its input: the ratio of the processor times of two runs, never seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

_ROUNDS: Final = 5
_STEP: Final = 10
_MARGIN: Final = 3.0


def assert_linear(work: Callable[[T], object], make: Callable[[int], T], size: int) -> None:
    """Fail if ten times as much takes more than thirty times as long.

    Linear work takes about ten times as long, quadratic work a hundred times.

    Args:
        work: The function to measure.
        make: Returns the argument of `work` for a size.
        size: The smaller of the two sizes; ideally one for which the work takes about a millisecond.
    """
    assert_at_most(_STEP * _MARGIN, work, make(size), make(size * _STEP))


def assert_at_most(times: float, work: Callable[[T], object], small: T, large: T) -> None:
    """Fail if the large run takes more than `times` the processor time of the small one.

    Each is measured a few times, and the shortest time counts. Only the time of this thread and of its finished
    children is measured, so other processes have no effect. A first run, for imports and caches, is not measured.
    """
    work(small)
    small_ns = large_ns = 0
    for number in range(_ROUNDS):
        ours_ns, theirs_ns = _taken_ns(work, small), _taken_ns(work, large)
        small_ns = min(small_ns, ours_ns) if number else ours_ns
        large_ns = min(large_ns, theirs_ns) if number else theirs_ns
        if large_ns <= times * small_ns:
            return
    raise AssertionError(
        f"{large_ns / small_ns:.0f} times as long, the limit is {times:g}: {large_ns / 1e9:.3f} s"
    )


def repeated(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Return a function that makes a text of about a given length by repeating a shorter one."""
    return lambda chars: before + unit * (chars // len(unit)) + after


def _taken_ns(work: Callable[[T], object], given: T) -> int:
    begun_ns = _used_ns()
    work(given)
    return _used_ns() - begun_ns


def _used_ns() -> int:
    ended = os.times()
    return time.thread_time_ns() + round((ended.children_user + ended.children_system) * 1e9)
