"""The reporter protocol, and the quiet reporter, which shows problems only."""

from __future__ import annotations

import re
import sys
from typing import Protocol, TextIO

from audiobook.errors import AudiobookError
from audiobook.log import detail, noted
from audiobook.report.columns import columns_of, folded

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Reporter(Protocol):
    """Receives the events of a build in the order they happen."""

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        """Works are about to be built.

        Args:
            works: The number of clips of each work that must be made, encoded or listened to, by its name.
            wait: How long this takes, in words; empty if unknown.
            to_do: What has to be done, such as "5 clips to listen to"; empty if all these clips have to be made.
        """

    def clip_made(self, work: str, length_s: float) -> None:
        """A clip of a work was made; its length is in seconds."""

    def work_done(self, work: str, summary: str, path: str = "") -> None:
        """A work is finished; `summary` says how it went, and `path` where its MP3 is, if it was made."""

    def warn(self, message: str) -> None:
        """Something deserves attention, but the build continues."""

    def fail(self, error: AudiobookError) -> None:
        """A work or the whole command failed."""

    def waiting(self, doing: str) -> None:
        """Works cannot begin yet because of an activity, such as "measuring the voice Joe".

        Called a few times a second, and with an empty text when the activity ends.
        """

    def tick(self) -> None:
        """Time has passed; called a few times a second."""

    def end(self) -> None:
        """The build has ended."""


def printable(text: str) -> str:
    """Return a text with terminal control characters replaced by "?"."""
    return _CONTROL.sub("?", text)


def note_error(error: AudiobookError) -> None:
    """Write an error and its hint to the log."""
    noted("error", f"{error}" + (f" (hint: {error.hint})" if error.hint else ""))


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 clip", "2 clips"; `many` is for irregular plurals."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


class QuietReporter:
    """Prints only warnings and errors, to standard error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`; None means standard error."""
        self.stream = stream or sys.stderr

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        """Show nothing."""

    def clip_made(self, work: str, length_s: float) -> None:
        """Show nothing."""
        detail(f"{work}: a clip of {length_s:.1f} s was made")

    def work_done(self, work: str, summary: str, path: str = "") -> None:
        """Show nothing."""
        noted("info", f"{path or work}: {summary}")

    def warn(self, message: str) -> None:
        """Print one line that begins with `warning:`."""
        noted("warning", message)
        self._line(f"warning: {message}")

    def fail(self, error: AudiobookError) -> None:
        """Print a line that begins with `error:`, and a `hint:` line if there is a hint."""
        note_error(error)
        self._line(f"error: {error}")
        if error.hint:
            self._line(f"hint: {error.hint}")

    def waiting(self, doing: str) -> None:
        """Show nothing."""

    def tick(self) -> None:
        """Show nothing."""

    def end(self) -> None:
        """Show nothing."""

    def _line(self, text: str, *, shortens: bool = False) -> None:
        text = folded(printable(text), columns_of(self.stream), shortens=shortens)
        print(text, file=self.stream, flush=True)
