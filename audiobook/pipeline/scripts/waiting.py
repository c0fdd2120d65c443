"""Moves values that are not needed yet to a temporary file: chapters of scripts, and tasks that no worker has started.

This keeps the memory of a build independent of the length of its books.
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
"""Memory of a spool for these values, in bytes; more is written to the file."""
_MOST_IN_MEMORY: Final = 64
_LONG_PASSAGES: Final = 1600
"""Number of passages that all scripts together keep in memory while few clips are missing: about ten hours of speech."""

Value = TypeVar("Value")


class Waiting(Generic[Value]):
    """A queue of which only the first values are in memory."""

    def __init__(self, spool: Spool) -> None:
        """Create an empty queue that writes further values to a spool."""
        self._spool = spool
        self._in_memory: deque[Value] = deque()
        self._spooled = array("Q")
        """The places of the other values in the spool, two numbers for each."""
        self._taken = 0
        """How many of these numbers belong to values that were already taken."""

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._in_memory) + (len(self._spooled) - self._taken) // 2

    def append(self, value: Value) -> None:
        """Add a value at the end.

        Raises:
            StorageError: The disk is full.
        """
        if len(self) < _MOST_IN_MEMORY and self._taken == len(self._spooled):
            self._in_memory.append(value)
        else:
            self._spooled.extend(self._spool.add(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))

    def popleft(self) -> Value:
        """Remove and return the first value.

        Raises:
            StorageError: It cannot be read from the spool.
        """
        if self._in_memory:
            return self._in_memory.popleft()
        place = Place(*self._spooled[self._taken : self._taken + 2])
        self._taken += 2
        value: Value = pickle.loads(self._spool.get(place))  # noqa: S301 - written by this process
        return value


class Spooled(Sequence[Value]):
    """A sequence whose values, or some of them, are read from a spool at each access."""

    def __init__(self, spool: Spool, entries: Sequence[Value | Place]) -> None:
        """Use values in memory and places in a spool.

        Args:
            spool: Contains the values that are not in memory.
            entries: For each index, the value or its place in the spool.
        """
        self._spool = spool
        self._entries = entries

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Value: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...

    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        """Return a value, or the values of a slice, which are not read yet.

        Raises:
            StorageError: The value cannot be read from the spool.
        """
        if isinstance(index, slice):
            return Spooled(self._spool, self._entries[index])
        return self._read(self._entries[index])

    def __iter__(self) -> Iterator[Value]:
        """Yield the values; see `__getitem__`."""
        return map(self._read, self._entries)

    def _read(self, entry: Value | Place) -> Value:
        if not isinstance(entry, Place):
            return entry
        value: Value = pickle.loads(self._spool.get(entry))  # noqa: S301 - written by this program
        return value


class WaitingScripts:
    """Decides which chapters of scripts stay in memory.

    A chapter is moved to the spool if many clips are missing, because workers then need the memory and have work for a while, or
    if the scripts are long. After an edit of a book of usual length, nothing is written.
    """

    def __init__(self, spool: Spool, has_many_missing: Callable[[], bool]) -> None:
        """Prepare for the scripts of one build.

        Args:
            spool: Temporary file for the chapters that are not in memory.
            has_many_missing: Returns whether many clips are missing at present.
        """
        self._spool = spool
        self._has_many_missing = has_many_missing
        self._passages_in_memory = 0

    def chapters(self, chapters: Iterable[SpokenChapter]) -> Sequence[SpokenChapter]:
        """Return the chapters of a script. Each is taken from the iterable after the one before it was stored.

        Raises:
            StorageError: The disk is full.
        """
        entries = [self._stored(chapter) for chapter in chapters]
        in_file = sum(isinstance(entry, Place) for entry in entries)
        if (
            in_file > len(entries) - in_file
        ):  # of a script this long, the beginning is not worth its memory either
            for at, entry in enumerate(entries):
                if not isinstance(entry, Place):
                    self._passages_in_memory -= _passage_count(entry)
                    entries[at] = self._spooled(entry)
        return Spooled(self._spool, entries)

    def _stored(self, chapter: SpokenChapter) -> SpokenChapter | Place:
        count = _passage_count(chapter)
        if self._has_many_missing() or self._passages_in_memory + count > _LONG_PASSAGES:
            return self._spooled(chapter)
        self._passages_in_memory += count
        return chapter

    def _spooled(self, chapter: SpokenChapter) -> Place:
        return self._spool.add(pickle.dumps(chapter, pickle.HIGHEST_PROTOCOL))


def _passage_count(chapter: SpokenChapter) -> int:
    return sum(len(spoken.passages) for spoken in chapter.paragraphs)
