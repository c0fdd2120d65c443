"""Progress as plain lines, for logs and pipes."""

from __future__ import annotations

import time
from typing import TextIO

from audiobook.log import noted
from audiobook.report.base import QuietReporter, counted
from audiobook.report.pace import Pace
from audiobook.system.streams import may_be_lost

_EVERY_S = 10.0


class LinesReporter(QuietReporter):
    """Prints a line for each finished work, and one every ten seconds while clips are made."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`; None means standard error."""
        super().__init__(stream)
        self._pace = Pace({})
        self._next_s = 0.0

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        """Print what has to be done, if anything, and how long that takes."""
        self._pace = Pace(works)
        self._next_s = time.monotonic() + _EVERY_S
        if total := sum(works.values()):
            count = sum(1 for wanted in works.values() if wanted)
            to_do = to_do or f"{counted(total, 'clip')} to make"
            text = f"{to_do} for {counted(count, 'work')}"
            text += f", {wait}" if wait else ""
            noted("info", text)
            self._line(text)

    def clip_made(self, work: str, length_s: float) -> None:
        """Count the clip, and print the progress every ten seconds."""
        super().clip_made(work, length_s)
        self._pace.count(work, length_s)
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _EVERY_S
            with may_be_lost(self.stream):
                self._line(self._pace.summary())

    def work_done(self, work: str, summary: str, path: str = "") -> None:
        """Print one line that begins with the path of the book, or the name of the work if there is none."""
        super().work_done(work, summary, path)
        self._line(f"{path or work}: {summary}", shortens=True)
