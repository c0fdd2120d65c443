"""How a build went for each edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from audiobook.book.record import Record
from audiobook.errors import AudiobookError
from audiobook.pipeline.catalog import Edition
from audiobook.report.base import Reporter


class Built(NamedTuple):
    """What is there of an edition: enough to say it, so that a library's records need not stay in memory."""

    file_name: str
    duration_s: float
    chapter_count: int

    @classmethod
    def of(cls, record: Record) -> Built:
        """Give what a record says."""
        return cls(record.audio.name, record.duration_s, len(record.chapters))


@dataclass(slots=True)
class Outcome:
    """How it went for one edition.

    Attributes:
        edition: Which.
        state: `built`, `fresh`, `failed`; in a dry run `stale` instead of built.
        reasons: Why it was built.
        built: What is there now; None when it failed or is stale.
        clips_total: Clips it consists of.
        clips_made: Clips that had to be made.
        problems: What was noticed in the text, and why it failed.
        error: Why it failed.
    """

    edition: Edition
    state: str
    reasons: list[str] = field(default_factory=list)
    built: Built | None = None
    clips_total: int = 0
    clips_made: int = 0
    problems: list[str] = field(default_factory=list)
    error: AudiobookError | None = None


class Failures:
    """Editions that fail, each told once."""

    def __init__(self, reporter: Reporter) -> None:
        """Tell a reporter."""
        self._reporter = reporter
        self._said: set[str] = set()

    def add(self, outcome: Outcome, error: AudiobookError) -> None:
        """Take an edition for failed."""
        outcome.state = "failed"
        outcome.error = error
        outcome.clips_made = 0
        outcome.problems.append(str(error))
        # An engine that is missing is missing for every work; once said is enough.
        if str(error) not in self._said:
            self._said.add(str(error))
            self._reporter.fail(error)
