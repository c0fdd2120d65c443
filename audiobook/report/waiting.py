"""How long a build has taken whose works and clips are not worth showing, such as that of a single line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

from audiobook.errors import AudiobookError
from audiobook.report.base import QuietReporter
from audiobook.report.columns import is_drawable
from audiobook.system.streams import may_be_lost

_PATIENCE_S: Final = 1.0
"""Until the first output."""
_EVERY_S: Final = 1.0
_ERASE: Final = "\r\x1b[K"


class WaitingReporter(QuietReporter):
    """Prints problems, and on a terminal, after a second, a line that says how long the build has taken."""

    def __init__(
        self, doing: str, stream: TextIO | None = None, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Note the time.

        Args:
            doing: The activity to show, such as `speaking`.
            stream: Output stream; None means standard error.
            clock_s: Returns the time in seconds, from any beginning.
        """
        super().__init__(stream)
        self._doing = doing
        self._clock_s = clock_s
        self._began_s = clock_s()
        self._next_s = self._began_s + _PATIENCE_S
        self._draws = is_drawable(self.stream)
        self._shows = False

    def tick(self) -> None:
        """Draw the line again, once a second."""
        now_s = self._clock_s()
        if not self._draws or now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        with may_be_lost(self.stream):
            print(
                f"{_ERASE}{self._doing}: {int(now_s - self._began_s)} s",
                end="",
                file=self.stream,
                flush=True,
            )
        self._shows = True

    def warn(self, message: str) -> None:
        """Erase the line, and print one that begins with `warning:`."""
        self.end()
        super().warn(message)

    def fail(self, error: AudiobookError) -> None:
        """Erase the line, and print one that begins with `error:`, and a `hint:` line if there is a hint."""
        self.end()
        super().fail(error)

    def end(self) -> None:
        """Erase the line."""
        if self._shows:
            self._shows = False
            print(_ERASE, end="", file=self.stream, flush=True)
