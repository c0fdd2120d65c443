"""Chapters of a book as a separate MP3 with the same frames, without encoding them again.

A chapter begins with a clip, whose first frame refers to no earlier one, and ends with the encoder's padding or a
pause; so its frames sound the same on their own as in the book.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.audio.id3 import ChapterMark, Picture, Tags, id3_tag, tag_length_bytes
from audiobook.audio.lame import encoder_name
from audiobook.audio.mp3_frames import (
    STITCH_DELAY_SAMPLES,
    FrameError,
    StreamShape,
    frame_offsets,
    frame_samples,
    info_frame,
    parse_header,
)
from audiobook.book.record import Record
from audiobook.errors import OutputMismatch
from audiobook.files import storage_error
from audiobook.languages import three_letters
from audiobook.system.opening import NotRegular, open_to_read

_PIECE_BYTES: Final = 1 << 20
_SEEK_POINTS: Final = 100


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part to cut out of a book.

    Attributes:
        title: Its title.
        first: Index of its first chapter.
        last: Index after its last chapter.
        number: Its number among all parts, from 1.
        total: Number of all parts.
    """

    title: str
    first: int
    last: int
    number: int
    total: int


def excerpt_samples(record: Record, first: int, last: int) -> int:
    """Return the number of samples that a gapless player plays of a file cut from a book.

    Args:
        record: Record of the book.
        first: Index of its first chapter in the file.
        last: Index after its last chapter.
    """
    length = record.chapters[last - 1].end_samples - record.chapters[first].start_samples
    return length if last == len(record.chapters) else length - STITCH_DELAY_SAMPLES


class OpenBook:
    """A built book from which chapters can be cut."""

    def __init__(self, record: Record, data: mmap.mmap) -> None:
        """Find the start of each chapter.

        Raises:
            FrameError: The frames do not match the record.
        """
        self._record, self._data = record, data
        self._step = frame_samples(record.rate_hz)
        start = tag_length_bytes(data[:10])
        self._body = start + parse_header(data[start : start + 4]).length_bytes
        self._encoder = encoder_name(data[start : self._body])
        begins = [chapter.start_samples // self._step for chapter in record.chapters]
        self._frames = [*begins, (record.length_samples + STITCH_DELAY_SAMPLES) // self._step]
        with memoryview(data) as view, view[self._body :] as body:
            self._offsets = frame_offsets(body, self._frames)
        if self._offsets[-1] != len(data) - self._body:
            raise FrameError("more follows the last frame")

    def cut(self, excerpt: Excerpt, cover: bytes) -> Iterator[bytes]:
        """Yield the bytes of a file piece by piece.

        The file is shorter than the chapters in the book by `STITCH_DELAY_SAMPLES`, which are silence at the end.

        Args:
            excerpt: The part to cut out.
            cover: A small front cover as JPEG.
        """
        yield id3_tag(self._tags(excerpt, cover))
        yield from self.sound(excerpt.first, excerpt.last)

    def sound(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of a file without a tag piece by piece; it has `excerpt_samples` samples.

        Args:
            first: Index of the first chapter.
            last: Index after the last chapter.
        """
        frame_count = self._frames[last] - self._frames[first]
        begin, end = (self._body + self._offsets[at] for at in (first, last))
        length = end - begin
        seek = tuple(length * point // _SEEK_POINTS for point in range(_SEEK_POINTS))
        shape = StreamShape(
            parse_header(self._data[begin : begin + 4]), frame_count, length, seek, self._encoder
        )
        yield info_frame(shape)
        for at in range(begin, end, _PIECE_BYTES):
            yield self._data[at : min(at + _PIECE_BYTES, end)]

    def _tags(self, excerpt: Excerpt, cover: bytes) -> Tags:
        record = self._record
        chapters = record.chapters[excerpt.first : excerpt.last]
        begin = chapters[0].start_samples
        length = excerpt_samples(record, excerpt.first, excerpt.last)
        marks = [
            ChapterMark(
                chapter.title,
                (chapter.start_samples - begin) * 1000 // record.rate_hz,
                min(chapter.end_samples - begin, length) * 1000 // record.rate_hz,
            )
            for chapter in chapters
        ]
        speaker = record.inputs.speaker
        return Tags(
            title=excerpt.title,
            album=record.title,
            track=(excerpt.number, excerpt.total),
            authors=record.authors,
            narrator=record.narrator,
            language=three_letters(record.language),
            length_ms=length * 1000 // record.rate_hz,
            text="\n\n".join(paragraph.text for chapter in chapters for paragraph in chapter.paragraphs),
            maker=record.inputs.maker,
            chapters=marks,
            cover=Picture("image/jpeg", cover),
            voice=f"{speaker.engine} {speaker.voice}",
            date=record.date,
            series=record.series,
            series_position=record.series_position,
        )


@contextmanager
def open_book(mp3: Path, record: Record) -> Iterator[OpenBook]:
    """Open a book to cut chapters from it.

    Args:
        mp3: The book's MP3.
        record: Its record.

    Raises:
        OutputMismatch: The book does not match its record.
        StorageError: It cannot be read.
    """
    try:
        with open_to_read(mp3) as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield OpenBook(record, data)
    except (FrameError, ValueError, IndexError) as error:
        raise OutputMismatch(f"cannot be cut into chapters: {error}", where=mp3.name) from error
    except NotRegular as error:
        raise OutputMismatch("is not a regular file", where=mp3.name) from error
    except OSError as error:
        raise storage_error(error, mp3, "reading") from error
