"""A line on a terminal that says what is being done, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

from audiobook.report.changing_line import ChangingLine
from audiobook.report.columns import is_drawable

_PATIENCE_S: Final = 1.0
"""Until the line appears."""
_EVERY_S: Final = 1.0


class WaitingLine:
    """Appears after a second, and changes each second. Nothing else may be printed to the stream before it is erased."""

    def __init__(self, doing: str, stream: TextIO, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Note the time.

        Args:
            doing: The activity to show, such as `speaking`.
            stream: Output stream; nothing is drawn unless it is a terminal.
            clock_s: Returns the time in seconds, from any beginning.
        """
        self.doing = doing
        self._line = ChangingLine(stream)
        self._clock_s = clock_s
        self._began_s = clock_s()
        self._next_s = self._began_s + _PATIENCE_S
        self._draws = is_drawable(stream)

    def tick(self) -> None:
        """Draw the line again, once a second."""
        now_s = self._clock_s()
        if not self._draws or now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        self._line.draw(self.doing, f": {int(now_s - self._began_s)} s")

    def erase(self) -> None:
        """Erase the line."""
        self._line.erase()
