"""A fork that works ahead of this process: it takes numbered steps in order, and sends what they yield."""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from io import BufferedReader
from typing import BinaryIO, Final, NoReturn, Self

from audiobook.errors import StorageError
from audiobook.system.interrupts import interrupts_held, leave_interrupts_to_parent

_HEAD: Final = struct.Struct("<BQ")
"""What comes before each piece: its kind, and its length in bytes."""
_VALUE, _END, _ERROR = range(3)
_PR_SET_PDEATHSIG: Final = 1
"""Source: `linux/prctl.h`."""


class ForkDied(Exception):
    """The fork ended before the end of a step.

    Attributes:
        how: The signal or exit code with which it ended: "SIGSEGV", "code 1".
    """

    def __init__(self, how: str) -> None:
        """Say how it ended."""
        super().__init__(how)
        self.how = how


class ForkAhead:
    """Runs steps ahead of time in a fork, until their results fill a pipe. Use it as a context manager.

    The fork starts with everything that this process has in memory, and ends after the last step, which frees its memory. If this
    process is killed, so is the fork on Linux; elsewhere, it ends when it next sends something.
    """

    def __init__(self, step: Callable[[int], Iterable[bytes]], count: int) -> None:
        """Start the fork.

        Args:
            step: Called with each number from 0; yields the bytes to send.
            count: Number of steps.

        Raises:
            StorageError: The system allows no more processes.
        """
        self._step = step
        self._count = count
        self._pid, self._pipe = _fork(step, range(count))

    def __enter__(self) -> Self:
        """Return the fork."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the fork, whatever it is doing."""
        if self._pid:
            with suppress(OSError):
                os.kill(self._pid, signal.SIGKILL)
            self._ended()

    def has_sent(self) -> bool:
        """Return whether the first step has sent something, or the fork has ended. Ask before anything is received."""
        watched = select.poll()
        watched.register(self._pipe, select.POLLIN)
        return bool(watched.poll(0))

    def received(self, number: int) -> Iterator[bytes]:
        """Yield what a step has yielded. Ask for all steps in order.

        Raises:
            ForkDied: The fork ended in this step. Another fork takes the next steps.
            StorageError: The fork ended in this step, and the system allows no more processes.
            Exception: The error of the step.
        """
        while True:
            kind, piece = self._next(number)
            if kind == _ERROR:
                error: Exception = pickle.loads(piece)  # noqa: S301 - written by a fork of this process
                raise error
            if kind == _END:
                return
            yield piece

    def _next(self, number: int) -> tuple[int, bytes]:
        head = self._pipe.read(_HEAD.size)
        kind, length = _HEAD.unpack(head) if len(head) == _HEAD.size else (_END, 0)
        piece = self._pipe.read(length)
        if len(head) < _HEAD.size or len(piece) < length:
            how = self._ended()
            self._pid, self._pipe = _fork(self._step, range(number + 1, self._count))
            raise ForkDied(how)
        return kind, piece

    def _ended(self) -> str:
        """Wait for the end of the fork, and return how it ended."""
        self._pipe.close()
        pid, self._pid = self._pid, 0
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return signal.Signals(-code).name if code < 0 else f"code {code}"


def _fork(step: Callable[[int], Iterable[bytes]], numbers: range) -> tuple[int, BufferedReader]:
    """Start a fork, and return its process number and the pipe from it."""
    parent = os.getpid()
    try:
        reading, writing = os.pipe()
    except OSError as error:
        raise StorageError(f"starting a process failed: {error.strerror}") from error
    gc.freeze()  # so that garbage collection in the fork does not copy shared pages
    try:
        with interrupts_held():
            pid = os.fork()
            if pid == 0:
                os.close(reading)
                _work(step, numbers, writing, parent)
    except OSError as error:
        os.close(reading)
        raise StorageError("the system allows no more processes", hint="end other programs") from error
    finally:
        gc.unfreeze()
        os.close(writing)
    return pid, os.fdopen(reading, "rb")


def _work(step: Callable[[int], Iterable[bytes]], numbers: range, writing: int, parent: int) -> NoReturn:
    """Run the steps, then exit without running the clean-up of the parent process."""
    code = 1
    try:
        leave_interrupts_to_parent()
        _end_with(parent)
        with os.fdopen(writing, "wb") as pipe:
            for number in numbers:
                _send_step(pipe, step, number)
        code = 0
    except OSError:  # the other end of the pipe is gone, and with it whoever wanted the pieces
        pass
    finally:
        os._exit(code)


def _end_with(parent: int) -> None:
    """Have the system kill this process when the one that forked it ends, even if a step hangs in a library."""
    if sys.platform == "linux":
        import ctypes  # slow to import

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended already
            os._exit(1)


def _send_step(pipe: BinaryIO, step: Callable[[int], Iterable[bytes]], number: int) -> None:
    try:
        pieces = iter(step(number))
        while (piece := next(pieces, None)) is not None:
            _send(pipe, _VALUE, piece)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - raised where the result is wanted
        _send(pipe, _ERROR, pickle.dumps(error))
    else:
        _send(pipe, _END, b"")


def _send(pipe: BinaryIO, kind: int, piece: bytes) -> None:
    pipe.write(_HEAD.pack(kind, len(piece)))
    pipe.write(piece)
    pipe.flush()
