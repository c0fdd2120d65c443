"""Packed values come back as they were, and take little memory, also in forks."""

from array import array
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
    values = [tuple(f"value {number} of {part}" for part in range(20)) for number in range(5000)]
    packed = Packed(values)

    def own_kb(read: object) -> int:
        before = _own_kb()
        for value in read:  # type: ignore[attr-defined]
            assert array("q", map(len, value))
        return _own_kb() - before

    [of_values, of_packed] = forked(lambda number: own_kb((values, packed)[number]), 2, 2)
    assert of_values > 5000
    assert of_packed * 4 < of_values


def _own_kb() -> int:
    """Return the memory that this process shares with no other, in kilobytes."""
    with open("/proc/self/smaps_rollup") as lines:
        found = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith("Private")}
    return sum(found.values())
