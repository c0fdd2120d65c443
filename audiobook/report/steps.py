"""Progress of a command with many short steps."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from audiobook.report.changing_line import ChangingLine
from audiobook.report.columns import is_drawable
from audiobook.system.streams import may_be_lost

_PATIENCE_S: Final = 1.0
"""Until the first output."""
_EVERY_LINE_S: Final = 10.0
_EVERY_CHANGE_S: Final = 0.1


class Steps:
    """Shows how many steps are done: one changing line on a terminal, or a line every ten seconds in a log."""

    def __init__(
        self,
        doing: str,
        total: int,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Note the time.

        Args:
            doing: The activity to show, such as `publishing`.
            total: Number of steps.
            quiet: Whether to print nothing.
            stream: Output stream; None means standard error.
            clock_s: Returns the time in seconds, from any beginning.
        """
        self._doing, self._total, self._quiet = doing, total, quiet
        self._stream = stream or sys.stderr
        self._line = ChangingLine(self._stream)
        self._on_terminal = is_drawable(self._stream)
        self._done = 0
        self._clock_s = clock_s
        self._next_s = clock_s() + _PATIENCE_S

    def step(self) -> None:
        """Count one finished step."""
        self._done += 1
        if self._quiet or self._clock_s() < self._next_s:
            return
        self._next_s = self._clock_s() + (_EVERY_CHANGE_S if self._on_terminal else _EVERY_LINE_S)
        figures = f": {self._done} of {self._total}"
        if self._on_terminal:
            self._line.draw(self._doing, figures)
            return
        with may_be_lost(self._stream):
            print(f"{self._doing}{figures}", file=self._stream, flush=True)

    def __enter__(self) -> Steps:
        """Return the progress."""
        return self

    def __exit__(self, *_: object) -> None:
        """Erase the line on a terminal."""
        self._line.erase()
