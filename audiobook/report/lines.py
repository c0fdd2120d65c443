"""Progress as plain lines, for logs and pipes."""

from __future__ import annotations

import time
from typing import TextIO

from audiobook.report.base import QuietReporter
from audiobook.report.pace import Pace
from audiobook.system.streams import may_be_lost

_EVERY_S = 10.0


class LinesReporter(QuietReporter):
    """Shows a line for each finished work, and one every ten seconds while clips are made."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show on `stream`, or on standard error."""
        super().__init__(stream)
        self._pace = Pace({})
        self._next_s = 0.0

    def begin(self, works: dict[str, int]) -> None:
        """Say how much there is to do, unless that is nothing."""
        self._pace = Pace(works)
        self._next_s = time.monotonic() + _EVERY_S
        if total := sum(works.values()):
            self._line(f"to make: {total} clips, works: {sum(1 for clips in works.values() if clips)}")

    def clip_made(self, work: str, length_s: float) -> None:
        """Count it, and say so every ten seconds."""
        self._pace.count(work, length_s)
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _EVERY_S
            with may_be_lost(self.stream):
                self._line(self._pace.summary())

    def work_done(self, work: str, summary: str) -> None:
        """Show one line."""
        self._line(f"{work}: {summary}")
