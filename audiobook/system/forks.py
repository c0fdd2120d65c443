"""Dividing independent steps between forks of this process.

A fork starts with everything that this process has in memory, so only results have to be sent. Whatever else a fork changes
in memory is lost.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
from collections.abc import Callable, Generator
from contextlib import suppress
from io import BufferedReader
from typing import Any, BinaryIO, Final, NoReturn, TypeVar

from audiobook.errors import StorageError
from audiobook.system.interrupts import interrupts_held, leave_interrupts_to_parent

Result = TypeVar("Result")
_HINT: Final = "perhaps there was not enough memory; use fewer processes: `jobs = 1` in audiobook.toml"


def forked(step: Callable[[int], Result], count: int, processes: int) -> Generator[Result, None, None]:
    """Yield the results of numbered steps in order, as if this process had run them all.

    Args:
        step: Called with each number from 0; its result is pickled.
        count: Number of steps.
        processes: Number of forks, which take turns; with fewer than two, this process runs all steps itself.

    Raises:
        Exception: The error of the first step, in order, that failed.
        StorageError: The system ended a fork.
    """
    if processes < 2:
        yield from map(step, range(count))
        return
    forks: list[tuple[int, BufferedReader]] = []
    gc.freeze()  # so that garbage collection in a fork does not copy shared pages
    try:
        for first in range(min(processes, count)):
            forks.append(_fork(step, range(first, count, processes), [pipe for _, pipe in forks]))
        for number in range(count):
            yield _received(forks[number % processes][1])
    finally:
        gc.unfreeze()
        for pid, pipe in forks:
            pipe.close()
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _fork(
    step: Callable[[int], object], numbers: range, others: list[BufferedReader]
) -> tuple[int, BufferedReader]:
    """Start a fork, and return its process number and the pipe with its results."""
    reading, writing = os.pipe()
    with interrupts_held():
        try:
            pid = os.fork()
        except OSError as error:
            raise StorageError("the system allows no more processes", hint=_HINT) from error
        if pid == 0:
            _work(step, numbers, reading, writing, others)
    os.close(writing)
    return pid, os.fdopen(reading, "rb")


def _work(
    step: Callable[[int], object], numbers: range, reading: int, writing: int, others: list[BufferedReader]
) -> NoReturn:
    """Take the steps of a fork, and end it without cleaning up what belongs to the process that started it."""
    try:
        leave_interrupts_to_parent()
        os.close(reading)
        for other in others:
            other.close()
        with os.fdopen(writing, "wb") as pipe:
            for number in numbers:
                _send(pipe, step, number)
    except OSError:  # the other end of the pipe is gone, and with it whoever wanted the results
        pass
    finally:
        os._exit(0)


def _send(pipe: BinaryIO, step: Callable[[int], object], number: int) -> None:
    try:
        answer: tuple[bool, object] = True, step(number)
    except Exception as error:  # noqa: BLE001 - raised where the result is wanted
        answer = False, error
    pipe.write(pickle.dumps(answer))
    pipe.flush()


def _received(pipe: BufferedReader) -> Any:  # noqa: ANN401 - whatever the step returns
    """Return the next result from a fork, or raise the error in its place."""
    try:
        is_result, value = pickle.load(pipe)  # noqa: S301 - written by a fork of this process
    except (EOFError, pickle.UnpicklingError) as error:
        raise StorageError("a process was ended from outside", hint=_HINT) from error
    if not is_result:
        raise value
    return value
