"""Ctrl-C and SIGTERM: the first signal stops a command wherever it is, the second one ends the process at once.

A signal raises `Interrupted` at whatever line the main thread is on. Two things can stop it from taking effect:

- In a destructor or in a callback of a library, the exception is dropped. So it is raised again until the command has
  begun to unwind.
- A library call that runs for seconds raises nothing until it returns. So a watching thread ends a process that has
  not ended after a while.

No process may be forked while that thread runs: fork only inside `interrupts_held`.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from audiobook.errors import Interrupted
from audiobook.system.descendants import descendants, kill
from audiobook.system.signal_watch import CLEAN_UP_S, SAME_S, SIGNALS, Watch

_AGAIN_S: Final = 0.1
"""Seconds until an exception that was dropped is raised again."""
_FAREWELL_S: Final = 0.3
"""Seconds that one thread waits while the other ends the process."""
_SHOW_CURSOR: Final = b"\r\x1b[K\x1b[?25h"
_AGAIN: Final = "run the same command again to start over"
_RESUME: Final = "finished work is kept; run the same command again to resume"


class _Stop:
    """The state of stopping: whether this process was asked to stop, and how far it has got.

    Attributes:
        asked: The exception to raise; None until a signal arrives.
    """

    def __init__(self) -> None:
        self.asked: type[Interrupted] | None = None
        self._process = 0
        self._since_s = 0.0
        self._is_done = False
        self._is_leaving = False
        self._ending = _thread.allocate_lock()
        self._answer: Callable[[], None] | None = None
        self._watch: Watch | None = None
        self._farewell = b""
        self._is_expected = False
        self.set_farewell(_AGAIN)

    def set_farewell(self, hint: str, *, is_expected: bool = False) -> None:
        """Decide what is printed when the command is stopped; see `interrupts_hinted`."""
        self._farewell = b"stopped\n" if is_expected else f"error: stopped\nhint: {hint}\n".encode()
        self._is_expected = is_expected

    def allow(self, clean_up_s: float) -> None:
        """Set how long the command may take to clean up."""
        if self._watch:
            self._watch.clean_up_s = clean_up_s

    def listen(self) -> None:
        """Start to raise on signals."""
        self._process = os.getpid()
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        if sys.platform != "win32":  # Windows cannot wait for a pipe
            with self.held():
                self._watch = Watch(self._end)

    def leave_to_parent(self) -> None:
        """Stop watching in a process that was just forked: its parent handles the signals."""
        self._watch = None
        signal.set_wakeup_fd(-1)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Block signals, and pause the watching thread, which must not be forked."""
        before = _hold()
        try:
            if self._watch:
                self._watch.stop()
            yield
        finally:
            if self._watch:
                self._watch.start()
            _let_go(before)

    def done(self) -> None:
        """Record that the command has ended: from now on, a signal ends the process at once."""
        self.check()
        self._is_done = True

    def check(self) -> None:
        """Raise the requested exception, in case it was dropped.

        Raises:
            Interrupted: The process was asked to stop.
        """
        if self.asked:
            raise self.asked

    @contextmanager
    def answered_by(self, answer: Callable[[], None]) -> Iterator[None]:
        """Let the first signal call `answer` during the block, and raise at its end."""
        self._answer = answer
        try:
            yield
        finally:
            self._answer = None
        self.check()

    def leave(self) -> NoReturn:
        """End this process after it has cleaned up, without waiting for threads and exit functions."""
        assert self.asked
        self._is_leaving = True
        self._end(self.asked)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        kind = SIGNALS[signal.Signals(number)]
        if self._is_done or os.getpid() != self._process:  # a process that was just forked
            os._exit(kind.exit_code)
        if self.asked is None:
            self.asked, self._since_s = kind, time.monotonic()
            self._be_silent()
            self._ask_again_in(_AGAIN_S)
            if self._answer is None:
                raise kind
            self._answer()
        elif time.monotonic() - self._since_s > SAME_S:
            self._end(kind)

    def _ask_again_in(self, wait_s: float) -> None:
        if sys.platform != "win32":
            signal.signal(signal.SIGALRM, self._ask_again)
            signal.setitimer(signal.ITIMER_REAL, wait_s, _AGAIN_S)

    def _ask_again(self, _: int, __: FrameType | None) -> None:
        if not self._is_leaving and self._answer is None and not _is_unwinding():
            self.check()

    def _be_silent(self) -> None:
        """Suppress error messages about failures that are due to the command being stopped."""

        def dropped(what: sys.UnraisableHookArgs) -> None:
            if issubclass(what.exc_type, Interrupted):
                self._ask_again_in(0.001)

        sys.unraisablehook = dropped
        if "threading" in sys.modules:
            sys.modules["threading"].excepthook = lambda _: None  # type: ignore[attr-defined]

    def _end(self, kind: type[Interrupted]) -> NoReturn:
        """Print that the command was stopped, and end this process and its descendants."""
        try:
            if self._ending.acquire(blocking=False):
                for process in descendants(os.getpid()):
                    kill(process)
                os.write(2, _SHOW_CURSOR + self._farewell if _is_drawable() else self._farewell)
            else:
                # The other thread, or the interrupted line, is already doing it.
                self._ending.acquire(timeout=_FAREWELL_S)
        finally:
            os._exit(0 if self._is_expected and kind is Interrupted else kind.exit_code)


def _is_drawable() -> bool:
    """Return whether standard error is a terminal that can hide its cursor."""
    return os.isatty(2) and os.environ.get("TERM") != "dumb"


def _is_unwinding() -> bool:
    """Return whether the interrupted code is already handling `Interrupted`, which must then not be raised again."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, Interrupted):
        error = error.__context__
    return error is not None


def _hold() -> set[signal.Signals | int] | None:
    if not hasattr(signal, "pthread_sigmask"):
        return None
    return signal.pthread_sigmask(signal.SIG_BLOCK, {*SIGNALS, signal.SIGALRM})


def _let_go(before: set[signal.Signals | int] | None) -> None:
    if before is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_stop: Final = _Stop()


def stoppable(command: Callable[[], int]) -> int:
    """Run the command of this process so that signals can stop it.

    Args:
        command: Called once in the life of a process.

    Returns:
        The command's exit code. If it is stopped, the process ends with 130 or 143 instead.
    """
    try:
        _stop.listen()
        code = command()
        _stop.done()
    except BaseException:
        if _stop.asked is None:
            raise
        # Ignore any other error: after an interruption, libraries report errors that are not the real cause.
        _stop.leave()
    return code


def check_interrupted() -> None:
    """Raise `Interrupted` if this process was asked to stop, even if a library has dropped the exception.

    Raises:
        Interrupted: The process was asked to stop.
    """
    _stop.check()


def interrupts_hinted(hint: str) -> None:
    """Print this hint if the command is stopped, instead of the one that the same command starts over."""
    _stop.set_farewell(hint)


def interrupts_resumable() -> None:
    """If this command is stopped, print the hint that the same command resumes."""
    _stop.set_farewell(_RESUME)


def interrupts_expected(clean_up_s: float = CLEAN_UP_S) -> None:
    """From now on, Ctrl-C is the usual way to end this command, so it ends with 0 and without an error.

    Args:
        clean_up_s: How long the command may then take to clean up, in seconds.
    """
    _stop.set_farewell("", is_expected=True)
    _stop.allow(clean_up_s)


@contextmanager
def interrupts_answered_by(answer: Callable[[], None]) -> Iterator[None]:
    """Let the first signal call a function instead of raising; it raises at the end of the block.

    Args:
        answer: Called on the signal; it should make the block end soon.

    Raises:
        Interrupted: A signal arrived during the block.
    """
    with _stop.answered_by(answer):
        yield


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Block signals until the end of the block, which must be short; processes started in it do not receive them."""
    with _stop.held():
        yield


def leave_interrupts_to_parent() -> None:
    """In a process that was just started, ignore Ctrl-C, which the parent handles, and let SIGTERM end it."""
    _stop.leave_to_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*SIGNALS, signal.SIGALRM})
