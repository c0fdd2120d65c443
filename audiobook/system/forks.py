"""Dividing independent steps between forks of this process; see `fork_ahead` for one fork that takes steps in order."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Final, TypeVar

from audiobook.errors import StorageError
from audiobook.system.fork_ahead import ForkAhead, ForkDied

Result = TypeVar("Result")
_HINT: Final = "perhaps there was not enough memory; use fewer processes: `jobs = 1` in audiobook.toml"


def forked(step: Callable[[int], Result], count: int, processes: int) -> Generator[Result, None, None]:
    """Yield the results of numbered steps in order, as if this process had run them all.

    A fork starts with everything that this process has in memory, so only results have to be sent. Whatever else it changes
    in memory is lost.

    Args:
        step: Called with each number from 0; its result is pickled.
        count: Number of steps.
        processes: Number of forks, which take turns; with fewer than two, this process runs all steps itself.

    Raises:
        Exception: The error of the first step, in order, that failed.
        StorageError: The system ended a fork, or allows no more processes.
    """
    if processes < 2:
        yield from map(step, range(count))
        return
    processes = min(processes, count)

    def every_nth(first: int) -> Callable[[int], Iterator[bytes]]:
        def pieces(turn: int) -> Iterator[bytes]:
            yield pickle.dumps(step(first + turn * processes))

        return pieces

    with ExitStack() as stack:
        forks = [
            stack.enter_context(ForkAhead(every_nth(first), len(range(first, count, processes))))
            for first in range(processes)
        ]
        for number in range(count):
            turn, fork = divmod(number, processes)
            try:
                [piece] = forks[fork].received(turn)
            except ForkDied as error:
                raise StorageError("a process was ended from outside", hint=_HINT) from error
            result: Result = pickle.loads(piece)  # noqa: S301 - written by a fork of this process
            yield result
