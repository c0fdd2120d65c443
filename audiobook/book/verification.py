"""Checking that a built book matches its record, in every byte and every chapter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from audiobook.audio.mp3.frames import (
    FrameError,
    frame_edges,
    parse_header,
    read_info,
)
from audiobook.audio.mp3.id3 import read_chapters, tag_length_bytes
from audiobook.book.ownership import NOT_OURS, is_own_book, is_own_record
from audiobook.book.record.from_script import chapter_marks
from audiobook.book.record.reading import load_record
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.validation import impossibilities
from audiobook.book.record.works import Record
from audiobook.book.sound.mp3_head import length_problem
from audiobook.errors import OutputMismatch
from audiobook.files import digest_file, read_pieces, storage_error
from audiobook.system.opening import is_regular, is_there, open_to_read

_HINT: Final = "build it again: audiobook build"
_MOVE: Final = "move it elsewhere, or replace it: audiobook build --force"
_TAG_HEAD_BYTES: Final = 10
_FRAME_HEAD_BYTES: Final = 4
_MOST_PROBLEMS: Final = 20
"""How many impossible values of one record are reported; a damaged record may have one per word."""


def check_book(path: Path, name: str, *, is_beside: bool = False) -> Iterator[OutputMismatch]:
    """Check a book, and yield a message for each problem.

    Args:
        path: Its record.
        name: Name of the record in messages.
        is_beside: Whether it is next to its text, in a folder of any name.

    Raises:
        StorageError: A file exists but cannot be read.
    """
    try:
        record = load_record(path)
    except OutputMismatch as error:
        if is_own_record(path):
            yield OutputMismatch(error.message, where=name, hint=_HINT)
        else:
            yield OutputMismatch(f"{NOT_OURS}: {error.message}", where=name, hint=_MOVE)
        return
    if record is None:
        yield _without_record(path.with_suffix(".mp3"), name)
        return
    problems = list(impossibilities(record, path, is_beside=is_beside))
    for problem in problems[:_MOST_PROBLEMS]:
        yield OutputMismatch(f"impossible record: {problem}", where=name, hint=_HINT)
    if (more := len(problems) - _MOST_PROBLEMS) > 0:
        yield OutputMismatch(f"impossible record: {more} more problems", where=name, hint=_HINT)
    if problems:
        return  # the record may name files of another work
    yield from _check_audio(record, path.parent, name)
    yield from _check_stamp(record.cover, path.parent / record.cover.name, _beside(name, record.cover.name))
    for stamp in (*record.formats.values(), *record.chapter_files, *record.shown_pictures):
        yield from _check_stamp(stamp, path.parent / stamp.name, _beside(name, stamp.name))


def _without_record(audio: Path, name: str) -> OutputMismatch:
    if is_own_book(audio):
        return OutputMismatch("is missing, but the MP3 exists", where=name, hint=_HINT)
    return OutputMismatch(NOT_OURS, where=_beside(name, audio.name), hint="move it elsewhere")


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
        yield OutputMismatch(f"is not a valid MP3: {error}", where=where, hint=_HINT)
    except OSError as error:
        raise storage_error(error, audio, "reading") from error


def _beside(name: str, file_name: str) -> str:
    """Return the name of a file next to a record, as messages show it."""
    folder, slash, _ = name.rpartition("/")
    return f"{folder}{slash}{file_name}"


def _check_stamp(stamp: FileStamp, path: Path, where: str) -> Iterator[OutputMismatch]:
    """Check that a file has the length and digest in its stamp."""
    if not is_regular(path):
        what = "is not a regular file" if is_there(path) else "is missing"
        yield OutputMismatch(what, where=where, hint=_HINT)
        return
    size = path.stat().st_size
    if size != stamp.length_bytes:
        message = f"has {size} bytes, but the record says {stamp.length_bytes}"
        yield OutputMismatch(message, where=where, hint=_HINT)
    elif digest_file(path) != stamp.sha256:
        yield OutputMismatch("is damaged: its content has changed", where=where, hint=_HINT)


def _shape_problems(record: Record, audio: Path) -> Iterator[str]:
    """Compare tag and frames with the record."""
    with open_to_read(audio) as stream:
        start = tag_length_bytes(stream.read(_TAG_HEAD_BYTES))
        stream.seek(0)
        title, chapters = read_chapters(stream.read(start))
        if title != record.title:
            yield f"has the title “{title}”, but the record says “{record.title}”"
        if chapters != chapter_marks(record.chapters, record.rate_hz):
            yield "has other chapters than the record"
        head = stream.read(_FRAME_HEAD_BYTES)
        info = head + stream.read(parse_header(head).length_bytes - len(head))
        body = read_pieces(stream, start + len(info), stream.seek(0, os.SEEK_END))
        count = sum(1 for _ in frame_edges(body)) - 1
        told = read_info(info).frame_count
        if count != told:
            yield f"has {count} frames, but its Info tag says {told}"
    if problem := length_problem(record, audio):
        yield problem
