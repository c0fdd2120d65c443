"""Answering requests in another Python interpreter, for tasks that may crash or hang where processes are not forked.

An interpreter starts slowly, so it answers one request after another. Another one replaces it if it has died, was
stopped because it took too long, or cannot forget a request; see `serving`.
"""

from __future__ import annotations

import weakref
from contextlib import suppress
from threading import Event, Timer
from typing import TYPE_CHECKING

from audiobook.engines.isolation import Limits, death, too_slow
from audiobook.engines.serving import ANSWER, REQUEST
from audiobook.system.interpreters import python

if TYPE_CHECKING:
    import subprocess


class Interpreter:
    """A process that runs a module, which calls `serve`. It is started by the first request."""

    def __init__(self, module: str, limits: Limits, *arguments: str) -> None:
        """Describe the process.

        Args:
            module: Its name.
            limits: Limits of each request.
            arguments: Arguments of the module.
        """
        self._module = module
        self._arguments = arguments
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., Interpreter] | None = None

    def ask(self, request: bytes) -> bytes:
        """Return the answer to a request.

        Raises:
            SpeechError: The process died or took too long. The next request starts another one.
        """
        if self._process and self._process.poll() is not None:
            self.close()  # something else has ended it since the last request
        process = self._process or self._start()
        is_late = Event()
        timer = Timer(self._limits.time_s, _stop, (process, is_late))
        timer.daemon = True  # an interrupt may leave it running
        timer.start()
        try:
            answered = _answer_of(process, request)
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
            timer.join()
        if answered is None or is_late.is_set():
            code = self.close()
            raise too_slow(self._limits) if is_late.is_set() else death(code)
        lasts, answer = answered
        if not lasts:
            self.close()
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        import subprocess  # slow to import, only needed without fork

        self._process = subprocess.Popen(
            python("-m", self._module, *self._arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _end, self._process)  # called at the latest when this process ends
        return self._process

    def close(self) -> int:
        """End the process if there is one, and return its exit code, or the negated number of a signal."""
        end, self._process, self._end = self._end, None, None
        return (end() if end else None) or 0


def in_new_interpreter(module: str, request: bytes, limits: Limits) -> bytes:
    """Return the answer to a single request; see `Interpreter`.

    Raises:
        SpeechError: The process died or took too long.
    """
    interpreter = Interpreter(module, limits)
    try:
        return interpreter.ask(request)
    finally:
        interpreter.close()


def _answer_of(process: subprocess.Popen[bytes], request: bytes) -> tuple[bool, bytes] | None:
    """Return whether a process answers further requests, and its answer to this one; None if it has died."""
    assert process.stdin
    assert process.stdout
    with suppress(OSError):
        process.stdin.write(REQUEST.pack(len(request)) + request)
        process.stdin.flush()
        head = process.stdout.read(ANSWER.size)
        if len(head) == ANSWER.size:
            lasts, length = ANSWER.unpack(head)
            answer = process.stdout.read(length)
            if len(answer) == length:
                return lasts, answer
    return None


def _stop(process: subprocess.Popen[bytes], is_late: Event) -> None:
    is_late.set()
    process.kill()


def _end(process: subprocess.Popen[bytes]) -> int:
    process.kill()  # does nothing if it has ended
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):  # a part of a request that it never read
                pipe.close()
    return process.wait()
