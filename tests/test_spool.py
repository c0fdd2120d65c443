"""Values kept in a spool."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import StorageError
from audiobook.files import Spool
from audiobook.system.fork_ahead import ForkAhead


@given(values=st.lists(st.binary(max_size=40)))
def test_values_come_back_in_any_order(values: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    with Spool(tmp_path_factory.getbasetemp()) as spool:
        places = [spool.add(value) for value in values]
        assert [spool.get(place) for place in reversed(places)] == values[::-1]
        assert spool.get(spool.add(b"later")) == b"later"
        assert [spool.get(place) for place in places] == values


def test_large_values_are_on_the_disk_without_a_name(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        places = [spool.add(bytes([number]) * (5 << 20)) for number in range(4)]
        assert [spool.get(place)[0] for place in places] == [0, 1, 2, 3]
        assert list(tmp_path.iterdir()) == []


def test_a_refusal_of_the_disk_is_told(tmp_path: Path) -> None:
    with Spool(tmp_path / "nowhere") as spool, pytest.raises(StorageError, match="writing failed"):
        spool.add(bytes(9 << 20))


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads take turns far more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_threads_read_and_add_values_at_once(tmp_path: Path) -> None:
    """They share the file and its position."""
    values = [number.to_bytes(8) for number in range(4096)]
    with Spool(tmp_path, in_memory_bytes=1000) as spool, ThreadPoolExecutor(2) as threads:
        places = [spool.add(value) for value in values]
        for _ in range(20):
            reading = threads.submit(lambda: [spool.get(place) for place in places])
            adding = threads.submit(lambda: [spool.add(value) for value in values])
            assert [spool.get(place) for place in reversed(places)] == values[::-1]
            assert reading.result() == values
            assert [spool.get(place) for place in adding.result()] == values


def test_a_fork_reads_values_while_others_are_added(tmp_path: Path) -> None:
    """Both share the file and its position, which reading in the fork must not move."""
    with Spool(tmp_path, in_memory_bytes=1000) as spool:
        places = [spool.add(bytes([number]) * 1000) for number in range(50)]

        def read(number: int) -> list[bytes]:
            return [spool.get_in_fork(place)[:1] for place in reversed(places)] * (number + 1)

        with ForkAhead(read, 2) as ahead:
            for number in range(2):
                later = [spool.add(bytes([number]) * 70_000) for _ in range(20)]
                assert list(ahead.received(number)) == [bytes([each]) for each in reversed(range(50))] * (
                    number + 1
                )
                assert [spool.get(place) for place in later] == [bytes([number]) * 70_000] * 20
