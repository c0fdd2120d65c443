"""A reporter that remembers: what tests ask afterwards."""

from __future__ import annotations

from audiobook.errors import AudiobookError


class RecordingReporter:
    """Keeps every call as a tuple that begins with its name."""

    def __init__(self) -> None:
        """Begin with no calls."""
        self.calls: list[tuple[object, ...]] = []

    def begin(self, works: dict[str, int]) -> None:
        """Keep the call."""
        self.calls.append(("begin", works))

    def clip_made(self, work: str, length_s: float) -> None:
        """Keep the call."""
        self.calls.append(("clip_made", work, length_s))

    def work_done(self, work: str, summary: str) -> None:
        """Keep the call."""
        self.calls.append(("work_done", work, summary))

    def warn(self, message: str) -> None:
        """Keep the call."""
        self.calls.append(("warn", message))

    def fail(self, error: AudiobookError) -> None:
        """Keep the call."""
        self.calls.append(("fail", error))

    def tick(self) -> None:
        """Keep nothing: how often it is called depends on time."""

    def end(self) -> None:
        """Keep the call."""
        self.calls.append(("end",))

    def named(self, name: str) -> list[tuple[object, ...]]:
        """Give the calls of one name, in order."""
        return [call for call in self.calls if call[0] == name]
