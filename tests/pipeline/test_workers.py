"""Workers that die are replaced, and die with their driver."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from threading import Thread

import pytest
from sampling import sampled
from tools import wait_until

from audiobook.engines.expendable import in_danger, is_expendable
from audiobook.errors import SpeechError
from audiobook.pipeline.workers import WorkerPool
from audiobook.system.fork_ahead import ForkAhead

_late: list[Connection] = []
"""In a worker: what the task that is `late` waits for, until three others are finished."""
_finished: list[str] = []


@dataclass(frozen=True)
class Order:
    """A task that returns its number, late or never, or dies."""

    what: str = "give"

    def begin(self) -> Connection | None:
        """Start work that is ready at once, after three other tasks, or only in `run`."""
        if self.what not in ("early", "late"):
            return None
        reading, writing = Pipe(duplex=False)
        if self.what == "late":
            _late.append(writing)
        else:
            writing.send_bytes(b"done")
        return reading

    def run(self) -> int:
        if self.what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.what == "leave":
            os._exit(3)
        if self.what == "crash" and is_expendable():
            faulthandler.disable()  # it would print a traceback
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.what == "wear":
            for _ in range(1000):
                with in_danger(60):
                    pass
        if _late:
            _finished.append(self.what)
            if len(_finished) == 3:
                _late.pop().send_bytes(b"done")
        if self.what in ("nap", "hang"):
            time.sleep(0.3 if self.what == "nap" else 100)
        return os.getpid()


def result_of(pool: WorkerPool[Order, int], order: Order) -> int | SpeechError:
    pool.submit(order)
    while True:
        for _, result in pool.results(None):
            return result


@pytest.fixture(params=["", "1"], ids=["forked", "spawned"])
def spawning(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOBOOK_SPAWN", request.param)


@pytest.mark.slow
@pytest.mark.usefixtures("spawning")
def test_tasks_run_in_other_processes() -> None:
    with WorkerPool[Order, int](2) as pool:
        while pool.free_slots:
            pool.submit(Order())
        seen: set[int | SpeechError] = set()
        while pool.busy:
            seen |= {result for _, result in pool.results(None)}

    assert os.getpid() not in seen
    assert seen
    assert all(isinstance(result, int) for result in seen)


@pytest.mark.parametrize("at_once", [1, 2])
def test_idle_workers_end_with_their_pool_although_a_later_fork_has_their_pipes(at_once: int) -> None:
    def asleep(_: int) -> Iterator[bytes]:
        time.sleep(1000)
        yield b""

    pool = WorkerPool[Order, int](2, at_once)
    with ForkAhead(asleep, 1):
        ending = Thread(target=pool.__exit__)
        ending.start()
        ending.join(30)
        is_hanging = ending.is_alive()
    assert not is_hanging
    assert not pool.has_killed


@pytest.mark.slow
@pytest.mark.usefixtures("spawning")
@pytest.mark.parametrize(("what", "said"), sampled([("die", "SIGKILL"), ("leave", "code 3")]))
def test_a_dead_worker_fails_its_task_and_is_replaced(what: str, said: str) -> None:
    with WorkerPool[Order, int](1) as pool:
        failed = result_of(pool, Order(what))
        after = result_of(pool, Order())

    assert isinstance(failed, SpeechError)
    assert said in failed.message
    assert isinstance(after, int)


@pytest.mark.parametrize("what", ["crash", "wear"])
def test_a_task_that_ends_an_expendable_worker_runs_again_and_none_is_lost(what: str) -> None:
    orders = [Order(), Order(what), Order(), Order(what), Order()]
    with WorkerPool[Order, int](1) as pool:
        left = list(reversed(orders))
        results: list[int | SpeechError] = []
        while left or pool.busy:
            while left and pool.free_slots:
                pool.submit(left.pop())
            results += [result for _, result in pool.results(None)]

    assert len(results) == len(orders)
    assert all(isinstance(result, int) for result in results)
    assert len(set(results)) == 3


@dataclass(frozen=True)
class Nothing:
    """A task without a result."""

    def begin(self) -> None:
        """Do nothing."""

    def run(self) -> None:
        """Return nothing."""


def test_nothing_is_a_result_too() -> None:
    with WorkerPool[Nothing, None](1) as pool:
        for _ in range(2):
            pool.submit(Nothing())
        found = [result for _ in range(2) for _, result in pool.results(None)]
    assert found == [None, None]


def test_a_worker_that_is_slow_to_start_is_left_to_the_next_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOBOOK_SPAWN", "1")
    with WorkerPool[Order, int](1, leaves_workers=True) as pool:
        first = result_of(pool, Order())
    with WorkerPool[Order, int](1) as pool:
        again = result_of(pool, Order())
    with WorkerPool[Order, int](1) as pool:
        other = result_of(pool, Order())

    assert first == again != other


def test_a_task_waiting_behind_a_long_one_goes_to_an_idle_worker() -> None:
    with WorkerPool[Order, int](2) as pool:
        pool.submit(Order("hang"))
        quick = [Order(), Order(), Order()]
        for order in quick:
            pool.submit(order)
        done: list[Order] = []
        while len(done) < len(quick):
            pool.submit_waiting()
            done += [order for order, _ in pool.results(None)]
        assert pool.busy

    assert sorted(map(id, done)) == sorted(map(id, quick))


def test_a_task_run_by_two_workers_has_one_result() -> None:
    with WorkerPool[Order, int](2) as pool:
        for what in ("nap", "", "", ""):
            pool.submit(Order(what))
        results: list[Order] = []
        while pool.busy:
            pool.submit_waiting()
            results += [order for order, _ in pool.results(None)]
        # The worker that slept now repeats a finished task; its result must be ignored.
        assert not list(pool.results(0.5))

    assert len(results) == 4


@pytest.mark.slow
def test_of_tasks_begun_together_the_first_to_finish_comes_first() -> None:
    with WorkerPool[Order, int](1, 3) as pool:
        assert pool.free_slots == 4
        for what in ("late", "early", "early", "give"):
            pool.submit(Order(what))
        done: list[str] = []
        workers: set[int | SpeechError] = set()
        while pool.busy:
            for order, worker in pool.results(None):
                done.append(order.what)
                workers.add(worker)

    assert sorted(done) == ["early", "early", "give", "late"]
    assert done[-1] == "late"
    assert len(workers) == 1


def test_a_task_waiting_for_a_dead_worker_goes_to_the_next_one() -> None:
    with WorkerPool[Order, int](1) as pool:
        pool.submit(Order("die"))
        pool.submit(Order())
        results: list[int | SpeechError] = []
        while pool.busy:
            results += [result for _, result in pool.results(None)]

    assert [type(result) for result in results] == [SpeechError, int]


@pytest.mark.slow
def test_workers_end_when_their_driver_is_killed(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "from audiobook.pipeline.workers import WorkerPool\n"
        "pool = WorkerPool(3)\n"
        "print(*[worker.process.pid for worker in pool._workers], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    pids = [int(pid) for pid in done.stdout.split()]

    assert len(pids) == 3
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "the workers to end")


def test_a_worker_is_replaced_after_many_tasks() -> None:
    with WorkerPool[Order, int](1) as pool:
        seen = [result_of(pool, Order()) for _ in range(1100)]
    assert len(set(seen)) == 3
    assert all(isinstance(pid, int) for pid in seen)
