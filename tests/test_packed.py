"""Packed values come back as they were, and take little memory, also in forks."""

import multiprocessing
from array import array
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from audiobook.system.forks import forked
from audiobook.system.packed import Packed


def test_values_come_back_in_order_as_often_as_they_are_read() -> None:
    values = ["one", ("two", 2), None, b""]
    packed = Packed(values)
    assert list(packed) == list(packed) == [packed[number] for number in range(4)] == values
    packed.append("more")
    assert (len(packed), packed[4]) == (5, "more")
    assert not Packed[str]()


@pytest.mark.parametrize("number", [-1, 2])
def test_a_number_out_of_range_is_an_error(number: int) -> None:
    with pytest.raises(IndexError):
        Packed("ab")[number]


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="this kernel does not tell shared memory"
)
def test_forks_that_read_packed_values_copy_no_memory() -> None:
    # In a process of its own: a collection of garbage in a fork writes to everything that other tests left behind.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        [of_values, of_packed] = process.submit(_copied_kb).result()
    assert of_values > 5000
    assert of_packed * 4 < of_values


def _copied_kb() -> list[int]:
    """Return how much memory two forks copy: one that reads values as they are, and one that reads packed ones."""
    values = [tuple(f"value {number} of {part}" for part in range(20)) for number in range(5000)]
    packed = Packed(values)

    def copied_kb(read: Iterable[tuple[str, ...]]) -> int:
        before = _own_kb()
        for value in read:
            assert array("q", map(len, value))
        return _own_kb() - before

    return list(forked(lambda number: copied_kb((values, packed)[number]), 2, 2))


def _own_kb() -> int:
    """Return the memory that this process shares with no other, in kilobytes."""
    with open("/proc/self/smaps_rollup") as lines:
        found = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith("Private")}
    return sum(found.values())
