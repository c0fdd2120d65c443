"""The thread that ends a process if a signal has not stopped it in time."""

from __future__ import annotations

import _thread
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Final, NoReturn

from audiobook.errors import Interrupted, Terminated

CLEAN_UP_S: Final = 1.5
"""How long most commands may take to clean up."""
SAME_S: Final = 0.1
"""Signals within this time count as one: `timeout` sends one to the process and one to its group."""
SIGNALS: Final = {signal.SIGINT: Interrupted, signal.SIGTERM: Terminated}
_NO_SIGNAL: Final = 0


class Watch:
    """The watching thread. Python's own signal handler reports each signal to it through a pipe.

    Attributes:
        clean_up_s: How long the command may take to clean up.
    """

    def __init__(self, end: Callable[[type[Interrupted]], NoReturn]) -> None:
        """Prepare the pipe; `end` is called in the thread to end the process."""
        self._end = end
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._is_running = _thread.allocate_lock()
        self._first: tuple[float, type[Interrupted]] | None = None
        self.clean_up_s = CLEAN_UP_S

    def start(self) -> None:
        """Start watching. Signals must be blocked, so that they reach the main thread and interrupt its work."""
        self._is_running.acquire()
        _thread.start_new_thread(self._run, ())

    def stop(self) -> None:
        """Stop the thread and wait for its end."""
        os.write(self._writing, bytes([_NO_SIGNAL]))
        with self._is_running:
            pass

    def _run(self) -> None:
        try:
            while self._heard():
                pass
        finally:
            self._is_running.release()

    def _heard(self) -> bool:
        """Wait for a signal, or for the end of the time to clean up; return whether to continue."""
        left = None if self._first is None else max(self._first[0] + self.clean_up_s - time.monotonic(), 0)
        if not select.select([self._reading], [], [], left)[0]:
            assert self._first
            self._end(self._first[1])
        numbers = os.read(self._reading, 64)
        for kind in (SIGNALS[signal.Signals(number)] for number in numbers if number in SIGNALS):
            if self._first is None:
                self._first = time.monotonic(), kind
            elif time.monotonic() - self._first[0] > SAME_S:
                self._end(kind)
        return _NO_SIGNAL not in numbers
