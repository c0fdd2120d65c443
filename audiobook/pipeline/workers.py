"""Processes that work beside the driver, each with one task at a time and one that waits.

Where there are fewer workers than cores, each also begins the tasks that it does next, as far as they go on without it.

The one that waits keeps a worker busy while the driver is. When there is nothing more to give, what waits behind a
long task goes to a worker that has none: it may then be done twice, and only the first result counts.

Each worker has a pipe of its own. When the driver dies, however it dies, the pipe ends and the worker with it; when a
worker dies, the driver hears that too, gets an error for the task it had, and starts another.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Generic, NoReturn, Protocol, TypeVar, cast

from audiobook.engines.isolation import can_fork
from audiobook.errors import SpeechError, StorageError
from audiobook.system.interrupts import interrupts_held, kill_with_descendants, leave_interrupts_to_parent
from audiobook.system.refusals import system_refusal

Result = TypeVar("Result", covariant=True)


class Task(Protocol[Result]):
    """Something that a worker can do: it travels there by pickle, and its result travels back."""

    def begin(self) -> Connection | None:
        """Begin what goes on while other tasks are done, where there is a core for it; never fails.

        Returns:
            What can be read from when `run` need not wait for it; None where nothing was begun.
        """

    def run(self) -> Result:
        """Do it; failures are results, not exceptions."""


AnyTask = TypeVar("AnyTask", bound=Task[Any])


def _context() -> BaseContext:
    return multiprocessing.get_context("fork" if can_fork() else "spawn")


def _cores(size: int) -> list[int | None]:
    """Give each worker a core of its own, if there are just as many; None means any.

    A worker and the process that speaks for it take turns. Left alone, the system wakes one of them on a
    core that is taken while the other core has nothing to do, one moment in twenty.
    """
    if sys.platform == "linux":
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) == size:
            return list(usable)
    return [None] * size


def _work(pipe: Connection, others: tuple[Connection, ...], core: int | None, at_once: int) -> None:
    """Do tasks until the driver's end of the pipe is gone."""
    if sys.platform == "linux" and core is not None:
        with suppress(OSError):  # the core was taken away meanwhile
            os.sched_setaffinity(0, {core})
    leave_interrupts_to_parent()
    # What an engine prints belongs to nobody's answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for other in others:
        other.close()  # a fork inherits the driver's ends, which would keep the pipes of a dead driver open
    with suppress(EOFError, OSError):
        if at_once == 1:
            while True:
                number, task = pipe.recv()
                pipe.send((number, _result_of(task)))
        _work_ahead(pipe, at_once)


def _result_of(task: Task[object]) -> object:
    """Do a task; what the system refuses is a result too, which the driver raises."""
    try:
        return task.run()
    except (OSError, ImportError, MemoryError, RuntimeError, SystemError) as error:
        refusal = system_refusal(error)
        if refusal is None:
            raise
        return refusal


def _work_ahead(pipe: Connection, at_once: int) -> NoReturn:
    """Do tasks in the order in which what they began is done."""
    begun: dict[Connection | None, tuple[int, Task[object]]] = {}
    while True:
        signs = [sign for sign in begun if sign]
        more = [pipe] if len(begun) < at_once else []
        ready = [None] if None in begun else wait([*more, *signs])
        if pipe in ready:
            number, task = pipe.recv()
            begun[task.begin()] = number, task
        else:
            number, task = begun.pop(cast(Connection | None, ready[0]))
            pipe.send((number, _result_of(task)))


@dataclass(slots=True)
class _Given(Generic[AnyTask]):
    number: int
    task: AnyTask
    elsewhere: bool = False
    """Whether another worker was given it since, so that this one's result is not wanted."""


@dataclass(slots=True)
class _Worker(Generic[AnyTask]):
    process: BaseProcess
    pipe: Connection
    core: int | None
    given: deque[_Given[AnyTask]] = field(default_factory=deque)
    """What it has not done: the first are being done, as many as may be at once; the next waits in its pipe."""

    @property
    def wanted(self) -> list[AnyTask]:
        """Its tasks that nobody else does."""
        return [given.task for given in self.given if not given.elsewhere]


class WorkerPool(Generic[AnyTask, Result]):
    """A fixed number of workers; use it as a context, which ends them."""

    def __init__(self, size: int, at_once: int = 1) -> None:
        """Start workers.

        Args:
            size: How many, at least one.
            at_once: How many tasks each may have begun.
        """
        self._at_once = at_once
        self._numbers = count()
        self._context = _context()
        # What is there now is never collected, so that no worker copies pages just to look at them.
        gc.collect()
        gc.freeze()
        self._workers: list[_Worker[AnyTask]] = []
        for core in _cores(max(1, size)):
            self._workers.append(self._start(core))

    def __enter__(self) -> WorkerPool[AnyTask, Result]:
        """Give the pool."""
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        """End all workers at once; what they were making is not kept, and what they made is whole."""
        for worker in self._workers:
            worker.pipe.close()
            if (worker.given or failure) and worker.process.pid:
                kill_with_descendants(worker.process.pid)
        for worker in self._workers:
            worker.process.join()

    def _start(self, core: int | None) -> _Worker[AnyTask]:
        ours, theirs = self._context.Pipe()
        inherited = (ours, *(worker.pipe for worker in self._workers))
        is_forked = self._context.get_start_method() == "fork"
        others = inherited if is_forked else ()
        process = self._context.Process(target=_work, args=(theirs, others, core, self._at_once), daemon=True)  # type: ignore[attr-defined]
        if sys.platform != "win32" and not is_forked:
            resource_tracker.ensure_running()  # which starting a worker would do, and let signals go on
        with interrupts_held():
            process.start()
        theirs.close()
        return _Worker(process, ours, core)

    @property
    def room(self) -> int:
        """How many tasks can be given now."""
        return sum(self._at_once + 1 - len(worker.given) for worker in self._workers)

    @property
    def busy(self) -> bool:
        """Whether any task is still to be done."""
        return any(worker.wanted for worker in self._workers)

    def give(self, task: AnyTask) -> None:
        """Give a task to the worker that has the least to do; there must be room."""
        self._give(min(self._workers, key=lambda worker: len(worker.given)), task)

    def share_out(self) -> None:
        """Give what waits to workers that have too little to do; worth it when there is nothing else to give."""
        for idle in [worker for worker in self._workers if len(worker.given) < self._at_once]:
            waiting = (given for worker in self._workers for given in list(worker.given)[self._at_once :])
            for given in waiting:
                if not given.elsewhere:
                    given.elsewhere = True
                    self._give(idle, given.task)
                    break

    def _give(self, worker: _Worker[AnyTask], task: AnyTask) -> None:
        given = _Given(next(self._numbers), task)
        worker.given.append(given)
        with suppress(OSError):  # it has died; `results` finds the pipe at its end and says so
            worker.pipe.send((given.number, task))

    def results(self, timeout_s: float | None) -> Iterator[tuple[AnyTask, Result | SpeechError]]:
        """Give the tasks that have ended by now, with their results.

        Args:
            timeout_s: How long to wait for the first; None waits until there is one.

        Yields:
            A task and its result, or an error when its worker died.

        Raises:
            StorageError: The system refused a worker memory or a file; the other tasks would meet the same.
        """
        by_pipe = {worker.pipe: worker for worker in self._workers if worker.given}
        for pipe in wait(list(by_pipe), timeout_s):
            worker = by_pipe[cast(Connection, pipe)]
            try:
                number, result = worker.pipe.recv()
            except (EOFError, OSError):
                number, result = worker.given[0].number, None
            if isinstance(result, StorageError):
                raise result
            given = next(given for given in worker.given if given.number == number)
            worker.given.remove(given)
            outcome = self._replace(worker) if result is None else result
            if not given.elsewhere:
                yield given.task, outcome

    def _replace(self, worker: _Worker[AnyTask]) -> SpeechError:
        """Start another worker in place of one that died, with the tasks that waited, and say how it died."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"code {code}"
        worker.pipe.close()
        self._workers.remove(worker)
        self._workers.append(self._start(worker.core))
        for task in worker.wanted:
            self.give(task)
        return SpeechError(f"the process that was speaking it ended with {how}")
