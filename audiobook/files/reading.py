"""Reading texts named by the user, and files written by this program, with our errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from audiobook.errors import OutputMismatch, SourceError
from audiobook.system.opening import NotRegular, open_given, read_file, storage_error

LARGEST_SOURCE_BYTES: Final = 512 << 20
"""No text is longer than this, not even an illustrated book."""
_PIECE_BYTES: Final = 1 << 20


def read_source(path: Path, name: str) -> bytes:
    """Return the bytes of a text file named by the user.

    Args:
        path: The file.
        name: Its name in messages.

    Returns:
        Its content.

    Raises:
        SourceError: It is not a regular file, is far too long for a text, or cannot be read.
    """
    try:
        # Users may link texts; callers check that a link does not lead out of the texts.
        with open_given(path) as stream:
            if os.fstat(stream.fileno()).st_size > LARGEST_SOURCE_BYTES:
                raise _too_long(name)
            return stream.read()
    except NotRegular as error:
        raise SourceError("not a regular file", where=name) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"cannot be read: {reason}", where=name) from error


def read_whole(path: Path) -> bytes | None:
    """Return the bytes of a file written by this program; None if it does not exist.

    Raises:
        OutputMismatch: It is a link or not a regular file, so reading it might never end.
        StorageError: It cannot be read.
    """
    try:
        return read_file(path)
    except FileNotFoundError:
        return None
    except NotRegular as error:
        raise OutputMismatch("is not a regular file", where=path.name) from error
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def read_pieces(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of a part of a file, up to a megabyte at a time.

    Args:
        stream: The open file.
        start: Index of the first byte.
        end: Index after the last byte.

    Raises:
        ValueError: The file ends before that.
    """
    while start < end:
        stream.seek(start)
        piece = stream.read(min(_PIECE_BYTES, end - start))
        if not piece:
            raise ValueError(f"it ends at byte {start}")
        start += len(piece)
        yield piece


def read_stream(stream: BinaryIO, name: str) -> bytes:
    """Return the bytes of a stream up to its end.

    Args:
        stream: For example standard input.
        name: Its name in messages.

    Returns:
        Its content.

    Raises:
        SourceError: It is far too long for a text, or cannot be read.
    """
    pieces: list[bytes] = []
    length = 0
    try:
        while piece := stream.read(_PIECE_BYTES):
            pieces.append(piece)
            length += len(piece)
            if length > LARGEST_SOURCE_BYTES:
                raise _too_long(name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"cannot be read: {reason}", where=name) from error
    return b"".join(pieces)


def _too_long(name: str) -> SourceError:
    return SourceError(
        f"is larger than {LARGEST_SOURCE_BYTES >> 20} MB", where=name, hint="split it into several texts"
    )
