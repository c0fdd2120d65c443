"""Standard input, output and error that may be closed, full, or without a reader.

A standard stream that was closed leaves its number to the next file that is opened, and what is printed would go into
that file. So its number is taken at once, by a descriptor that cannot be used in that direction.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO, cast

from audiobook.errors import StorageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_NAMES: Final = ("standard input", "standard output", "standard error")
_OUTPUT: Final = 1
_ERROR: Final = 2


class _GuardedOutput(io.RawIOBase):
    """What is below `sys.stdout` or `sys.stderr`, and never fails twice.

    Bytes that nobody reads any more are dropped: a reader that has gone, as `head` does, is no error. So are those
    after a refusal, so that nothing fails again when the streams are flushed at the end.

    Attributes:
        refusal: The first error, None while there is none.
    """

    def __init__(self, descriptor: int, stream: io.RawIOBase, *, raises: bool) -> None:
        """Write to `stream`; `raises` says whether a refusal is an error at once."""
        self._descriptor = descriptor
        self._stream = stream
        self._raises = raises
        self.refusal: OSError | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return _NAMES[self._descriptor]

    def fileno(self) -> int:
        """Return the number of the stream."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Write what fits, and return its length.

        Raises:
            StorageError: Nothing can be written, for the first time.
        """
        length = memoryview(data).nbytes
        if self.refusal:
            return length
        try:
            while (written := self._stream.write(data)) is None:
                select.select([], [self._descriptor], [])  # another program has made it refuse to wait
        except BrokenPipeError:
            return length
        except OSError as error:
            self.refusal = error
            if self._raises:
                raise StorageError(f"{self.name} cannot be written: {error.strerror}") from error
            return length
        return written


def guard_standard_streams() -> None:
    """Replace `sys.stdin`, `sys.stdout` and `sys.stderr` by streams that are always there.

    A refusal of standard output is a `StorageError` where it happens; one of standard error is kept for `finished`.
    """
    for descriptor, mode in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = _guarded(_OUTPUT, sys.stdout, raises=True)
    sys.stderr = _guarded(_ERROR, sys.stderr, raises=False)


def _guarded(descriptor: int, stream: TextIO | None, *, raises: bool) -> TextIO:
    encoding, in_lines = "utf-8", descriptor == _ERROR
    raw: io.RawIOBase = io.FileIO(descriptor, "w", closefd=False)
    if isinstance(stream, io.TextIOWrapper):
        encoding, in_lines = stream.encoding, stream.line_buffering or stream.write_through or in_lines
        raw = cast(
            io.RawIOBase, getattr(stream.buffer, "raw", stream.buffer)
        )  # a Windows console has one of its own
    return io.TextIOWrapper(
        io.BufferedWriter(_GuardedOutput(descriptor, raw, raises=raises)),
        encoding,
        # A title that a terminal's encoding cannot show must not end a command.
        errors="backslashreplace",
        line_buffering=in_lines,
    )


def finished(code: int) -> int:
    """Return the exit code of a command: the given one, or 4 if all went well but something could not be said.

    Raises:
        StorageError: Standard output refuses what was still to be written.
    """
    sys.stdout.flush()
    unsaid = any(_refusal(stream) for stream in (sys.stdout, sys.stderr))
    return StorageError.exit_code if unsaid and code == 0 else code


def _guard_of(stream: TextIO) -> _GuardedOutput | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw if isinstance(raw, _GuardedOutput) else None


def _refusal(stream: TextIO) -> OSError | None:
    raw = _guard_of(stream)
    return raw.refusal if raw else None


@contextmanager
def may_be_lost(stream: TextIO) -> Iterator[None]:
    """Let what is written in the block be lost, as progress may, without a change of the exit code."""
    before = _refusal(stream)
    yield
    raw = _guard_of(stream)
    if raw:
        raw.refusal = before
