"""Answering requests in another Python interpreter, for tasks that may crash or hang on systems without fork.

Interpreters start slowly, so one answers many requests in a row. It is replaced if it dies, takes too long, or cannot
forget a request; see `serving`.
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
    """A process that runs a module and answers requests. The first request starts it."""

    def __init__(self, module: str, limits: Limits, *arguments: str) -> None:
        """Describe the process; it is not started yet.

        Args:
            module: Name of the module to run, which calls `serve`.
            limits: Limits of each request; only `time_s` is used.
            arguments: Command-line arguments of the module.
        """
        self._module = module
        self._arguments = arguments
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., Interpreter] | None = None

    @property
    def process_id(self) -> int | None:
        """The number of its process; None if there is none."""
        return self._process.pid if self._process else None

    def ask(self, request: bytes) -> bytes:
        """Return the answer to a request.

        Raises:
            SpeechError: The process died or took too long. The next request starts another process.
        """
        if self._process and self._process.poll() is not None:
            self.close()  # it has ended since the last request
        process = self._process or self._start()
        is_late = Event()
        timer = Timer(self._limits.time_s, _stop, (process, is_late))
        timer.daemon = True  # it may still be running after an interrupt
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
        self._end = weakref.finalize(self, _end, self._process)  # also called when this process ends
        return self._process

    def close(self) -> int:
        """End the process, and return its exit code, or the negated number of a signal; 0 if there is no process."""
        end, self._process, self._end = self._end, None, None
        return (end() if end else None) or 0


def in_new_interpreter(module: str, request: bytes, limits: Limits) -> bytes:
    """Return the answer of a new interpreter to a single request.

    Args:
        module: Name of the module to run, which calls `serve_once`.
        request: The request.
        limits: Limits of the request; only `time_s` is used.

    Raises:
        SpeechError: The process died or took too long.
    """
    interpreter = Interpreter(module, limits)
    try:
        return interpreter.ask(request)
    finally:
        interpreter.close()


def _answer_of(process: subprocess.Popen[bytes], request: bytes) -> tuple[bool, bytes] | None:
    """Return whether a process will answer more requests, and its answer to this one; None if it has died."""
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
            with suppress(OSError):  # part of a request that it did not read
                pipe.close()
    return process.wait()
