"""A list for the many values of a long text: once there are more than a few thousand, all but the last are packed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar, overload

import msgspec

Value = TypeVar("Value")

MOST_UNPACKED: Final = 4096
"""How many values a list has before any are packed: the paragraphs of about twenty hours."""
_RUN: Final = 64
"""Number of values that are packed together."""
_MOST_OPEN: Final = 4
"""How many runs stay unpacked after they were read: notes are read next to the paragraphs that refer to them."""


class PackedList(Sequence[Value], Generic[Value]):
    """A sequence to which values can be added.

    Packed values take a fraction of the memory, and no time of the garbage collector. They are equal to those that were added, but
    another object each time. Reading them in order unpacks each run once.
    """

    def __init__(
        self, kind: type[Value], values: Iterable[Value] = (), most_unpacked: int = MOST_UNPACKED
    ) -> None:
        """Begin a list.

        Args:
            kind: Type of the values: one that msgspec can encode.
            values: The first values.
            most_unpacked: How many values there are before any are packed.
        """
        self._kind = kind
        self._most_unpacked = most_unpacked
        self._decoder: msgspec.msgpack.Decoder[list[Value]] | None = None
        self._packed: list[bytes | list[Value]] = []
        """Runs of values; one that cannot be encoded, because of a lone surrogate, stays as it is."""
        self._last: list[Value] = []
        """The values after those runs."""
        self._open: dict[int, list[Value]] = {}
        """Runs that were read, by their numbers."""
        self.extend(values)

    @property
    def has_packed(self) -> bool:
        """Whether some values are packed."""
        return bool(self._packed)

    def append(self, value: Value) -> None:
        """Add a value."""
        self._last.append(value)
        if len(self._last) > self._most_unpacked:
            self._pack()

    def extend(self, values: Iterable[Value]) -> None:
        """Add values."""
        for value in values:
            self.append(value)

    def _pack(self) -> None:
        """Pack all complete runs but the last. From now on, a run is packed once the one after it is complete."""
        self._most_unpacked = 2 * _RUN
        while len(self._last) > _RUN:
            run, self._last = self._last[:_RUN], self._last[_RUN:]
            self._packed.append(_encoded(run))

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._packed) * _RUN + len(self._last)

    @overload
    def __getitem__(self, index: int) -> Value: ...

    @overload
    def __getitem__(self, index: slice) -> list[Value]: ...

    def __getitem__(self, index: int | slice) -> Value | list[Value]:
        """Return a value, or the values of a slice."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        number, offset = self._place(index)
        return self._last[offset] if number == len(self._packed) else self._run(number)[offset]

    def __setitem__(self, index: int, value: Value) -> None:
        """Replace a value."""
        number, offset = self._place(index)
        if number == len(self._packed):
            self._last[offset] = value
        else:
            run = self._run(number)
            run[offset] = value
            self._packed[number] = _encoded(run)

    def _place(self, index: int) -> tuple[int, int]:
        """Return the number of the run of a value, and its index in the run; the last run has the values that are not packed."""
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        number = min(at // _RUN, len(self._packed))
        return number, at - number * _RUN

    def __iter__(self) -> Iterator[Value]:
        """Yield the values."""
        for run in self._packed:
            yield from self._decoded(run)
        yield from self._last

    def taken(self) -> Iterator[Value]:
        """Yield the values and remove them: each run before the next is unpacked."""
        self._open.clear()
        self._packed.reverse()
        while self._packed:
            yield from self._decoded(self._packed.pop())
        last, self._last = self._last, []
        yield from last

    def _run(self, number: int) -> list[Value]:
        if number not in self._open:
            if len(self._open) == _MOST_OPEN:
                del self._open[next(iter(self._open))]
            self._open[number] = self._decoded(self._packed[number])
        return self._open[number]

    def _decoded(self, run: bytes | list[Value]) -> list[Value]:
        if isinstance(run, list):
            return run
        if self._decoder is None:
            self._decoder = msgspec.msgpack.Decoder(list[self._kind])  # type: ignore[name-defined]
        return self._decoder.decode(zlib.decompress(run))


def _encoded(run: list[Value]) -> bytes | list[Value]:
    try:
        return zlib.compress(msgspec.msgpack.encode(run), level=1)
    except UnicodeEncodeError:
        return run
