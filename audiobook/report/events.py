"""Progress as events for another program: one JSON object per line."""

from __future__ import annotations

import sys
from typing import TextIO

import msgspec

from audiobook.errors import AudiobookError


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event of a build.

    Attributes:
        event: `begin`, `clip`, `done`, `warning` or `error`.
        clips: With `begin`: the number of missing clips of each work, by language and slug.
        work: With `clip` and `done`: language and slug of the work.
        length_s: With `clip`: its length in seconds.
        message: With `done`, `warning` and `error`: what to show.
        hint: With `error`: what to do; empty if there is nothing to add.
    """

    event: str
    clips: dict[str, int] = {}
    work: str = ""
    length_s: float = 0.0
    message: str = ""
    hint: str = ""


class EventsReporter:
    """Prints each event as one line of JSON."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`; None means standard output."""
        self._stream = stream or sys.stdout

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        """Print how many clips each work needs."""
        self._print(Event("begin", clips=works))

    def clip_made(self, work: str, length_s: float) -> None:
        """Print that a clip was made."""
        self._print(Event("clip", work=work, length_s=round(length_s, 3)))

    def work_done(self, work: str, summary: str, path: str = "") -> None:
        """Print that a work is finished."""
        self._print(Event("done", work=work, message=summary))

    def warn(self, message: str) -> None:
        """Print a warning."""
        self._print(Event("warning", message=message))

    def fail(self, error: AudiobookError) -> None:
        """Print an error."""
        self._print(Event("error", message=str(error), hint=error.hint or ""))

    def waiting(self, doing: str) -> None:
        """Print nothing."""

    def tick(self) -> None:
        """Print nothing."""

    def end(self) -> None:
        """Print nothing."""

    def _print(self, event: Event) -> None:
        self._stream.write(msgspec.json.encode(event).decode() + "\n")
        self._stream.flush()
