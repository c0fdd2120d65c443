"""A line on a terminal that says what is being done, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

from audiobook.report.base import printable
from audiobook.report.columns import columns_of, is_drawable, shortened
from audiobook.system.streams import may_be_lost

_PATIENCE_S: Final = 1.0
"""Until the line appears."""
_EVERY_S: Final = 1.0
_ERASE: Final = "\r\x1b[K"


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
        self._stream = stream
        self._clock_s = clock_s
        self._began_s = clock_s()
        self._next_s = self._began_s + _PATIENCE_S
        self._draws = is_drawable(stream)
        self._shows = False

    def tick(self) -> None:
        """Draw the line again, once a second."""
        now_s = self._clock_s()
        if not self._draws or now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        took = f": {int(now_s - self._began_s)} s"
        # Of a line that is wider than the terminal, only the last row would be erased. Some terminals go to a new row after the last column.
        columns = (columns_of(self._stream) or 0) - len(took) - 1
        with may_be_lost(self._stream):
            print(
                f"{_ERASE}{shortened(printable(self.doing), columns)}{took}",
                end="",
                file=self._stream,
                flush=True,
            )
        self._shows = True

    def erase(self) -> None:
        """Erase the line."""
        if self._shows:
            self._shows = False
            print(_ERASE, end="", file=self._stream, flush=True)
