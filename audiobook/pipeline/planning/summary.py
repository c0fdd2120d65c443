"""What is told of a built work, without its record."""

from __future__ import annotations

import msgspec

from audiobook.book.record.works import BriefRecord, Characters, Record


class WorkSummary(msgspec.Struct, frozen=True, array_like=True):
    """What is told of a built work; the fields are those of its record.

    Attributes:
        title: Its title.
        audio_name: Name of the MP3.
        cover_name: Name of the cover.
        duration_s: Its length in seconds.
        chapter_count: Number of chapters.
        chapters_by: The rule by which its chapters were found.
        characters: How much of the text is spoken, and what is not.
        problems: What was noticed in the text.
        record_sha256: The digest of the record.
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
