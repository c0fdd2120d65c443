"""How long a build has taken whose works and clips are not worth showing, such as that of a single line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from audiobook.errors import AudiobookError
from audiobook.report.base import QuietReporter
from audiobook.report.waiting_line import WaitingLine


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
        self._line_shown = WaitingLine(doing, self.stream, clock_s)

    def waiting(self, doing: str) -> None:
        """Draw the line again: the activity is part of it."""
        self.tick()

    def tick(self) -> None:
        """Draw the line again, once a second."""
        self._line_shown.tick()

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
        self._line_shown.erase()
