"""The frames that a new MP3 has in common with the one that it replaces: nearly all of them after an edit.

They are at the same place in the file as before, counted from the first frame, or from the end. So they can be copied in two large
pieces, without reading thousands of clips. A fork compares each of them with the digest of its clip in the meantime; those of a very
long book are compared afterwards.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from itertools import accumulate, count
from pathlib import Path
from typing import Final, NamedTuple, Self

from audiobook.audio.mp3.frames import FrameError, parse_header
from audiobook.audio.mp3.id3 import tag_length_bytes
from audiobook.book.sound.book_frames import BookFrames
from audiobook.engines.isolation import can_fork
from audiobook.files import LongWrite
from audiobook.system.fork_ahead import ForkAhead, ForkDied
from audiobook.system.opening import open_descriptor

_LEAST_BYTES: Final = 32 << 20
"""Length of a file from which this saves time: more than an hour."""
_MOST_IN_FORK_BYTES: Final = 1 << 30
"""Length of a file up to which a fork checks it: more than a day. For a longer one, memory matters more than the seconds that it saves."""
_HEADER_BYTES: Final = 10
_INTACT: Final = b"+"


class ChangedFile(Exception):
    """The old file was changed while frames were copied from it, or contains others than it seemed to."""


class _Edges(NamedTuple):
    """The stretches that are kept: those before `front` and those from `back` on, by their indexes in the timeline."""

    front: int
    back: int


class KeptFrames:
    """The frames that stay. Use it as a context manager, and enter it where a fork is allowed: before there are threads.

    Attributes:
        frames: The frames of the new file.
    """

    def __init__(
        self,
        path: Path,
        frames: BookFrames,
        least_bytes: int = _LEAST_BYTES,
        most_in_fork_bytes: int = _MOST_IN_FORK_BYTES,
    ) -> None:
        """Compare a few frames of the old file with those of the new one.

        Args:
            path: The file, of which nothing is required.
            frames: The frames of the new file.
            least_bytes: Length of all frames from which they are compared.
            most_in_fork_bytes: Length up to which a fork compares them.
        """
        self.frames = frames
        self._ends: Sequence[int] = array("Q", accumulate(frames.lengths, initial=0))
        """The first byte of each stretch, counted from the first frame, and the end of the last one."""
        self._stack = ExitStack()
        self._fork: ForkAhead | None = None
        self._is_forked = self._ends[-1] <= most_in_fork_bytes
        self._descriptor = -1
        self._old_start = self._old_end = 0
        self._edges: _Edges | None = None
        if can_fork() and self._ends[-1] >= least_bytes:
            try:
                self._descriptor = open_descriptor(path)
                self._stack.callback(os.close, self._descriptor)
                self._edges = self._found()
            except (OSError, FrameError):
                pass  # there is no such file, or not one of ours: every clip is read from the store

    def __enter__(self) -> Self:
        """Start to check the frames in a fork, if any stay and the file is not very long."""
        if self._edges:
            self._state = _state(self._descriptor)
            if self._is_forked:
                self._fork = self._stack.enter_context(ForkAhead(lambda _: iter((self._checked(),)), 1))
        return self

    def __exit__(self, *_: object) -> None:
        """End the fork, and close the old file."""
        self._stack.close()

    def __bool__(self) -> bool:
        """Return whether most frames stay."""
        return self._edges is not None

    def write(self, output: LongWrite) -> None:
        """Write all frames of the new file: those that stay are copied, the others come from the store.

        Raises:
            ChangedFile: The old file is not what it seemed to be, so all frames must be read from the store.
            DamagedClip: A clip is missing or damaged.
            OSError: The file cannot be written.
        """
        assert self._edges
        front, back = self._edges
        self._copy(output, self._old_start, self._ends[front])
        for piece in self.frames.pieces(front, back):
            output.write(piece)
        length_bytes = self._ends[-1] - self._ends[back]
        self._copy(output, self._old_end - length_bytes, length_bytes)

    def require_intact(self) -> None:
        """Wait until all frames that stay are checked.

        Raises:
            ChangedFile: Some are damaged, or the file was changed since it was opened.
        """
        if not self._was_intact or _state(self._descriptor) != self._state:
            raise ChangedFile

    def uncache(self) -> None:
        """Free the system's memory for the old file now, which would otherwise take its time when the file is replaced."""
        if hasattr(os, "posix_fadvise") and os.fstat(self._descriptor).st_nlink == 1:
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    @cached_property
    def _was_intact(self) -> bool:
        """Whether the old file contains all frames that stay; waits for the fork, if there is one."""
        if self._fork is None:
            return self._checked() == _INTACT
        try:
            return list(self._fork.received(0)) == [_INTACT]
        except ForkDied:
            return False

    def _copy(self, output: LongWrite, start: int, length_bytes: int) -> None:
        if output.copy(self._descriptor, start, length_bytes) < length_bytes:
            raise ChangedFile

    def _found(self) -> _Edges | None:
        """Look for the edges of what has changed, as if there were one change; None unless most frames stay."""
        self._old_end = os.fstat(self._descriptor).st_size
        tag_end = tag_length_bytes(self._read(0, _HEADER_BYTES))
        self._old_start = tag_end + parse_header(self._read(tag_end, _HEADER_BYTES)).length_bytes
        stretches = self.frames.timeline.stretches
        clips = array("Q", (at for at, stretch in enumerate(stretches) if stretch.key))
        first = _first(len(clips), lambda at: not self._fits(clips[at], self._old_start))
        front = clips[first - 1] + 1 if first else 0
        shift = self._old_end - self._ends[-1]
        last = _first(len(clips), lambda at: clips[at] >= front and self._fits(clips[at], shift))
        back = clips[last] if last < len(clips) else len(stretches)
        changed_bytes = self._ends[back] - self._ends[front]
        return _Edges(front, back) if changed_bytes * 2 < self._ends[-1] else None

    def _fits(self, at: int, shift: int) -> bool:
        """Return whether a stretch is in the old file, `shift` bytes after its place among the new frames."""
        start, length = self._ends[at] + shift, self.frames.lengths[at]
        stretch = self.frames.timeline.stretches[at]
        return start >= self._old_start and self.frames.are_those_of(stretch, self._read(start, length))

    def _checked(self) -> bytes:
        """Return whether all stretches that are kept are in the old file. Called in the fork, if there is one."""
        assert self._edges
        front, back = self._edges
        shift = self._old_end - self._ends[-1]
        for at, stretch, start, length in zip(
            count(), self.frames.timeline.stretches, self._ends, self.frames.lengths, strict=False
        ):
            if front <= at < back:
                continue
            data = self._read(start + (self._old_start if at < front else shift), length)
            if not self.frames.are_those_of(stretch, data):
                return b""
        return _INTACT

    def _read(self, start: int, length_bytes: int) -> bytes:
        return os.pread(self._descriptor, length_bytes, start)


def _first(end: int, is_reached: Callable[[int], bool]) -> int:
    """Return the first number below `end` from which on a condition holds, or `end`, by bisection."""
    start = 0
    while start < end:
        middle = (start + end) // 2
        if is_reached(middle):
            end = middle
        else:
            start = middle + 1
    return start


def _state(descriptor: int) -> tuple[int, int, int]:
    """Return what changes whenever a file is written: its length, and the times of its content and of its inode."""
    found = os.fstat(descriptor)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
