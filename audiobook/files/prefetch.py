"""Prefetching: a thread produces items a few ahead of the one in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Final, Generic, TypeVar

_ITEMS_AHEAD: Final = 4
_Item = TypeVar("_Item")


class Prefetch(Generic[_Item]):
    """Iterates over items that a thread produces ahead, for example by reading and checking clips.

    Use it as a context manager: its thread has ended when the block ends, whether all items were used or not.
    """

    def __init__(self, items: Iterable[_Item]) -> None:
        """Produce `items`, which no other thread may use."""
        self._items = items
        self._ready: SimpleQueue[tuple[_Item] | BaseException | None] = SimpleQueue()
        self._room = Semaphore(_ITEMS_AHEAD)
        self._is_stopped = False
        self._thread = Thread(target=self._produce)

    def __enter__(self) -> Prefetch[_Item]:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread."""
        self._is_stopped = True
        self._room.release()
        self._thread.join()

    def __iter__(self) -> Iterator[_Item]:
        """Yield the items in order; an error that one of them raised is raised here."""
        while (found := self._ready.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            self._room.release()
            yield found[0]

    def _produce(self) -> None:
        end: BaseException | None = None
        try:
            for item in self._items:
                self._room.acquire()
                if self._is_stopped:
                    break
                self._ready.put((item,))
        except BaseException as error:  # noqa: BLE001 - it is raised where the item is used
            end = error
        self._ready.put(end)
