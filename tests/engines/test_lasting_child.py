"""A child that answers several requests answers each as if it were new."""

from __future__ import annotations

import mmap
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from tools import alive_in_group, wait_until

from audiobook.engines.isolation import Launcher
from audiobook.engines.limits import Limits
from audiobook.errors import SpeechError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
LIMITS = Limits(time_s=60.0, memory_bytes=1 << 12)
_remembered: list[bytes] = []


def remember(request: bytes, _room: mmap.mmap) -> bytes:
    """Answer with the process and what it was asked before; fail as the request says."""
    before = b" ".join(_remembered)
    _remembered.append(request)
    if request == b"crash" or (request == b"crash later" and before):
        os.abort()
    if request == b"hang later" and before:
        time.sleep(600)
    return str(os.getpid()).encode() + b":" + before


def keep() -> bool:
    return True


def forget() -> bool:
    _remembered.clear()
    return True


def crash() -> bool:
    os.abort()


@pytest.fixture
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    renew: Callable[[], bool] = getattr(request, "param", forget)
    made = Launcher(remember, LIMITS, renew=renew)
    yield made
    made.close()


def asked(launcher: Launcher, request: bytes) -> tuple[bytes, bytes]:
    process, _, before = launcher.ask(request)[0].partition(b":")
    return process, before


def test_one_child_answers_many_requests_but_not_all(launcher: Launcher) -> None:
    answers = [asked(launcher, b"word") for _ in range(120)]
    assert {before for _, before in answers} == {b""}
    assert len({process for process, _ in answers}) == 3


@pytest.mark.parametrize("launcher", [lambda: False, crash], indirect=True, ids=["cannot", "crashes"])
def test_a_child_that_cannot_forget_a_request_is_replaced(launcher: Launcher) -> None:
    answers = [asked(launcher, b"word") for _ in range(5)]
    assert {before for _, before in answers} == {b""}
    assert len({process for process, _ in answers}) == 5


@pytest.mark.parametrize("launcher", [keep], indirect=True)
def test_a_failure_that_an_earlier_request_caused_is_not_told(launcher: Launcher) -> None:
    first, _ = asked(launcher, b"word")
    assert asked(launcher, b"more") == (first, b"word")
    second, before = asked(launcher, b"crash later")
    assert (second != first, before) == (True, b"")


def test_a_request_that_always_fails_is_told_and_the_next_is_answered(launcher: Launcher) -> None:
    asked(launcher, b"word")
    for _ in range(2):
        with pytest.raises(SpeechError, match="SIGABRT"):
            launcher.ask(b"crash")
    assert asked(launcher, b"word")[1] == b""


def test_a_child_that_hangs_because_of_an_earlier_request_is_replaced() -> None:
    launcher = Launcher(remember, Limits(time_s=3.0, memory_bytes=1 << 12), renew=keep)
    asked(launcher, b"word")
    assert asked(launcher, b"hang later")[1] == b""
    launcher.close()


def test_no_child_outlives_its_launcher() -> None:
    launcher = Launcher(remember, LIMITS, renew=forget)
    process = int(asked(launcher, b"word")[0])
    os.kill(launcher._pid, signal.SIGKILL)
    wait_until(lambda: process not in alive_in_group(os.getpgid(0)), "the child ends")
    launcher.close()
