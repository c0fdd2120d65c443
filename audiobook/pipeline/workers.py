"""A pool of worker processes. Each runs one task at a time and has one more waiting.

The waiting task keeps a worker busy while the driver is busy. When no tasks are left to give, a task that waits behind
a long one is also given to an idle worker. It may then run twice; only the first result counts.

If there are fewer workers than cores, each worker also begins its next tasks, if they can proceed in the background.

Without fork, a worker is a new interpreter, which takes a fifth of a second to start and to import what it needs. A pool
can leave its workers to the next one.

Each worker has its own pipe. When the driver dies, the pipe closes and the worker ends. When a worker dies, the driver
reports an error for its task and starts another worker.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Generic, NoReturn, Protocol, Self, TypeVar, cast

from audiobook.engines.isolation import can_fork
from audiobook.errors import SpeechError, StorageError
from audiobook.system.interpreters import current_folder_ignored, leave_path_to_programs
from audiobook.system.interrupts import interrupts_held, kill_with_descendants, leave_interrupts_to_parent
from audiobook.system.refusals import system_refusal

Result = TypeVar("Result", covariant=True)


class Task(Protocol[Result]):
    """A unit of work. The task and its result are pickled."""

    def begin(self) -> Connection | None:
        """Start background work for this task, if it has any; never raises.

        Returns:
            A connection that becomes readable when `run` no longer has to wait; None if nothing was started.
        """

    def run(self) -> Result:
        """Run the task. Failures are returned as results, not raised."""


AnyTask = TypeVar("AnyTask", bound=Task[Any])


def _context() -> BaseContext:
    return multiprocessing.get_context("fork" if can_fork() else "spawn")


def _cores(size: int) -> list[int | None]:
    """Return the core for each worker, if there are as many workers as cores; None means any core.

    A worker and the process that speaks for it take turns. Without pinning, the system puts two of them on one core
    while another core is idle, about 5 % of the time.
    """
    if sys.platform == "linux":
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) == size:
            return list(usable)
    return [None] * size


def _pin(process: BaseProcess, core: int | None) -> None:
    """Restrict a process, and what it starts later, to one core."""
    if sys.platform == "linux" and core is not None and process.pid:
        with suppress(OSError):  # the core may have been taken away
            os.sched_setaffinity(process.pid, {core})


def _work(pipe: Connection, others: tuple[Connection, ...], at_once: int) -> None:
    """Run tasks until the driver closes the pipe."""
    leave_interrupts_to_parent()
    leave_path_to_programs()
    # Anything an engine prints must not mix with the output of the command.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for other in others:
        other.close()  # inherited by fork; would keep the pipes open after the driver dies
    with suppress(EOFError, OSError):
        if at_once == 1:
            while True:
                number, task = pipe.recv()
                pipe.send((number, result_of(task)))
        _work_ahead(pipe, at_once)


def result_of(task: Task[object]) -> object:
    """Run a task and return its result. An error is returned too; a refusal by the system is raised by the driver."""
    try:
        return task.run()
    except (OSError, ImportError, MemoryError, RuntimeError, SystemError) as error:
        return system_refusal(error) or _bug(error)
    except Exception as error:  # noqa: BLE001 - the process would end, and print a traceback
        return _bug(error)


def _bug(error: Exception) -> SpeechError:
    from audiobook.report.crash import bug_hint  # only needed if something is wrong

    return SpeechError(f"unexpected {type(error).__name__}", hint=bug_hint(error))


def _work_ahead(pipe: Connection, at_once: int) -> NoReturn:
    """Run several tasks, finishing first those whose background work is done."""
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
            pipe.send((number, result_of(task)))


class Pool(Protocol[AnyTask, Result]):
    """Workers that are given tasks; see `WorkerPool`."""

    @property
    def has_killed(self) -> bool:
        """Whether a worker was ended in the middle of a task, and may have left a temporary file."""

    @property
    def free_slots(self) -> int:
        """Number of tasks that can be given now."""

    @property
    def busy(self) -> bool:
        """Whether any task is unfinished."""

    def submit(self, task: AnyTask) -> None:
        """Hand a task to a worker; there must be room."""

    def submit_waiting(self) -> None:
        """Keep all workers busy while tasks wait; called when there are no other tasks to give."""

    def results(self, timeout_s: float | None) -> Iterator[tuple[AnyTask, Result | SpeechError]]:
        """Yield finished tasks with their results; wait for the first one."""

    def __enter__(self) -> Self:
        """Return the pool."""

    def __exit__(self, *_: object) -> None:
        """Drop unfinished tasks."""


@dataclass(slots=True)
class _Given(Generic[AnyTask]):
    number: int
    task: AnyTask
    elsewhere: bool = False
    """Whether another worker has it too, so that this result is not needed."""


@dataclass(slots=True)
class _Worker(Generic[AnyTask]):
    process: BaseProcess
    pipe: Connection
    core: int | None
    given: deque[_Given[AnyTask]] = field(default_factory=deque)
    """Unfinished tasks: up to `at_once` are running, the next waits in the pipe."""

    @property
    def wanted(self) -> list[AnyTask]:
        """Tasks that no other worker has."""
        return [given.task for given in self.given if not given.elsewhere]


_left: list[_Worker[Any]] = []
"""Idle workers of earlier pools, each of which runs one task at a time."""


class WorkerPool(Generic[AnyTask, Result]):
    """A fixed number of workers, as a context manager that ends them on exit."""

    def __init__(self, size: int, at_once: int = 1, *, leaves_workers: bool = False) -> None:
        """Start workers, or take those that an earlier pool has left.

        Args:
            size: Number of workers; at least one is started.
            at_once: Number of tasks that each worker may have begun.
            leaves_workers: Whether idle workers wait for the next pool, if they are slow to start.
        """
        self._at_once = at_once
        self._leaves_workers = leaves_workers and at_once == 1 and not can_fork()
        self.has_killed = False
        """Whether a worker was ended in the middle of a task, and may have left a temporary file."""
        self._numbers = count()
        self._context = _context()
        # Freeze existing objects, so that garbage collection in a worker does not copy shared pages.
        gc.collect()
        gc.freeze()
        self._workers: list[_Worker[AnyTask]] = []
        for core in _cores(max(1, size)):
            self._workers.append(self._left_worker(core) or self._start(core))

    def __enter__(self) -> WorkerPool[AnyTask, Result]:
        """Return the pool."""
        return self

    def __exit__(self, failure: object = None, *_: object) -> None:
        """End all workers immediately. Unfinished tasks are dropped; stored clips are complete."""
        if self._leaves_workers and not failure:
            _left.extend(worker for worker in self._workers if not worker.given)
            self._workers = [worker for worker in self._workers if worker.given]
        for worker in self._workers:
            worker.pipe.close()
            if (worker.given or failure) and worker.process.pid:
                self.has_killed = True
                kill_with_descendants(worker.process.pid)
        for worker in self._workers:
            worker.process.join()

    def _left_worker(self, core: int | None) -> _Worker[AnyTask] | None:
        """Return a living worker that an earlier pool has left, or None."""
        while _left and self._at_once == 1 and not can_fork():
            worker = _left.pop()
            if worker.process.is_alive():
                worker.core = core
                _pin(worker.process, core)
                return worker
        return None

    def _start(self, core: int | None) -> _Worker[AnyTask]:
        ours, theirs = self._context.Pipe()
        inherited = (ours, *(worker.pipe for worker in self._workers))
        is_forked = self._context.get_start_method() == "fork"
        others = inherited if is_forked else ()
        process = self._context.Process(target=_work, args=(theirs, others, self._at_once), daemon=True)  # type: ignore[attr-defined]
        with nullcontext() if is_forked else current_folder_ignored():
            if sys.platform != "win32" and not is_forked:
                resource_tracker.ensure_running()  # otherwise started with the worker, which would unblock signals
            with interrupts_held():
                process.start()
        _pin(process, core)
        theirs.close()
        return _Worker(process, ours, core)

    @property
    def free_slots(self) -> int:
        """Number of tasks that can be given now."""
        return sum(self._at_once + 1 - len(worker.given) for worker in self._workers)

    @property
    def busy(self) -> bool:
        """Whether any task is unfinished."""
        return any(worker.wanted for worker in self._workers)

    def submit(self, task: AnyTask) -> None:
        """Hand a task to the least busy worker; there must be room."""
        self._give(min(self._workers, key=lambda worker: len(worker.given)), task)

    def submit_waiting(self) -> None:
        """Hand waiting tasks to idle workers as well; call this when there are no other tasks to give."""
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
        with suppress(OSError):  # the worker has died, which `results` will report
            worker.pipe.send((given.number, task))

    def results(self, timeout_s: float | None) -> Iterator[tuple[AnyTask, Result | SpeechError]]:
        """Yield finished tasks with their results.

        Args:
            timeout_s: Seconds to wait for the first one; None waits without limit.

        Yields:
            A task with its result, or with an error if its worker died.

        Raises:
            StorageError: The system refused memory or a file to a worker; other tasks would meet the same.
        """
        by_pipe = {worker.pipe: worker for worker in self._workers if worker.given}
        for pipe in wait(list(by_pipe), timeout_s):
            worker = by_pipe[cast(Connection, pipe)]
            has_died = False
            try:
                number, result = worker.pipe.recv()
            except (EOFError, OSError):
                number, result, has_died = worker.given[0].number, None, True
            if isinstance(result, StorageError):
                raise result
            given = next(given for given in worker.given if given.number == number)
            worker.given.remove(given)
            outcome = self._replace(worker) if has_died else result
            if not given.elsewhere:
                yield given.task, outcome

    def _replace(self, worker: _Worker[AnyTask]) -> SpeechError:
        """Replace a dead worker, pass its waiting tasks on, and return an error that says how it died."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"code {code}"
        worker.pipe.close()
        self._workers.remove(worker)
        self._workers.append(self._start(worker.core))
        for task in worker.wanted:
            self.submit(task)
        return SpeechError(f"the speech process ended with {how}")
