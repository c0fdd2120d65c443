"""Storing many values in little memory that forks can read without copying it.

Python stores a reference count next to each value, so reading a value writes to its page of memory, and the system
copies the page for the fork. Packed values are bytes, and are unpacked one by one when needed.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Packed(Generic[Value]):
    """A sequence of values. Each time that one is read, a new copy is unpacked."""

    def __init__(self, values: Iterable[Value] = ()) -> None:
        """Pack values."""
        self._packed = bytearray()
        self._ends = array("Q", [0])
        for value in values:
            self.append(value)

    def append(self, value: Value) -> None:
        """Pack one more value."""
        self._packed += zlib.compress(pickle.dumps(value), level=1)
        self._ends.append(len(self._packed))

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Value]:
        """Yield all values in order."""
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Value:
        """Return a value by its number, from 0."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        packed = memoryview(self._packed)[self._ends[number] : self._ends[number + 1]]
        value: Value = pickle.loads(zlib.decompress(packed))  # noqa: S301 - packed by this process
        return value
