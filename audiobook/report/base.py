"""What happens while works are built, as calls; and the quiet reporter, which shows problems only."""

from __future__ import annotations

import re
import sys
from typing import Protocol, TextIO

from audiobook.errors import AudiobookError

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Reporter(Protocol):
    """Gets told of everything in the order it happens."""

    def begin(self, works: dict[str, int]) -> None:
        """Works are about to be built: their names, and how many clips each still needs."""

    def clip_made(self, work: str, length_s: float) -> None:
        """A clip of a work was made, and sounds for so long."""

    def work_done(self, work: str, summary: str) -> None:
        """A work is finished, or was fresh; `summary` says how it went."""

    def warn(self, message: str) -> None:
        """Something is worth knowing, though the work goes on."""

    def fail(self, error: AudiobookError) -> None:
        """A work failed, or everything did."""

    def tick(self) -> None:
        """Time has passed; called a few times a second."""

    def end(self) -> None:
        """Nothing more will come."""


def printable(text: str) -> str:
    """Give a text without what could steer a terminal: controls become "?"."""
    return _CONTROL.sub("?", text)


class QuietReporter:
    """Shows warnings and errors on standard error and nothing else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show on `stream`, or on standard error."""
        self.stream = stream or sys.stderr

    def begin(self, works: dict[str, int]) -> None:
        """Show nothing."""

    def clip_made(self, work: str, length_s: float) -> None:
        """Show nothing."""

    def work_done(self, work: str, summary: str) -> None:
        """Show nothing."""

    def warn(self, message: str) -> None:
        """Show one line that begins with `warning:`."""
        self._line(f"warning: {message}")

    def fail(self, error: AudiobookError) -> None:
        """Show one line that begins with `error:`, and one with `hint:` if there is one."""
        self._line(f"error: {error}")
        if error.hint:
            self._line(f"hint: {error.hint}")

    def tick(self) -> None:
        """Show nothing."""

    def end(self) -> None:
        """Show nothing."""

    def _line(self, text: str) -> None:
        print(printable(text), file=self.stream, flush=True)
