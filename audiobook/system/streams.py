"""Standard input, output and error that may be closed, full, or without a reader.

If a standard stream is closed, the next opened file gets its number, and printed text would go into that file. So a
descriptor that cannot be used in that direction takes the number at once.
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
    """The raw stream below `sys.stdout` or `sys.stderr`, which fails at most once.

    After a reader like `head` has closed the pipe, output is dropped; this is not an error. After any other error,
    output is dropped too, so that flushing the streams at the end does not fail again.

    Attributes:
        refusal: The first error; None if there was none.
    """

    def __init__(self, descriptor: int, stream: io.RawIOBase, *, raises: bool) -> None:
        """Write to `stream`; `raises` says whether to raise the first error."""
        self._descriptor = descriptor
        self._stream = stream
        self._raises = raises
        self.refusal: OSError | None = None

    @property
    def name(self) -> str:
        """Name of the stream in messages."""
        return _NAMES[self._descriptor]

    def fileno(self) -> int:
        """Return the number of the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Write as much as fits, and return its length in bytes.

        Raises:
            StorageError: Writing failed for the first time.
        """
        length = memoryview(data).nbytes
        if self.refusal:
            return length
        try:
            while (written := self._stream.write(data)) is None:
                select.select([], [self._descriptor], [])  # another program made it non-blocking
        except BrokenPipeError:
            return length
        except OSError as error:
            self.refusal = error
            if self._raises:
                raise StorageError(f"cannot write to {self.name}: {error.strerror}") from error
            return length
        return written


def guard_standard_streams() -> None:
    """Replace `sys.stdin`, `sys.stdout` and `sys.stderr` by streams that can always be used.

    A write error on standard output raises `StorageError` at once; one on standard error is kept for `finished`.
    """
    for descriptor, mode in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)  # gets the lowest free number
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = _guarded(_OUTPUT, sys.stdout, raises=True)
    sys.stderr = _guarded(_ERROR, sys.stderr, raises=False)


def _guarded(descriptor: int, stream: TextIO | None, *, raises: bool) -> TextIO:
    encoding, in_lines = "utf-8", descriptor == _ERROR
    raw: io.RawIOBase = io.FileIO(descriptor, "w", closefd=False)
    if isinstance(stream, io.TextIOWrapper):
        encoding, in_lines = stream.encoding, stream.line_buffering or stream.write_through or in_lines
        # A Windows console has its own raw stream.
        raw = cast(io.RawIOBase, getattr(stream.buffer, "raw", stream.buffer))
    return io.TextIOWrapper(
        io.BufferedWriter(_GuardedOutput(descriptor, raw, raises=raises)),
        encoding,
        # A title that the terminal's encoding cannot represent must not end a command.
        errors="backslashreplace",
        line_buffering=in_lines,
    )


def finished(code: int) -> int:
    """Return the exit code of a command: `code`, or 4 if that is 0 but some output could not be written.

    Raises:
        StorageError: Flushing standard output failed.
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
    """Let output in the block, such as progress, get lost without affecting the exit code."""
    before = _refusal(stream)
    yield
    raw = _guard_of(stream)
    if raw:
        raw.refusal = before
