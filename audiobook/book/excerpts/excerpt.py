"""Chapters of a book as a separate MP3 with the same frames, without encoding them again.

A chapter begins with a clip, whose first frame refers to no earlier one, and ends with the encoder's padding or a
pause; so its frames sound the same on their own as in the book.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec.structs import replace

from audiobook.audio.mp3.frames import (
    STITCH_DELAY_SAMPLES,
    FrameError,
    StreamShape,
    frame_offsets,
    frame_samples,
    info_frame,
    parse_header,
)
from audiobook.audio.mp3.gain import amplified
from audiobook.audio.mp3.id3 import ChapterMark, Picture, Tags, id3_tag, tag_length_bytes
from audiobook.audio.mp3.lame import encoder_name
from audiobook.book.captions.lyrics import lyrics, timed_lyrics
from audiobook.book.record.works import Record
from audiobook.book.sound.places import Places
from audiobook.errors import OutputMismatch
from audiobook.files import read_pieces, storage_error
from audiobook.languages import three_letters
from audiobook.system.opening import NotRegular, open_to_read

_TAG_HEAD_BYTES: Final = 10
_SEEK_POINTS: Final = 100


class Excerpt(msgspec.Struct, frozen=True):
    """A part to cut out of a book.

    Attributes:
        title: Its title.
        first: Index of its first chapter.
        last: Index after its last chapter.
        track: Its number among all files, from 1, and their number; None for a file that stays the same when others
            are inserted before it.
    """

    title: str
    first: int
    last: int
    track: tuple[int, int] | None = None


class FrameSpan(msgspec.Struct, frozen=True):
    """Frames of a book that become a file with room tone around them.

    Attributes:
        chapter: Index of the chapter in which they begin.
        begin: Number of the first frame, with which a clip begins.
        end: Number of the frame after the last one.
        head_frames: Number of frames of room tone, from the start of the book, that are put before them.
        tail_frames: Numbers of frames of the same room tone that are put after them, for each copy of it.
    """

    chapter: int
    begin: int
    end: int
    head_frames: int
    tail_frames: tuple[int, ...] = ()

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """The frames of the file: for each run the numbers of its first frame and of the one after its last."""
        tails = ((0, count) for count in self.tail_frames)
        return ((0, self.head_frames), (self.begin, self.end), *tails)

    def length_samples(self, record: Record) -> int:
        """Return the number of samples that a gapless player plays of the file."""
        frame_count = sum(end - begin for begin, end in self.runs)
        return frame_count * frame_samples(record.rate_hz) - STITCH_DELAY_SAMPLES


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

    def __init__(self, record: Record, stream: BinaryIO, places: Places) -> None:
        """Cut `stream` at some of its places."""
        self._record, self._stream, self._places = record, stream, places
        self._frames = _chapter_frames(record)

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
        yield from self._joined([(self._frames[first], self._frames[last])])

    def within_room_tone(
        self,
        span: FrameSpan,
        title: str,
        track: tuple[int, int],
        cover: bytes,
        steps: Sequence[int] | None = None,
    ) -> Iterator[bytes]:
        """Yield the bytes of a file whose sound begins and ends with the room tone before the book.

        Args:
            span: The frames. The edges of its runs were passed to `open_book`.
            title: Title of the file.
            track: Its number among all files, from 1, and their number.
            cover: A small front cover as JPEG.
            steps: What to add to the gain of each granule; None for nothing.
        """
        tags = self._tags(Excerpt(title, span.chapter, span.chapter + 1, track), cover)
        length_ms = span.length_samples(self._record) * 1000 // self._record.rate_hz
        mark = ChapterMark(title, tags.chapters[0].start_ms, length_ms)
        yield id3_tag(replace(tags, length_ms=length_ms, chapters=[mark]))
        yield from self._joined(span.runs, steps)

    def frames(self, runs: Iterable[tuple[int, int]], steps: Sequence[int] | None = None) -> Iterator[bytes]:
        """Yield the frames of each run, with their gains changed by `steps`; see `within_room_tone`."""
        pieces = (piece for run in runs for piece in read_pieces(self._stream, *self._edges(run)))
        return pieces if steps is None else amplified(pieces, steps)

    def _joined(self, runs: Sequence[tuple[int, int]], steps: Sequence[int] | None = None) -> Iterator[bytes]:
        """Yield an Info frame, then the frames of each run."""
        edges = [self._edges(run) for run in runs]
        frame_count = sum(end - begin for begin, end in runs)
        length = sum(end - begin for begin, end in edges)
        seek = tuple(length * point // _SEEK_POINTS for point in range(_SEEK_POINTS))
        header = parse_header(_read(self._stream, edges[0][0], edges[0][0] + 4))
        yield info_frame(StreamShape(header, frame_count, length, seek, self._places.encoder))
        yield from self.frames(runs, steps)

    def _edges(self, run: tuple[int, int]) -> tuple[int, int]:
        """Return the first byte of a run of frames, and the one after its last."""
        begin, end = run
        return self._places.starts[begin], self._places.starts[end]

    def _is_like_the_first(self, excerpt: Excerpt) -> bool:
        """Return whether an excerpt is the file of the second chapter, which has the title of the first.

        Its mark begins a millisecond later: if the first two files have the same marks, Audiobookshelf takes all files
        for one chapter (`server/scanner/AudioFileScanner.js`, `getBookChaptersFromAudioFiles`).
        """
        chapters = self._record.chapters
        is_second_file = excerpt.track is not None and excerpt.track[0] == excerpt.last == 2
        return is_second_file and chapters[0].title == chapters[1].title

    def _tags(self, excerpt: Excerpt, cover: bytes) -> Tags:
        record = self._record
        chapters = record.chapters[excerpt.first : excerpt.last]
        begin = chapters[0].start_samples
        length = excerpt_samples(record, excerpt.first, excerpt.last)
        marks = [
            ChapterMark(
                chapter.title,
                (chapter.start_samples - begin) * 1000 // record.rate_hz + self._is_like_the_first(excerpt),
                min(chapter.end_samples - begin, length) * 1000 // record.rate_hz,
            )
            for chapter in chapters
        ]
        speaker = record.inputs.speaker
        return Tags(
            title=excerpt.title,
            album=record.title,
            track=excerpt.track,
            authors=record.authors,
            narrator=record.narrator,
            language=three_letters(record.language),
            length_ms=length * 1000 // record.rate_hz,
            text=lyrics(chapters, record.inputs.mp3),
            timed_text=timed_lyrics(chapters, record.rate_hz, record.inputs.mp3),
            maker=record.inputs.maker,
            chapters=marks,
            cover=Picture("image/jpeg", cover),
            voice=f"{speaker.engine} {speaker.voice}",
            date=record.date,
            series=record.series,
            series_position=record.series_position,
        )


def _places_of(record: Record, stream: BinaryIO, edges: Iterable[int] = ()) -> Places:
    """Return the start of each chapter, and of the frames with the numbers in `edges`.

    Raises:
        FrameError: The frames do not match the record.
    """
    tag_end = tag_length_bytes(_read(stream, 0, _TAG_HEAD_BYTES))
    length_bytes = parse_header(_read(stream, tag_end, tag_end + 4)).length_bytes
    info = _read(stream, tag_end, tag_end + length_bytes)
    body, end = tag_end + len(info), stream.seek(0, os.SEEK_END)
    numbers = sorted({*_chapter_frames(record), *edges})
    offsets = frame_offsets(read_pieces(stream, body, end), numbers)
    if offsets[-1] != end - body:
        raise FrameError("more follows the last frame")
    starts = {number: body + offset for number, offset in zip(numbers, offsets, strict=True)}
    return Places(encoder_name(info), starts)


def _chapter_frames(record: Record) -> list[int]:
    """Return the number of the first frame of each chapter, and of all frames."""
    step = frame_samples(record.rate_hz)
    begins = [chapter.start_samples // step for chapter in record.chapters]
    return [*begins, (record.length_samples + STITCH_DELAY_SAMPLES) // step]


def _read(stream: BinaryIO, start: int, end: int) -> bytes:
    return b"".join(read_pieces(stream, start, end))


@contextmanager
def open_book(
    mp3: Path, record: Record, edges: Iterable[int] = (), places: Places | None = None
) -> Iterator[OpenBook]:
    """Open a book to cut chapters from it.

    Args:
        mp3: The book's MP3.
        record: Its record.
        edges: Numbers of further frames at which it will be cut.
        places: The places at which it will be cut, if they are known.

    Raises:
        OutputMismatch: The book does not match its record.
        StorageError: It cannot be read.
    """
    with _reading(mp3) as stream:
        yield OpenBook(record, stream, places or _places_of(record, stream, edges))


def find_places(mp3: Path, record: Record) -> Places:
    """Return the places at which chapters can be cut from a book, for `open_book`.

    Raises:
        OutputMismatch: The book does not match its record.
        StorageError: It cannot be read.
    """
    with _reading(mp3) as stream:
        return _places_of(record, stream)


@contextmanager
def _reading(mp3: Path) -> Iterator[BinaryIO]:
    try:
        with open_to_read(mp3) as stream:
            yield stream
    except (FrameError, ValueError, IndexError) as error:
        raise OutputMismatch(f"cannot be cut into chapters: {error}", where=mp3.name) from error
    except NotRegular as error:
        raise OutputMismatch("is not a regular file", where=mp3.name) from error
    except OSError as error:
        raise storage_error(error, mp3, "reading") from error
