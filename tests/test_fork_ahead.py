"""A fork takes steps in order and sends what they yield; its errors, and its end, are met where the pieces are wanted."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import wait_until

from audiobook.errors import SourceError, StorageError
from audiobook.system.fork_ahead import ForkAhead, ForkDied

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")


def test_pieces_of_any_size_come_in_order_from_one_other_process() -> None:
    def step(number: int) -> Iterator[bytes]:
        yield str(os.getpid()).encode()
        yield bytes(number * 100_000)

    with ForkAhead(step, 4) as fork:
        found = [list(fork.received(number)) for number in range(4)]
    assert [len(piece) for _, piece in found] == [0, 100_000, 200_000, 300_000]
    assert len({pid for pid, _ in found} - {str(os.getpid()).encode()}) == 1


def test_it_is_known_whether_something_was_sent(tmp_path: Path) -> None:
    os.mkfifo(gate := tmp_path / "gate")

    def step(_: int) -> Iterator[bytes]:
        yield gate.read_bytes()

    with ForkAhead(step, 1) as fork:
        assert not fork.has_sent()
        gate.write_bytes(b"a piece")
        wait_until(fork.has_sent, "the piece")
        assert list(fork.received(0)) == [b"a piece"]


def test_the_error_of_a_step_is_raised_and_the_next_step_is_taken() -> None:
    def step(number: int) -> Iterator[bytes]:
        yield b"a piece"
        if number == 1:
            raise SourceError("is damaged", where="b.txt:3", hint="repair it")

    with ForkAhead(step, 3) as fork:
        assert list(fork.received(0)) == [b"a piece"]
        pieces = fork.received(1)
        assert next(pieces) == b"a piece"
        with pytest.raises(SourceError) as caught:
            next(pieces)
        assert (caught.value.message, caught.value.where) == ("is damaged", "b.txt:3")
        assert list(fork.received(2)) == [b"a piece"]


def test_after_the_death_of_the_fork_another_one_takes_the_next_steps() -> None:
    def step(number: int) -> Iterator[bytes]:
        yield b"a piece"
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield b"the end"

    with ForkAhead(step, 3) as fork:
        assert list(fork.received(0)) == [b"a piece", b"the end"]
        with pytest.raises(ForkDied, match="SIGKILL"):
            list(fork.received(1))
        assert list(fork.received(2)) == [b"a piece", b"the end"]


def test_the_fork_is_gone_once_its_pieces_are_no_longer_wanted(tmp_path: Path) -> None:
    begun = tmp_path / "begun"

    def step(_: int) -> Iterator[bytes]:
        begun.write_text(str(os.getpid()))
        time.sleep(60)
        yield b""

    with ForkAhead(step, 1):
        wait_until(lambda: begun.exists() and bool(begun.read_text()), "the first step")
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def test_a_system_without_room_for_another_fork_is_told_after_the_death_of_the_first() -> None:
    import resource

    def step(_: int) -> Iterator[bytes]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield b""

    def received_without_files() -> None:
        with ForkAhead(step, 2) as fork:
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
            list(fork.received(0))

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        with pytest.raises(StorageError, match="Too many open files"):
            received_without_files()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
