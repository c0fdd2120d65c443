"""A forked child that answers several requests in a row, because it forgets each of them.

Forking takes 3 ms or more of processor time: the page tables are copied, and then every page that the child writes to.
A library that can be loaded again in less time forgets a request just as well.
"""

from __future__ import annotations

import mmap
import os
import select
import signal
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NoReturn

from audiobook.engines.limits import Limits, death, too_slow
from audiobook.errors import SpeechError

_LENGTH: Final = struct.Struct("<I")
_MOST_REQUESTS: Final = 50
"""After this many requests a child is replaced, since libraries do not return all memory when they are unloaded."""
_PIECE_BYTES: Final = 1 << 16


class LastingChild:
    """A child of this process, which answers one request at a time."""

    def __init__(
        self,
        task: Callable[[bytes, mmap.mmap], bytes],
        memory: mmap.mmap,
        limits: Limits,
        renew: Callable[[], bool],
    ) -> None:
        """Fork the child.

        Args:
            task: Called with each request and the shared memory; returns the answer. It may crash or hang.
            memory: Memory for samples, shared with the child.
            limits: Limits of each request.
            renew: Called after each answer. Returns whether all state of the request is gone. Otherwise the child ends.
        """
        self._limits = limits
        self._begun = 0
        theirs, self._requests = os.pipe()
        self._answers, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._requests)
            os.close(self._answers)
            _be_the_child(task, memory, limits, renew, theirs, writing)
        os.close(theirs)
        os.close(writing)

    @property
    def is_spent(self) -> bool:
        """Whether the child must be replaced before the next request."""
        return self._begun >= _MOST_REQUESTS

    @property
    def has_answered(self) -> bool:
        """Whether the child got a request before the last one."""
        return self._begun > 1

    def ask(self, request: bytes, caller: int) -> bytes:
        """Return the answer to a request.

        Args:
            request: The request.
            caller: A descriptor that becomes readable if nobody waits for the answer any more.

        Raises:
            SpeechError: The child died or took too long. It has ended, and must be replaced.
        """
        self._begun += 1
        deadline = time.monotonic() + self._limits.time_s
        with suppress(BrokenPipeError):  # the child has ended, so there is no answer either
            _write(self._requests, _LENGTH.pack(len(request)) + request)
        try:
            (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline, caller))
            return self._read(length, deadline, caller)
        except TimeoutError as error:
            os.kill(self._pid, signal.SIGKILL)
            self.close()
            raise too_slow(self._limits) from error
        except EOFError as error:
            raise death(self.close()) from error

    def _read(self, length: int, deadline: float, caller: int) -> bytes:
        """Return bytes of the answer.

        Raises:
            EOFError: The child has ended.
            TimeoutError: The deadline passed, or the calling process has ended.
        """
        pieces: list[bytes] = []
        while length:
            left = deadline - time.monotonic()
            # Nothing is sent while an answer is pending, so `caller` only becomes readable when it is closed.
            ready = select.select([self._answers, caller], [], [], left)[0] if left > 0 else []
            if not ready or caller in ready:
                raise TimeoutError
            piece = os.read(self._answers, min(length, _PIECE_BYTES))
            if not piece:
                raise EOFError
            length -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def close(self) -> int:
        """Wait for the end of the child, which follows its request, and return its exit code, or the negated number of a signal."""
        os.close(self._requests)
        os.close(self._answers)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


def ask_lasting(
    child: LastingChild | None, start: Callable[[], LastingChild], request: bytes, caller: int
) -> tuple[LastingChild, bytes | SpeechError]:
    """Have a request answered as if each one had a child of its own.

    Args:
        child: The child that answered the last request; None if there is none.
        start: Forks a child.
        request: The request.
        caller: See `LastingChild.ask`.

    Returns:
        The child for the next request, and the answer or the error. It is the error of a new child: an earlier request may
        have left one in which this one fails.
    """
    if child is None or child.is_spent:
        if child:
            child.close()
        child = start()
    while True:
        try:
            return child, child.ask(request, caller)
        except SpeechError as error:
            was_new, child = not child.has_answered, start()
            if was_new:
                return child, error


def _be_the_child(
    task: Callable[[bytes, mmap.mmap], bytes],
    memory: mmap.mmap,
    limits: Limits,
    renew: Callable[[], bool],
    reading: int,
    writing: int,
) -> NoReturn:
    code = 70
    try:
        lasts = True
        while lasts:
            head = _read_all(reading, _LENGTH.size)
            if not head:
                break
            (length,) = _LENGTH.unpack(head)
            request = _read_all(reading, length)
            # Ends the child if its parent is killed and cannot enforce the limit.
            signal.setitimer(signal.ITIMER_REAL, limits.time_s + 1)
            answer = task(request, memory)
            _write(writing, _LENGTH.pack(len(answer)) + answer)
            lasts = renew()
            signal.setitimer(signal.ITIMER_REAL, 0)
        code = 0
    finally:
        os._exit(code)


def _read_all(descriptor: int, length: int) -> bytes:
    """Return bytes from a pipe; fewer if it ends."""
    data = b""
    while len(data) < length and (piece := os.read(descriptor, length - len(data))):
        data += piece
    return data


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
