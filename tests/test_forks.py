"""Steps divided between forks give the results and errors of steps taken one after the other."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from audiobook.errors import OutputMismatch, StorageError
from audiobook.system.forks import forked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
PROCESSES = (1, 2, 3, 8)


@pytest.mark.parametrize("processes", PROCESSES)
def test_results_are_in_order_however_many_processes_there_are(processes: int) -> None:
    before = ["known before"]
    assert list(forked(lambda number: (before[0], number), 7, processes)) == [
        ("known before", number) for number in range(7)
    ]
    assert list(forked(str, 0, processes)) == []


def test_steps_are_taken_by_other_processes_in_turns() -> None:
    pids = list(forked(lambda _: os.getpid(), 6, 2))
    assert os.getpid() not in pids
    assert pids == pids[:2] * 3
    assert pids[0] != pids[1]


@pytest.mark.parametrize("processes", PROCESSES)
def test_the_first_error_in_order_is_raised_after_the_results_before_it(processes: int) -> None:
    def step(number: int) -> int:
        if number == 3:
            time.sleep(0.05)
        if number >= 3:
            raise OutputMismatch(f"no {number}", where="a.json", hint="build it again")
        return number

    results = forked(step, 9, processes)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OutputMismatch) as caught:
        next(results)
    assert (caught.value.message, caught.value.where, caught.value.hint) == (
        "no 3",
        "a.json",
        "build it again",
    )


def test_a_fork_that_is_killed_is_an_error_that_says_what_to_do() -> None:
    def step(number: int) -> int:
        if number == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    results = forked(step, 9, 2)
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(StorageError, match="ended from outside") as caught:
        next(results)
    assert "jobs = 1" in (caught.value.hint or "")


def test_forks_are_gone_once_the_results_are_no_longer_wanted(tmp_path: Path) -> None:
    def step(number: int) -> int:
        (tmp_path / str(os.getpid())).touch()
        if number >= 2:
            time.sleep(60)
        return number

    with closing(forked(step, 9, 2)) as results:
        assert next(results) == 0
        assert next(results) == 1
    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_result_that_cannot_be_sent_is_the_error_of_its_step() -> None:
    with pytest.raises(AttributeError, match="local object"):
        list(forked(lambda number: lambda: number, 3, 2))
