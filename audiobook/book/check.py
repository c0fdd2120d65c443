"""Is a built book what its record says? Every byte of it, and every chapter."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from audiobook.audio.id3 import read_chapters, tag_length_bytes
from audiobook.audio.mp3 import (
    STITCH_DELAY_SAMPLES,
    FrameError,
    frame_samples,
    frames,
    parse_header,
    read_info,
)
from audiobook.book.assemble import chapter_marks
from audiobook.book.record import FileStamp, Record, read_record
from audiobook.errors import OutputMismatch
from audiobook.files import digest_file, storage_error
from audiobook.opening import is_regular, is_there, open_to_read

_HINT: Final = "build it again: audiobook build"


def check_book(path: Path, name: str) -> Iterator[OutputMismatch]:
    """Give everything that is wrong with a book.

    Args:
        path: Its record.
        name: How messages call the record.

    Raises:
        StorageError: A file is there but cannot be read.
    """
    try:
        record = read_record(path)
    except OutputMismatch as error:
        yield OutputMismatch(error.message, where=name, hint=_HINT)
        return
    if record is None:
        yield OutputMismatch("is missing, though the MP3 is there", where=name, hint=_HINT)
        return
    yield from _check_times(record, name)
    yield from _check_audio(record, path.parent, name)
    yield from _check_stamp(record.cover, path.parent / record.cover.name, _beside(name, record.cover.name))


def _check_times(record: Record, name: str) -> Iterator[OutputMismatch]:
    """Times must follow each other, and lie within the book."""
    at = 0
    for chapter in record.chapters:
        times = [chapter.start_samples]
        for paragraph in chapter.paragraphs:
            for sentence in paragraph.sentences:
                words = (word[2] for word in sentence.words)
                times += [sentence.start_samples, *words, sentence.end_samples]
        times.append(chapter.end_samples)
        if any(later < earlier for earlier, later in zip([at, *times], times, strict=False)):
            yield OutputMismatch(f"the times of “{chapter.title}” are out of order", where=name, hint=_HINT)
        at = chapter.end_samples
    if at != record.length_samples:
        yield OutputMismatch(f"ends at sample {at}, not {record.length_samples}", where=name, hint=_HINT)


def _check_audio(record: Record, folder: Path, name: str) -> Iterator[OutputMismatch]:
    audio = folder / record.audio.name
    where = _beside(name, record.audio.name)
    yield from _check_stamp(record.audio, audio, where)
    if not is_regular(audio):
        return
    try:
        for message in _shape_problems(record, audio):
            yield OutputMismatch(message, where=where, hint=_HINT)
    except (FrameError, ValueError) as error:
        yield OutputMismatch(f"is no MP3 that can be read: {error}", where=where, hint=_HINT)
    except OSError as error:
        raise storage_error(error, audio, "reading") from error


def _beside(name: str, file_name: str) -> str:
    """Give how messages call a file beside a record."""
    return f"{name.rpartition('/')[0]}/{file_name}"


def _check_stamp(stamp: FileStamp, path: Path, where: str) -> Iterator[OutputMismatch]:
    """Every byte of a file has to be as it was written."""
    if not is_regular(path):
        what = "is not a regular file" if is_there(path) else "is missing"
        yield OutputMismatch(what, where=where, hint=_HINT)
        return
    size = path.stat().st_size
    if size != stamp.length_bytes:
        message = f"has {size} bytes, and the record says {stamp.length_bytes}"
        yield OutputMismatch(message, where=where, hint=_HINT)
    elif digest_file(path) != stamp.sha256:
        yield OutputMismatch("is damaged: its bytes are not those that were written", where=where, hint=_HINT)


def _shape_problems(record: Record, audio: Path) -> Iterator[str]:
    """Hold tag and frames against the record."""
    with open_to_read(audio) as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = tag_length_bytes(data[:10])
        title, chapters = read_chapters(data[:start])
        if title != record.title:
            yield f"has the title “{title}”, and the record says “{record.title}”"
        if chapters != chapter_marks(record.chapters, record.rate_hz):
            yield "has other chapters than the record"
        info_end = start + parse_header(data[start : start + 4]).length_bytes
        info = read_info(data[start:info_end])
        count = 0
        with memoryview(data) as view, view[info_end:] as body:
            for _ in frames(body):
                count += 1
        if count != info.frame_count:
            yield f"has {count} frames, and its Info tag says {info.frame_count}"
        length = count * frame_samples(record.rate_hz) - STITCH_DELAY_SAMPLES
        if length != record.length_samples:
            yield f"lasts {length} samples, and the record says {record.length_samples}"
