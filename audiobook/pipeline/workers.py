"""Processes that make clips: one for each core, each with one job at a time.

Each worker has a pipe of its own. When the driver dies, however it dies, the pipe ends and the worker with it; when a
worker dies, the driver hears that too, fails the job it had, and starts another.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Final

from audiobook.errors import SpeechError
from audiobook.pipeline.speaking import Failed, Job, Made, do_job

SPAWN_VARIABLE: Final = "AUDIOBOOK_SPAWN"
"""Set to 1, this environment variable starts workers the way systems without fork must."""


def _context() -> BaseContext:
    method = "fork" if hasattr(os, "fork") and not os.environ.get(SPAWN_VARIABLE) else "spawn"
    return multiprocessing.get_context(method)


def _work(pipe: Connection, others: tuple[Connection, ...]) -> None:
    """Do jobs until the driver's end of the pipe is gone."""
    # Ctrl-C reaches the whole group; the driver decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()  # a fork inherits the driver's ends, which would keep the pipes of a dead driver open
    while True:
        try:
            job: Job = pipe.recv()
        except (EOFError, OSError):
            return
        result = do_job(job)
        try:
            pipe.send(result)
        except OSError:
            return


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: Job | None = None


class WorkerPool:
    """A fixed number of workers; use it as a context, which ends them."""

    def __init__(self, size: int) -> None:
        """Start `size` workers, at least one."""
        self._context = _context()
        self._workers: list[_Worker] = []
        for _ in range(max(1, size)):
            self._workers.append(self._start())

    def __enter__(self) -> WorkerPool:
        """Give the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all workers at once; what they were making is not kept, and what they made is whole."""
        for worker in self._workers:
            worker.pipe.close()
            worker.process.kill() if worker.job else None
        for worker in self._workers:
            worker.process.join()

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        inherited = (ours, *(worker.pipe for worker in self._workers))
        others = inherited if self._context.get_start_method() == "fork" else ()
        process = self._context.Process(target=_work, args=(theirs, others), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        return _Worker(process, ours)

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return sum(worker.job is None for worker in self._workers)

    @property
    def busy(self) -> bool:
        """Whether any worker has a job."""
        return self.idle < len(self._workers)

    def give(self, job: Job) -> None:
        """Give a job to an idle worker; there must be one."""
        worker = next(worker for worker in self._workers if worker.job is None)
        worker.job = job
        try:
            worker.pipe.send(job)
        except OSError:
            return  # it died while idle; `results` finds the pipe at its end and says so

    def results(self, timeout_s: float) -> Iterator[tuple[Job, Made | Failed]]:
        """Give the jobs that have ended by now, waiting for the first at most `timeout_s` seconds."""
        by_pipe = {worker.pipe: worker for worker in self._workers if worker.job is not None}
        for pipe in wait(list(by_pipe), timeout_s):
            worker = by_pipe[pipe]  # type: ignore[index]
            job, worker.job = worker.job, None
            assert job is not None
            try:
                yield job, worker.pipe.recv()
            except (EOFError, OSError):
                yield job, self._replace(worker)

    def _replace(self, worker: _Worker) -> Failed:
        """Start another worker in place of one that died, and say how it died."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"code {code}"
        worker.pipe.close()
        self._workers.remove(worker)
        self._workers.append(self._start())
        return Failed(SpeechError(f"the process that was speaking it ended with {how}"), 0)
