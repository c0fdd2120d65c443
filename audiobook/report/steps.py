"""Progress of a command with many short steps."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

from audiobook.report.columns import is_drawable
from audiobook.system.streams import may_be_lost

_EVERY_LINE_S: Final = 10.0
_EVERY_CHANGE_S: Final = 0.1
_ERASE: Final = "\r\x1b[K"


class Steps:
    """Shows how many steps are done: one changing line on a terminal, or a line every ten seconds in a log."""

    def __init__(
        self,
        doing: str,
        total: int,
        *,
        quiet: bool = False,
        patience_s: float = 1.0,
        stream: TextIO | None = None,
    ) -> None:
        """Start the clock.

        Args:
            doing: The activity to show, such as `publishing`.
            total: Number of steps.
            quiet: Whether to print nothing.
            patience_s: Seconds before the first output.
            stream: Output stream; None means standard error.
        """
        self._doing, self._total, self._quiet = doing, total, quiet
        self._stream = stream or sys.stderr
        self._on_terminal = is_drawable(self._stream)
        self._done = 0
        self._next_s = time.monotonic() + patience_s
        self._shows = False

    def step(self) -> None:
        """Count one finished step."""
        self._done += 1
        if self._quiet or time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + (_EVERY_CHANGE_S if self._on_terminal else _EVERY_LINE_S)
        line = f"{self._doing}: {self._done} of {self._total}"
        with may_be_lost(self._stream):
            print(
                f"{_ERASE}{line}" if self._on_terminal else f"{line}\n", end="", file=self._stream, flush=True
            )
        self._shows = self._on_terminal

    def __enter__(self) -> Steps:
        """Return the progress."""
        return self

    def __exit__(self, *_: object) -> None:
        """Erase the line on a terminal."""
        if self._shows:
            print(_ERASE, end="", file=self._stream, flush=True)
