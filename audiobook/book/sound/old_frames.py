"""The frames of the MP3 that a build replaces, checked by a fork while the new text is narrated.

What the file contains is noted in the store when it is written. So it can be checked before the new book is known.
"""

from __future__ import annotations

import os
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import msgspec

from audiobook.book.sound.book_frames import DIGEST_BYTES, BookFrames
from audiobook.clips.sealed import SealedFolder
from audiobook.engines.isolation import can_fork
from audiobook.errors import StorageError
from audiobook.files import digest
from audiobook.system.fork_ahead import ForkAhead, ForkDied
from audiobook.system.opening import open_descriptor

_LEAST_BYTES: Final = 32 << 20
"""Length of a file from which its frames are noted: more than an hour. Others are quickly read from the store."""
_MOST_IN_FORK_BYTES: Final = 1 << 30
"""Length of a file up to which a fork checks it: more than a day. A longer one is checked while it is copied: it is then read once, and
no second process needs memory."""
_FREED_BYTES: Final = 16 << 20
"""How much of a long file is read before the system's memory for it is freed, to be used for the next part."""
_PATIENCE: Final = 10
"""By how much the fork is nicer than this process: narrating the text and speaking the edited passage come first."""
_INTACT: Final = b"+"


class NotedFrames(msgspec.Struct, frozen=True, array_like=True):
    """What an MP3 contains.

    Attributes:
        start: Number of bytes before its first stretch: the tag and the Info frame.
        lengths: Length of each stretch of its timeline in bytes, as 32-bit numbers.
        digests: Digest of each stretch; see `BookFrames.digests`. They tell which stretches stay.
        checksums: CRC-32 of each stretch, as 32-bit numbers. They tell whether the file is intact: checking them takes half the
            time that digests would take.
    """

    start: int
    lengths: bytes
    digests: bytes
    checksums: bytes

    @property
    def count(self) -> int:
        """The number of stretches."""
        return len(self.lengths) // array("I").itemsize

    def place(self, index: int) -> int:
        """Return the offset of a stretch in the file, in bytes; the number of stretches stands for the end of the last one."""
        return self.start + sum(array("I", self.lengths)[:index])

    def can_be_of(self, path: Path) -> bool:
        """Return whether a file is as long as the noted one, so that no piece to read is longer than the file.

        Raises:
            ValueError: The lengths are not whole numbers.
            OSError: The file does not exist.
        """
        lengths = array("I", self.lengths)
        counts = (len(self.checksums) // lengths.itemsize, len(self.digests) // DIGEST_BYTES)
        is_whole = counts == (len(lengths), len(lengths)) and self.start >= 0
        return is_whole and self.start + sum(lengths) == path.lstat().st_size


_decoder: Final = msgspec.msgpack.Decoder(NotedFrames)


def note_frames(
    notes: SealedFolder, path: Path, frames: BookFrames, checksums: bytes, least_bytes: int = _LEAST_BYTES
) -> None:
    """Note what an MP3 contains that was just written. Without a note, the next build reads all frames from the store.

    Args:
        notes: The notes of the store.
        path: The file.
        frames: Its frames.
        checksums: CRC-32 of each stretch, as 32-bit numbers.
        least_bytes: Length of all frames from which they are noted.
    """
    length_bytes = sum(frames.lengths)
    if length_bytes >= least_bytes:
        with suppress(OSError, StorageError):
            start = path.stat().st_size - length_bytes
            noted = NotedFrames(start, array("I", frames.lengths).tobytes(), frames.digests, checksums)
            notes.put(_name(path), msgspec.msgpack.encode(noted))


class OldFrames:
    """An MP3 that is about to be replaced. Use it as a context manager, and enter it where a fork is allowed.

    Attributes:
        path: The file.
        noted: What it contains if it is intact.
        descriptor: The open file.
    """

    def __init__(self, path: Path, noted: NotedFrames, most_in_fork_bytes: int = _MOST_IN_FORK_BYTES) -> None:
        """Open the file.

        Args:
            path: The file.
            noted: What it contained when it was written.
            most_in_fork_bytes: Length of a file up to which a fork checks it.

        Raises:
            OSError: It does not exist, or cannot be opened.
        """
        self.path = path
        self.noted = noted
        self.descriptor = open_descriptor(path)
        self._stack = ExitStack()
        self._stack.callback(os.close, self.descriptor)
        self._state = _state(self.descriptor)
        self._fork: ForkAhead | None = None
        self._is_forked = self._state[0] <= most_in_fork_bytes

    def __enter__(self) -> Self:
        """Start to check the file in a fork, unless it is very long, or the system allows no more processes."""
        if self._is_forked:
            with suppress(StorageError):
                self._fork = self._stack.enter_context(ForkAhead(self._checked_in_fork, 1))
        return self

    def __exit__(self, *_: object) -> None:
        """End the fork, and close the file."""
        self._stack.close()

    @property
    def is_checked_ahead(self) -> bool:
        """Whether a fork checks the whole file. If not, copy what `checked` yields."""
        return self._fork is not None

    def checked(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the stretches from one index up to another, each after it was checked. Ends before the first one that is not as noted."""
        at = freed = self.noted.place(start)
        for piece in self._intact(start, stop):
            yield piece
            at += len(piece)
            if at - freed >= _FREED_BYTES:
                self._free(freed, at - freed)
                freed = at

    def are_intact(self) -> bool:
        """Return whether the file was not changed since it was opened, and, if a fork checks it, contains what was noted; waits for the fork."""
        try:
            return self._were_intact and _state(self.descriptor) == self._state
        except OSError:  # replaced by another computer on a network drive
            return False

    def uncache(self) -> None:
        """Free the system's memory for the file now, which would otherwise take its time when the file is replaced."""
        self._free(0, 0)

    def _free(self, start: int, length_bytes: int) -> None:
        """Free the system's memory for a part of the file; a length of 0 means all that follows."""
        if hasattr(os, "posix_fadvise"):
            with suppress(OSError):  # a file system may refuse
                if os.fstat(self.descriptor).st_nlink == 1:
                    os.posix_fadvise(self.descriptor, start, length_bytes, os.POSIX_FADV_DONTNEED)

    @cached_property
    def _were_intact(self) -> bool:
        if self._fork is None:
            return True
        try:
            return list(self._fork.received(0)) == [_INTACT]
        # Killed, perhaps for want of memory; then there may be none for a new fork either.
        except (ForkDied, StorageError):
            return False

    def _checked_in_fork(self, _: int) -> Iterator[bytes]:
        os.nice(_PATIENCE)
        count = self.noted.count
        yield _INTACT if sum(1 for _ in self._intact(0, count)) == count else b""

    def _intact(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield stretches up to the first one that is not as noted, or cannot be read, for example because of a bad sector."""
        at = self.noted.place(start)
        checksums = array("I", self.noted.checksums)
        for length, checksum in zip(
            array("I", self.noted.lengths)[start:stop], checksums[start:stop], strict=True
        ):
            try:
                piece = os.pread(self.descriptor, length, at)
            except OSError:
                return
            if zlib.crc32(piece) != checksum:
                return
            yield piece
            at += length


def old_frames(path: Path, notes: SealedFolder) -> OldFrames | None:
    """Return the frames of the file that a build will replace; None if there are too few, or the file is not the noted one.

    Raises:
        StorageError: The notes cannot be read.
    """
    if not can_fork():
        return None
    data = notes.get(_name(path))
    try:
        noted = _decoder.decode(data) if data else None
        return OldFrames(path, noted) if noted and noted.can_be_of(path) else None
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _name(path: Path) -> str:
    return f"frames-{digest(os.fsencode(path.absolute()))[:16]}"


def _state(descriptor: int) -> tuple[int, int, int]:
    """Return what changes whenever a file is written: its length, and the times of its content and of its inode."""
    found = os.fstat(descriptor)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
