"""The outcome of a build for each edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from audiobook.book.record.works import BriefRecord, Record
from audiobook.errors import AudiobookError
from audiobook.pipeline.texts.edition import Edition
from audiobook.report.base import Reporter


class Built(NamedTuple):
    """A short summary of a built work, so that not all records of a library stay in memory."""

    file_name: str
    duration_s: float
    chapter_count: int
    record_sha256: str

    @classmethod
    def of(cls, record: Record | BriefRecord) -> Built:
        """Return the summary of a record."""
        return cls(record.audio.name, record.duration_s, len(record.chapters), record.digest)


@dataclass(slots=True)
class Outcome:
    """The outcome for one edition.

    Attributes:
        edition: The edition.
        state: `built`, `fresh` or `failed`; in a dry run `stale` instead of `built`.
        reasons: Why it was rebuilt; empty if it was fresh.
        built: Summary of the built work; None if it failed or is stale.
        clips_total: Number of clips in the work.
        clips_made: Number of clips that were made by this build.
        wait: In a dry run, about how long it takes to make them, in words; empty if there are none.
        problems: Problems found in the text, and the error if it failed.
        error: The error if it failed, else None.
    """

    edition: Edition
    state: str
    reasons: list[str] = field(default_factory=list)
    built: Built | None = None
    clips_total: int = 0
    clips_made: int = 0
    wait: str = ""
    problems: list[str] = field(default_factory=list)
    error: AudiobookError | None = None


class Failures:
    """Records failures and reports each distinct error once."""

    def __init__(self, reporter: Reporter) -> None:
        """Report errors to a reporter."""
        self._reporter = reporter
        self._said: set[str] = set()

    def add(self, outcome: Outcome, error: AudiobookError) -> None:
        """Mark an edition as failed."""
        outcome.state = "failed"
        outcome.error = error
        outcome.clips_made = 0
        outcome.problems.append(str(error))
        # The same missing engine would otherwise be reported for every work.
        if str(error) not in self._said:
            self._said.add(str(error))
            self._reporter.fail(error)
