"""Reading a record without text and times, a piece at a time: that of a hundred hours has 40 MB."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final

import msgspec

from audiobook.book.record.works import BriefChapter, BriefRecord, RecordHead, head_fields
from audiobook.book.record.writing import UNSEALED
from audiobook.files import read_pieces

_SEAL: Final = b'],"digest":"'
_END: Final = b'"}\n'
_DIGITS: Final = 64
_TAIL_BYTES: Final = len(_SEAL) + _DIGITS + len(_END)
_FIRST_CHAPTER: Final = b',"chapters":[{"title":'
_NEXT_CHAPTER: Final = b',{"title":'
"""What is between two chapters. In a text, its quotation marks would have backslashes before them."""
_heads: Final = msgspec.json.Decoder(RecordHead)
_chapters: Final = msgspec.json.Decoder(BriefChapter)


def read_as_written(stream: BinaryIO) -> BriefRecord | None:
    """Return a record if `writing.write_encoded` has written its file, and it is unchanged; otherwise None.

    Args:
        stream: The open file.

    Raises:
        OSError: It cannot be read.
    """
    end = os.fstat(stream.fileno()).st_size - _TAIL_BYTES
    if end <= 0:
        return None
    state = hashlib.sha256()
    try:
        head, chapters = _decoded(_digested(read_pieces(stream, 0, end), state))
    except (ValueError, RecursionError):
        return None  # of `msgspec`, or because the file has become shorter
    state.update(UNSEALED)
    stream.seek(end)
    if stream.read() != _SEAL + state.hexdigest().encode() + _END:
        return None
    return BriefRecord(**head_fields(head), chapters=chapters, digest=state.hexdigest())


def _digested(pieces: Iterable[bytes], state: hashlib._Hash) -> Iterator[bytes]:
    """Yield pieces of a file after adding them to a digest."""
    for piece in pieces:
        state.update(piece)
        yield piece


def _decoded(pieces: Iterable[bytes]) -> tuple[RecordHead, tuple[BriefChapter, ...]]:
    """Return the contents of a record without its end.

    Raises:
        ValueError: It is not a record in the form in which it is written.
    """
    parts = _split(pieces, _NEXT_CHAPTER)
    head, begin, first = next(parts).partition(_FIRST_CHAPTER)
    if not begin:
        raise ValueError("no chapters")
    beginning = _NEXT_CHAPTER[1:]
    chapters = (_chapters.decode(beginning + part) for part in chain([first], parts))
    return _heads.decode(head + b"}"), tuple(chapters)


def _split(pieces: Iterable[bytes], separator: bytes) -> Iterator[bytes]:
    """Yield the parts of a sequence of bytes between separators."""
    rest = b""
    for piece in pieces:
        *parts, rest = (rest + piece).split(separator)
        yield from parts
    yield rest
