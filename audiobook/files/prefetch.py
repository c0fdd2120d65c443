"""Prefetching: a thread produces items a few ahead of the one in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Thread
from typing import Final, Generic, TypeVar

from audiobook.files.bounded_queue import BoundedQueue
from audiobook.files.long_write import BATCH_BYTES

_ITEMS_AHEAD: Final = 2
_Item = TypeVar("_Item")


class Prefetch(Generic[_Item]):
    """Iterates over items that a thread produces ahead, for example by reading and checking clips.

    Handing over an item takes time too, so small ones should be put into groups; see `grouped`. Use it as a context manager:
    its thread has ended when the block ends, whether all items were used or not.
    """

    def __init__(self, items: Iterable[_Item]) -> None:
        """Produce `items`, which no other thread may use."""
        self._items = items
        self._ready: BoundedQueue[tuple[_Item] | BaseException | None] = BoundedQueue(_ITEMS_AHEAD)
        self._is_stopped = False
        self._thread = Thread(target=self._produce)

    def __enter__(self) -> Prefetch[_Item]:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread."""
        self._is_stopped = True
        self._ready.widen()  # for an item
        self._ready.widen()  # for the end
        self._thread.join()

    def __iter__(self) -> Iterator[_Item]:
        """Yield the items in order; an error that one of them raised is raised here."""
        while (found := self._ready.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found[0]

    def _produce(self) -> None:
        end: BaseException | None = None
        try:
            for item in self._items:
                self._ready.put((item,))
                if self._is_stopped:
                    break
        except BaseException as error:  # noqa: BLE001 - it is raised where the item is used
            end = error
        self._ready.put(end)


def grouped(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield consecutive pieces in groups of about half a megabyte; the last group may be smaller."""
    group: list[bytes] = []
    length_bytes = 0
    for piece in pieces:
        group.append(piece)
        length_bytes += len(piece)
        if length_bytes >= BATCH_BYTES:
            yield group
            group, length_bytes = [], 0
    if group:
        yield group
