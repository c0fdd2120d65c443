"""A reporter that records its calls, for tests."""

from __future__ import annotations

from audiobook.errors import AudiobookError


class RecordingReporter:
    """Records every call as a tuple that begins with the method name."""

    def __init__(self) -> None:
        """Start with no calls."""
        self.calls: list[tuple[object, ...]] = []

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        """Record the call."""
        self.calls.append(("begin", works))

    def clip_made(self, work: str, length_s: float) -> None:
        """Record the call."""
        self.calls.append(("clip_made", work, length_s))

    def work_done(self, work: str, summary: str, path: str = "") -> None:
        """Record the call."""
        self.calls.append(("work_done", work, summary))

    def warn(self, message: str) -> None:
        """Record the call."""
        self.calls.append(("warn", message))

    def fail(self, error: AudiobookError) -> None:
        """Record the call."""
        self.calls.append(("fail", error))

    def waiting(self, doing: str) -> None:
        """Record nothing: whether this is called depends on time."""

    def tick(self) -> None:
        """Record nothing: how often this is called depends on time."""

    def end(self) -> None:
        """Record the call."""
        self.calls.append(("end",))

    def named(self, name: str) -> list[tuple[object, ...]]:
        """Return the calls of one method, in order."""
        return [call for call in self.calls if call[0] == name]
