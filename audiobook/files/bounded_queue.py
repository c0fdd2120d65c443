"""A queue between two threads that holds a limited number of values."""

from __future__ import annotations

from queue import SimpleQueue
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class BoundedQueue(Generic[_Value]):
    """A queue whose `put` waits while it is full.

    Other than `queue.Queue` and `threading.Semaphore`, it runs no Python code while it waits: threads that hand over
    thousands of values would spend more time on that than on their work.
    """

    def __init__(self, most: int) -> None:
        """Create an empty queue for at most this many values."""
        self._values: SimpleQueue[_Value] = SimpleQueue()
        self._room: SimpleQueue[None] = SimpleQueue()
        for _ in range(most):
            self._room.put(None)

    def put(self, value: _Value) -> None:
        """Add a value, once there is room for it."""
        self._room.get()
        self._values.put(value)

    def get(self) -> _Value:
        """Remove and return the first value, once there is one."""
        value = self._values.get()
        self._room.put(None)
        return value

    def widen(self) -> None:
        """Make room for one more value, for example to release a thread that waits in `put`."""
        self._room.put(None)
