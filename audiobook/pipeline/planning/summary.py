"""A summary of a built work, to show it without reading its record."""

from __future__ import annotations

import msgspec

from audiobook.book.record.works import BriefRecord, Characters, Record


class WorkSummary(msgspec.Struct, frozen=True, array_like=True):
    """A summary of a built work, with fields of its record.

    Attributes:
        title: Title of the work.
        audio_name: Name of the MP3.
        cover_name: Name of the cover.
        duration_s: Duration in seconds.
        chapter_count: Number of chapters.
        chapters_by: The rule by which the chapters were found.
        characters: How many characters of the text are spoken, and how many are left out.
        problems: Problems that were found in the text.
        record_sha256: Digest of the record.
    """

    title: str
    audio_name: str
    cover_name: str
    duration_s: float
    chapter_count: int
    chapters_by: str
    characters: Characters
    problems: tuple[str, ...]
    record_sha256: str

    @classmethod
    def of(cls, record: Record | BriefRecord) -> WorkSummary:
        """Return the summary of a record."""
        return cls(
            record.title,
            record.audio.name,
            record.cover.name,
            record.duration_s,
            len(record.chapters),
            record.chapters_by,
            record.characters,
            record.problems,
            record.digest,
        )
