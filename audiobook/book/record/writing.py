"""Writing records, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from audiobook.book.record.pictures import picture_problems
from audiobook.book.record.stamps import file_problems
from audiobook.book.record.works import Record, RecordHead, head_fields
from audiobook.files import atomic_write, digest

UNSEALED: Final = b'],"digest":""}'
"""The end of a record without its digest."""


def sealed(record: Record) -> Record:
    """Return a record with its digest."""
    body = msgspec.json.encode(msgspec.structs.replace(record, digest=""))
    return msgspec.structs.replace(record, digest=digest(body))


def book_digest(record: Record) -> str:
    """Return a digest of what an export depends on: the record without pictures and other formats."""
    inputs = msgspec.structs.replace(record.inputs, formats=(), split="", sync="")
    of_others = {*picture_problems(record.pictures), *file_problems(record.chapter_files)}
    problems = tuple(problem for problem in record.problems if problem not in of_others)
    bare = msgspec.structs.replace(
        record, inputs=inputs, formats={}, chapter_files=(), pictures=(), problems=problems
    )
    state = hashlib.sha256()
    for piece in _joined(_head(bare), map(msgspec.json.encode, record.chapters)):
        state.update(piece)
    state.update(UNSEALED)
    return state.hexdigest()


def write_record(path: Path, record: Record) -> str:
    """Write a record with its digest; see `write_encoded`."""
    return write_encoded(path, record, map(msgspec.json.encode, record.chapters))


def write_encoded(path: Path, record: RecordHead, chapters: Iterable[bytes]) -> str:
    """Write a record with its digest. Write it last: its existence means that the book is complete, except for SRT files.

    Args:
        path: The file.
        record: The record, whose own chapters are ignored.
        chapters: Its chapters in order, at least one, each in JSON: the words of ten hours take 2 MB in JSON, and 20 MB as values.

    Returns:
        The digest.

    Raises:
        StorageError: It cannot be written.
    """
    state = hashlib.sha256()
    with atomic_write(path) as stream:
        for piece in _joined(_head(record), chapters):
            state.update(piece)
            stream.write(piece)
        state.update(UNSEALED)
        stream.write(b'],"digest":"' + state.hexdigest().encode() + b'"}\n')
    return state.hexdigest()


def _head(record: RecordHead) -> bytes:
    return msgspec.json.encode(RecordHead(**head_fields(record))).removesuffix(b"}")


def _joined(head: bytes, chapters: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a record up to the end of its last chapter."""
    yield head
    before = b',"chapters":['
    for chapter in chapters:
        yield before
        yield chapter
        before = b","
