"""A pool of worker processes. Each runs one task at a time, and another task waits in its pipe.

The waiting task keeps a worker busy while the driver is busy. When there are no tasks left to submit, a task that waits
behind a long one is also assigned to an idle worker. It may then run twice, and only the first result counts.

If there are fewer workers than cores, each worker also begins its next tasks, if they can run in the background.

Without fork, a worker is a new interpreter, which is slow to start. So a pool can leave its workers to the next pool.

Each worker has its own pipe. When the driver dies, the pipe closes and the worker ends. When a worker dies, another one
runs its task in isolation, and when that one dies too, the driver reports an error for the task. A worker also ends, and
is replaced, once it is worn; see `expendable`.
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
from itertools import count
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, Protocol, Self, TypeVar, cast

import msgspec

from audiobook.engines.expendable import expendable, is_worn
from audiobook.engines.isolation import can_fork
from audiobook.errors import SpeechError, StorageError
from audiobook.system.descendants import kill_with_descendants
from audiobook.system.freed_memory import keep_freed_memory
from audiobook.system.interpreters import current_folder_ignored, leave_path_to_programs
from audiobook.system.interrupts import interrupts_held, leave_interrupts_to_parent
from audiobook.system.refusals import system_refusal

_MOST_TASKS: Final = 500
"""Number of tasks after which a worker is replaced. An old one keeps all memory of the driver as it was when the worker was started; a
new one shares the memory as it is now."""
_WORN: Final = 75
"""Exit code of a worker that is worn."""

Result = TypeVar("Result", covariant=True)


class Task(Protocol[Result]):
    """A unit of work. The task and its result are pickled."""

    def begin(self) -> Connection | None:
        """Start background work for this task, if it has any. Never raises an exception.

        Returns:
            A connection that becomes readable when the background work is done; None if nothing was started.
        """

    def run(self) -> Result:
        """Run the task. Failures are returned as results, not raised."""


AnyTask = TypeVar("AnyTask", bound=Task[Any])


def _context() -> BaseContext:
    return multiprocessing.get_context("fork" if can_fork() else "spawn")


def _cores(size: int) -> list[int | None]:
    """Return the core for each worker if there are as many workers as cores; otherwise None for each, for any core.

    A worker and its process that speaks take turns. Without pinning, the system sometimes runs both workers on one core
    while another core is idle.
    """
    if sys.platform == "linux":
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) == size:
            return list(usable)
    return [None] * size


def _pin(process: BaseProcess, core: int | None) -> None:
    """Restrict a process, and the processes that it starts later, to one core; None for no restriction."""
    if sys.platform == "linux" and core is not None and process.pid:
        with suppress(OSError):  # the core may have been taken away
            os.sched_setaffinity(process.pid, {core})


def _work(pipe: Connection, others: tuple[Connection, ...], at_once: int) -> None:
    """Run tasks until the driver sends None or closes the pipe, or this process is worn."""
    leave_interrupts_to_parent()
    leave_path_to_programs()
    keep_freed_memory()
    # Anything an engine prints must not mix with the output of the command.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for other in others:
        other.close()  # inherited by fork; it would keep the pipe open after the driver dies
    with suppress(EOFError, OSError):
        if at_once == 1:
            for _ in range(_MOST_TASKS) if can_fork() else count():
                if is_worn():
                    break
                asked = pipe.recv()
                if asked is None:
                    return
                number, task, is_suspect = asked
                with expendable(unless=is_suspect):
                    result = result_of(task)
                pipe.send((number, result))
            sys.exit(_WORN)
        _work_ahead(pipe, at_once)


def result_of(task: Task[object]) -> object:
    """Run a task, and return its result or the error that it raised.

    A `StorageError` means that the system refused memory or a file; the driver raises it.
    """
    try:
        return task.run()
    except (OSError, ImportError, MemoryError, RuntimeError, SystemError) as error:
        return system_refusal(error) or _bug(error)
    except Exception as error:  # noqa: BLE001 - the process would end, and print a traceback
        return _bug(error)


def _bug(error: Exception) -> SpeechError:
    from audiobook.report.crash import bug_hint  # only needed if something is wrong

    return SpeechError(f"unexpected {type(error).__name__}", hint=bug_hint(error))


def _work_ahead(pipe: Connection, at_once: int) -> None:
    """Run several tasks at a time until the driver sends None or closes the pipe. Tasks whose background work is done are finished first."""
    begun: dict[Connection | None, tuple[int, Task[object]]] = {}
    while True:
        signs = [sign for sign in begun if sign]
        more = [pipe] if len(begun) < at_once else []
        ready = [None] if None in begun else wait([*more, *signs])
        if pipe in ready:
            asked = pipe.recv()
            if asked is None:
                return
            number, task, _ = asked
            begun[task.begin()] = number, task
        else:
            number, task = begun.pop(cast(Connection | None, ready[0]))
            pipe.send((number, result_of(task)))


class Pool(Protocol[AnyTask, Result]):
    """Workers to which tasks are submitted; see `WorkerPool`."""

    @property
    def has_killed(self) -> bool:
        """Whether a worker was killed in the middle of a task, and may have left a temporary file."""

    @property
    def free_slots(self) -> int:
        """Number of tasks that can be submitted now."""

    @property
    def busy(self) -> bool:
        """Whether any task is unfinished."""

    def submit(self, task: AnyTask) -> None:
        """Submit a task. There must be a free slot."""

    def submit_waiting(self) -> None:
        """Keep all workers busy while tasks wait. Call this when there are no other tasks to submit."""

    def results(self, timeout_s: float | None) -> Iterator[tuple[AnyTask, Result | SpeechError]]:
        """Yield finished tasks with their results, after waiting for the first one."""

    def __enter__(self) -> Self:
        """Return the pool."""

    def __exit__(self, *_: object) -> None:
        """Drop unfinished tasks."""


class _Assigned(msgspec.Struct, Generic[AnyTask]):
    number: int
    task: AnyTask
    is_duplicated: bool = False
    """Whether it was assigned to another worker later, so that this result is not needed."""
    is_suspect: bool = False
    """Whether a worker has died in the middle of it."""


class _Worker(msgspec.Struct, Generic[AnyTask]):
    process: BaseProcess
    pipe: Connection
    core: int | None
    assigned: deque[_Assigned[AnyTask]] = msgspec.field(default_factory=deque)
    """Unfinished tasks: up to `at_once` are running, and the next waits in the pipe."""

    @property
    def own_tasks(self) -> list[AnyTask]:
        """Tasks that are not assigned to another worker too."""
        return [assigned.task for assigned in self.assigned if not assigned.is_duplicated]


_left: list[_Worker[Any]] = []
"""Idle workers of earlier pools, each of which runs one task at a time."""


class WorkerPool(Generic[AnyTask, Result]):
    """A fixed number of workers. As a context manager, it ends them on exit."""

    def __init__(self, size: int, at_once: int = 1, *, leaves_workers: bool = False) -> None:
        """Start workers, or reuse those that an earlier pool has left.

        Args:
            size: Number of workers; less than 1 counts as 1.
            at_once: Number of tasks that each worker may begin before one of them is finished.
            leaves_workers: Whether to leave idle workers to the next pool on systems where they are slow to start.
        """
        self._at_once = at_once
        self._leaves_workers = leaves_workers and at_once == 1 and not can_fork()
        self.has_killed = False
        """Whether a worker was killed in the middle of a task, and may have left a temporary file."""
        self._numbers = count()
        self._context = _context()
        # Freeze existing objects, so that garbage collection in a worker does not copy shared pages. Next to nothing is
        # garbage so far, so it is not collected first.
        gc.freeze()
        self._workers: list[_Worker[AnyTask]] = []
        for core in _cores(max(1, size)):
            self._workers.append(self._left_worker(core) or self._start(core))

    def __enter__(self) -> WorkerPool[AnyTask, Result]:
        """Return the pool."""
        return self

    def __exit__(self, failure: object = None, *_: object) -> None:
        """End all workers at once. Unfinished tasks are dropped; clips in the store are always complete."""
        if self._leaves_workers and not failure:
            _left.extend(worker for worker in self._workers if not worker.assigned)
            self._workers = [worker for worker in self._workers if worker.assigned]
        for worker in self._workers:
            if (worker.assigned or failure) and worker.process.pid:
                self.has_killed = True
                kill_with_descendants(worker.process.pid)
            else:
                # Closing the pipe is not enough: processes that were forked meanwhile have it open too.
                with suppress(OSError):  # the worker has ended
                    worker.pipe.send(None)
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()

    def _left_worker(self, core: int | None) -> _Worker[AnyTask] | None:
        """Return a worker that an earlier pool has left and that is still alive; None if there is none."""
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
                resource_tracker.ensure_running()  # starting it together with the worker would unblock signals
            with interrupts_held():
                process.start()
        _pin(process, core)
        theirs.close()
        return _Worker(process, ours, core)

    @property
    def free_slots(self) -> int:
        """Number of tasks that can be submitted now."""
        return sum(self._at_once + 1 - len(worker.assigned) for worker in self._workers)

    @property
    def busy(self) -> bool:
        """Whether any task is unfinished."""
        return any(worker.own_tasks for worker in self._workers)

    def submit(self, task: AnyTask) -> None:
        """Assign a task to the least busy worker. There must be a free slot."""
        self._assign(min(self._workers, key=lambda worker: len(worker.assigned)), task)

    def submit_waiting(self) -> None:
        """Assign waiting tasks to idle workers too. Call this when there are no other tasks to submit."""
        for idle in [worker for worker in self._workers if len(worker.assigned) < self._at_once]:
            waiting = (
                assigned for worker in self._workers for assigned in list(worker.assigned)[self._at_once :]
            )
            for assigned in waiting:
                if not assigned.is_duplicated:
                    assigned.is_duplicated = True
                    self._assign(idle, assigned.task)
                    break

    def _assign(self, worker: _Worker[AnyTask], task: AnyTask, *, is_suspect: bool = False) -> None:
        assigned = _Assigned(next(self._numbers), task, is_suspect=is_suspect)
        worker.assigned.append(assigned)
        with suppress(OSError):  # the worker has ended, which `results` will notice
            worker.pipe.send((assigned.number, task, is_suspect))

    def results(self, timeout_s: float | None) -> Iterator[tuple[AnyTask, Result | SpeechError]]:
        """Yield finished tasks with their results.

        Args:
            timeout_s: How long to wait for the first result, in seconds; None to wait without a limit.

        Yields:
            A task with its result, or with an error if its worker died.

        Raises:
            StorageError: The system refused memory or a file to a worker, so that other tasks would fail too.
        """
        by_pipe = {worker.pipe: worker for worker in self._workers if worker.assigned}
        for pipe in wait(list(by_pipe), timeout_s):
            worker = by_pipe[cast(Connection, pipe)]
            try:
                number, result = worker.pipe.recv()
            except (EOFError, OSError):
                running = worker.assigned[0]
                error = self._replace(worker)
                if error and not running.is_duplicated:
                    yield running.task, error
                continue
            if isinstance(result, StorageError):
                raise result
            finished = next(assigned for assigned in worker.assigned if assigned.number == number)
            worker.assigned.remove(finished)
            if not finished.is_duplicated:
                yield finished.task, result

    def _replace(self, worker: _Worker[AnyTask]) -> SpeechError | None:
        """Replace a worker that has ended, and assign its tasks again.

        The task that ended it, if any, is a suspect from now on. If it was one before, it is not assigned again.

        Returns:
            An error that says how the worker died if its first task is not assigned again; otherwise None.
        """
        worker.process.join()
        worker.pipe.close()
        self._workers.remove(worker)
        other = self._start(worker.core)
        self._workers.append(other)
        code = worker.process.exitcode or 0
        error = None
        if code != _WORN:
            running = worker.assigned.popleft()
            if running.is_suspect or self._at_once > 1:  # of several running tasks, any may have ended it
                how = signal.Signals(-code).name if code < 0 else f"code {code}"
                error = SpeechError(f"the speech process ended with {how}")
            elif not running.is_duplicated:
                self._assign(other, running.task, is_suspect=True)
        for task in worker.own_tasks:
            self.submit(task)
        return error
