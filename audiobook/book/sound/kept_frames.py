"""The frames that a new MP3 has in common with the one that it replaces: nearly all of them after an edit.

They are at the same place in the file as before, counted from the first frame, or from the end. So they can be copied in two large
pieces, without reading thousands of clips.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from audiobook.book.sound.book_frames import DIGEST_BYTES, BookFrames
from audiobook.book.sound.old_frames import OldFrames
from audiobook.files import LongWrite


class ChangedFile(Exception):
    """The old file was changed while frames were copied from it, or does not contain what was noted."""


class _Edges(NamedTuple):
    """The stretches that are kept: those before `front` and those from `back` on, by their indexes in the timeline."""

    front: int
    back: int


class KeptFrames:
    """The frames that stay.

    Attributes:
        frames: The frames of the new file.
    """

    def __init__(self, frames: BookFrames, old: OldFrames) -> None:
        """Compare the frames of the new file with what was noted of the old one.

        Args:
            frames: The frames of the new file.
            old: The old file.
        """
        self.frames = frames
        self._old = old
        self._ends = array("Q", accumulate(frames.lengths, initial=0))
        """The first byte of each stretch, counted from the first frame, and the end of the last one."""
        self._edges = self._found()

    def __bool__(self) -> bool:
        """Return whether most frames stay."""
        front, back = self._edges
        return (self._ends[back] - self._ends[front]) * 2 < self._ends[-1]

    def write(self, output: LongWrite) -> bytes:
        """Write all frames of the new file: those that stay are copied, the others come from the store.

        Returns:
            CRC-32 of each stretch, as 32-bit numbers.

        Raises:
            ChangedFile: The old file is not what it seemed to be, so all frames must be read from the store.
            DamagedClip: A clip is missing or damaged.
            OSError: The file cannot be written.
        """
        front, back = self._edges
        count, last = self._old.noted.count, len(self.frames.lengths) - back
        self._copy(output, 0, front)
        between = array("I")
        for piece in self.frames.pieces(front, back):
            output.write(piece)
            between.append(zlib.crc32(piece))
        self._copy(output, count - last, count)
        if not self._old.are_intact():
            raise ChangedFile
        self._old.uncache()  # while the last digests are calculated
        old = memoryview(self._old.noted.checksums).cast("I")
        return b"".join((old[:front], between, old[count - last :]))

    def _copy(self, output: LongWrite, start: int, stop: int) -> None:
        """Write stretches of the old file, from one index there up to another."""
        first = self._old.noted.place(start)
        end_bytes = output.length_bytes + self._old.noted.place(stop) - first
        if self._old.is_checked_ahead:
            output.copy(self._old.descriptor, first, end_bytes - output.length_bytes)
        else:
            for piece in self._old.checked(start, stop):
                output.write(piece)
        if output.length_bytes < end_bytes:
            raise ChangedFile

    def _found(self) -> _Edges:
        """Return how many stretches are the same at the start of both files, and at their end."""
        new, old = self.frames.digests, self._old.noted.digests
        most = min(len(new), len(old)) // DIGEST_BYTES
        front = _most_equal(most, lambda count: new[: count * DIGEST_BYTES] == old[: count * DIGEST_BYTES])
        last = _most_equal(
            most - front,
            lambda count: new[len(new) - count * DIGEST_BYTES :] == old[len(old) - count * DIGEST_BYTES :],
        )
        return _Edges(front, len(self.frames.lengths) - last)


def _most_equal(most: int, are_equal: Callable[[int], bool]) -> int:
    """Return the largest number of stretches that are equal, by bisection: if more are equal, so are fewer."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if are_equal(middle):
            least = middle
        else:
            most = middle - 1
    return least
