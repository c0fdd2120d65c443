"""Ctrl-C and SIGTERM: the first one stops a command wherever it is, the second one ends it at once.

A signal raises `Interrupted` at whatever line the main thread is on. Where that is a destructor or a callback of a
library, Python or the library drops the exception, so it is raised again until the command has begun to unwind. A
command that has not ended after a while is ended here, with all that it started.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from audiobook.errors import Interrupted, Terminated

_AGAIN_S: Final = 0.1
_LONGEST_S: Final = 1.5
"""How long a command may clean up."""
_SAME_S: Final = 0.1
"""Signals so soon after the first count as one: `timeout` sends one to the process and one to its group."""
_SHOW_CURSOR: Final = b"\r\x1b[K\x1b[?25h"
_HINT: Final = "what was made is kept; run the same command again to go on"


class _Stop:
    """Whether this process was asked to stop, and how far it has come with that.

    Attributes:
        asked: What is raised; None until a signal has come.
    """

    def __init__(self) -> None:
        self.asked: type[Interrupted] | None = None
        self._process = 0
        self._since_s = 0.0
        self._is_done = False
        self._is_leaving = False
        self._is_told = False
        self._answer: Callable[[], None] | None = None

    def listen(self) -> None:
        """Begin to raise on signals."""
        self._process = os.getpid()
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)

    def done(self) -> None:
        """The command has ended: a signal that comes now ends the process at once."""
        self.check()
        self._is_done = True

    def check(self) -> None:
        """Raise what was asked for, if anything has kept it from coming this far.

        Raises:
            Interrupted: The process was asked to stop.
        """
        if self.asked:
            raise self.asked

    @contextmanager
    def answered_by(self, answer: Callable[[], None]) -> Iterator[None]:
        """Have the first signal call something within the block, and raise after it."""
        self._answer = answer
        try:
            yield
        finally:
            self._answer = None
        self.check()

    def leave(self) -> NoReturn:
        """End this process, which has cleaned up. Threads and exit functions, which may wait, are not asked."""
        assert self.asked
        self._is_leaving = True
        self._end(self.asked)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        kind = Terminated if number == signal.SIGTERM else Interrupted
        if self._is_done or os.getpid() != self._process:  # a process that was forked a moment ago
            os._exit(kind.exit_code)
        if self.asked is None:
            self.asked, self._since_s = kind, time.monotonic()
            self._be_silent()
            self._ask_again_in(_AGAIN_S)
            if self._answer is None:
                raise kind
            self._answer()
        elif time.monotonic() - self._since_s > _SAME_S:
            self._end(kind)

    def _ask_again_in(self, wait_s: float) -> None:
        if sys.platform != "win32":
            signal.signal(signal.SIGALRM, self._ask_again)
            signal.setitimer(signal.ITIMER_REAL, wait_s, _AGAIN_S)

    def _ask_again(self, _: int, __: FrameType | None) -> None:
        assert self.asked
        if time.monotonic() - self._since_s > _LONGEST_S:
            self._end(self.asked)
        if not self._is_leaving and self._answer is None and not _is_unwinding():
            raise self.asked

    def _be_silent(self) -> None:
        """Keep what breaks while everything is given up from being told as a failure."""

        def dropped(what: sys.UnraisableHookArgs) -> None:
            if issubclass(what.exc_type, Interrupted):
                self._ask_again_in(0.001)

        sys.unraisablehook = dropped
        if "threading" in sys.modules:
            sys.modules["threading"].excepthook = lambda _: None  # type: ignore[attr-defined]

    def _end(self, kind: type[Interrupted]) -> NoReturn:
        """Say that the command was stopped, and end this process with all that it started."""
        _kill(_descendants(os.getpid()))
        try:
            if not self._is_told:
                self._is_told = True
                told = f"error: stopped\nhint: {_HINT}\n".encode()
                os.write(2, _SHOW_CURSOR + told if os.isatty(2) else told)
        finally:
            os._exit(kind.exit_code)


def _is_unwinding() -> bool:
    """Whether the line that was interrupted cleans up after `Interrupted`, which must not be raised again then."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, Interrupted):
        error = error.__context__
    return error is not None


def _descendants(process: int) -> list[int]:
    """Return the processes that a process started, and those that they started, where the system can tell."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208 - little may be imported here
            with open(f"/proc/{process}/task/{thread}/children", encoding="ascii") as children:
                found += map(int, children.read().split())
    except (OSError, ValueError):
        pass  # it has ended, or this is not Linux: what we started ends when its pipe to us does
    return found + [below for child in found for below in _descendants(child)]


def _kill(processes: list[int]) -> None:
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        except OSError:
            continue


_stop: Final = _Stop()


def stoppable(command: Callable[[], int]) -> int:
    """Run the command of this process, which signals stop.

    Args:
        command: What to run; called once in the life of a process.

    Returns:
        What it returns. A command that was stopped does not return: the process ends with 130 or 143.
    """
    try:
        _stop.listen()
        code = command()
        _stop.done()
    except BaseException:
        if _stop.asked is None:
            raise
        # Whatever came of it: an error of a library that was interrupted blames what is not to blame.
        _stop.leave()
    return code


def check_interrupted() -> None:
    """Raise `Interrupted` if this process was asked to stop, even where a library has dropped it.

    Raises:
        Interrupted: The process was asked to stop.
    """
    _stop.check()


@contextmanager
def interrupts_answered_by(answer: Callable[[], None]) -> Iterator[None]:
    """Have the first signal call something instead of raising; it raises when the block has ended.

    Args:
        answer: What is called; it should make the block end soon.

    Raises:
        Interrupted: A signal came meanwhile.
    """
    with _stop.answered_by(answer):
        yield


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let signals wait for the end of the block, which must be short; processes started in it do not get them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_interrupts_to_parent() -> None:
    """Have this process, which was just started, go on at Ctrl-C, which its parent answers, and end at SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
