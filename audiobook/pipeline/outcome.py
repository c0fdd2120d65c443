"""The outcome of a build for each edition."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from audiobook.book.record.works import BriefRecord, Record
from audiobook.errors import AudiobookError, NoVoice
from audiobook.pipeline.texts.edition import Edition
from audiobook.report.base import Reporter


class Built(NamedTuple):
    """A short summary of a built work, kept instead of its record to save memory."""

    file_name: str
    duration_s: float
    chapter_count: int
    record_sha256: str

    @classmethod
    def of(cls, record: Record | BriefRecord) -> Built:
        """Return the summary of a record."""
        return cls(record.audio.name, record.duration_s, len(record.chapters), record.digest)


class Outcome(msgspec.Struct):
    """The outcome for one edition.

    Attributes:
        edition: The edition.
        state: `built`, `fresh` or `failed`; in a dry run `stale` instead of `built`.
        reasons: Why the work was rebuilt; empty if it was fresh.
        built: Summary of the built work; None if the build failed or the work is stale.
        clips_total: Number of clips in the work.
        clips_made: Number of clips that this build made; in a dry run, those that it would make.
        wait: In a dry run, about how long it takes to make the clips, in words; empty if there are no clips to make.
        problems: Problems found in the text, followed by the error if the build failed.
        error: The error if the build failed; otherwise None.
    """

    edition: Edition
    state: str
    reasons: list[str] = msgspec.field(default_factory=list)
    built: Built | None = None
    clips_total: int = 0
    clips_made: int = 0
    wait: str = ""
    problems: list[str] = msgspec.field(default_factory=list)
    error: AudiobookError | None = None


class Failures:
    """Records failures and reports each distinct error once."""

    def __init__(self, reporter: Reporter) -> None:
        """Use a reporter, which receives the errors."""
        self._reporter = reporter
        self._reported: set[str] = set()

    def add(self, outcome: Outcome, error: AudiobookError) -> None:
        """Mark an edition as failed, and report the error unless the same error was reported before."""
        distinct = str(error)
        if isinstance(error, NoVoice) and not error.where:
            distinct = error.message
            error = NoVoice(error.message, hint=error.hint, where=outcome.edition.source_name)
        outcome.state = "failed"
        outcome.error = error
        outcome.clips_made = 0
        outcome.problems.append(str(error))
        # Otherwise a missing engine would be reported for every work, and a language for every text in it.
        if distinct not in self._reported:
            self._reported.add(distinct)
            self._reporter.fail(error)
