"""What waits in a temporary file while clips are made: the chapters of scripts, and the clips that no worker has yet.

The script of ten hours takes 12 MB in memory, but the memory of a build should not depend on the length of its books.
"""

from __future__ import annotations

import pickle
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar, overload

from audiobook.book.script import SpokenChapter
from audiobook.files import Place, Spool

IN_MEMORY_BYTES: Final = 1 << 20
"""How many bytes a spool for these values has in memory."""
_MOST_AT_HAND: Final = 64
_LONG_PASSAGES: Final = 4000
"""How many passages the scripts together have in memory while few clips are missing: about 20 hours."""

Value = TypeVar("Value")


class Waiting(Generic[Value]):
    """Values that are taken in the order in which they are added; only the first ones are in memory."""

    def __init__(self, spool: Spool) -> None:
        """Keep the other values in a spool."""
        self._spool = spool
        self._at_hand: deque[Value] = deque()
        self._spooled = array("Q")
        """The places of the others, as two numbers each."""
        self._taken = 0
        """How many of these numbers are of values that were taken."""

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._at_hand) + (len(self._spooled) - self._taken) // 2

    def append(self, value: Value) -> None:
        """Add a value.

        Raises:
            StorageError: The disk is full.
        """
        if len(self) < _MOST_AT_HAND and self._taken == len(self._spooled):
            self._at_hand.append(value)
        else:
            self._spooled.extend(self._spool.add(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))

    def popleft(self) -> Value:
        """Take the first value.

        Raises:
            StorageError: It cannot be read.
        """
        if self._at_hand:
            return self._at_hand.popleft()
        place = Place(*self._spooled[self._taken : self._taken + 2])
        self._taken += 2
        value: Value = pickle.loads(self._spool.get(place))  # noqa: S301 - written by this process
        return value


class Spooled(Sequence[Value]):
    """Values, some or all of which are read from a spool each time they are asked for."""

    def __init__(self, spool: Spool, kept: Sequence[Value | Place]) -> None:
        """Use values, and places in a spool."""
        self._spool = spool
        self._kept = kept

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._kept)

    @overload
    def __getitem__(self, index: int) -> Value: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...

    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        """Return a value.

        Raises:
            StorageError: It cannot be read.
        """
        if isinstance(index, slice):
            return Spooled(self._spool, self._kept[index])
        return self._read(self._kept[index])

    def __iter__(self) -> Iterator[Value]:
        """Yield the values; see `__getitem__`."""
        return map(self._read, self._kept)

    def _read(self, kept: Value | Place) -> Value:
        if not isinstance(kept, Place):
            return kept
        value: Value = pickle.loads(self._spool.get(kept))  # noqa: S301 - written by this program
        return value


class WaitingScripts:
    """Decides which chapters of scripts are in memory.

    A chapter goes to a file if many clips are missing, so that workers need the memory and have work for a while, or if
    the scripts are long. After an edit of a book of usual length, nothing is written.
    """

    def __init__(self, spool: Spool, has_many_missing: Callable[[], bool]) -> None:
        """Prepare for the scripts of one build.

        Args:
            spool: Keeps the chapters that are not in memory.
            has_many_missing: Whether many clips are missing now.
        """
        self._spool = spool
        self._has_many_missing = has_many_missing
        self._passages_in_memory = 0

    def chapters(self, made: Iterable[SpokenChapter]) -> Sequence[SpokenChapter]:
        """Return the chapters of a script, each of which is asked for when the one before it is kept.

        Raises:
            StorageError: The disk is full.
        """
        return Spooled(self._spool, [self._kept(chapter) for chapter in made])

    def _kept(self, chapter: SpokenChapter) -> SpokenChapter | Place:
        count = sum(len(spoken.passages) for spoken in chapter.paragraphs)
        if self._has_many_missing() or self._passages_in_memory + count > _LONG_PASSAGES:
            return self._spool.add(pickle.dumps(chapter, pickle.HIGHEST_PROTOCOL))
        self._passages_in_memory += count
        return chapter
