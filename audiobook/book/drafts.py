"""Drafts of a book's metadata: its record before the MP3 is written, and its tags."""

from __future__ import annotations

from typing import Final

from audiobook.audio.mp3.id3 import Picture, Tags
from audiobook.book.book import Book
from audiobook.book.captions.lyrics import lyrics, timed_lyrics
from audiobook.book.cover_file import Cover
from audiobook.book.record.from_script import EncodedChapters, chapter_marks
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import RecordHead
from audiobook.book.timeline import Timeline
from audiobook.languages import three_letters

_NOT_YET: Final = FileStamp("", 0, "")
"""The stamp of an MP3 before it is written."""


def draft_record(book: Book, timeline: Timeline, cover: Cover) -> RecordHead:
    """Return the record of a book whose MP3 is not written yet."""
    return RecordHead(
        slug=book.slug,
        language=book.language,
        title=book.script.title,
        authors=book.authors,
        narrator=book.narrator,
        date=book.metadata.date,
        description=book.metadata.description,
        series=book.metadata.series,
        series_position=book.metadata.series_position,
        source=book.source,
        source_files=book.source_files,
        encoding=book.encoding,
        inputs=book.inputs,
        audio=_NOT_YET,
        cover=cover.record,
        rate_hz=timeline.rate_hz,
        length_samples=timeline.length_samples,
        duration_s=round(timeline.length_samples / timeline.rate_hz, 3),
        foreign=book.foreign,
        voices=book.voices,
        characters=book.characters,
        chapters_by=book.chapters_by,
        problems=(*book.problems, *(f"{book.source}: {problem}" for problem in cover.problems)),
    )


def tags_of(book: Book, timeline: Timeline, chapters: EncodedChapters, cover: Picture) -> Tags:
    """Return the tags for every audio file of a book; `cover` is its small cover."""
    return Tags(
        title=book.script.title,
        authors=book.authors,
        narrator=book.narrator,
        language=three_letters(book.language),
        length_ms=timeline.length_samples * 1000 // timeline.rate_hz,
        text=lyrics(chapters, book.inputs.mp3),
        timed_text=timed_lyrics(chapters, timeline.rate_hz, book.inputs.mp3),
        maker=book.inputs.maker,
        chapters=chapter_marks(chapters.bare, timeline.rate_hz),
        cover=cover,
        voice=f"{book.inputs.speaker.engine} {book.inputs.speaker.voice}",
        date=book.metadata.date,
        description=book.metadata.description,
        series=book.metadata.series,
        series_position=book.metadata.series_position,
    )
