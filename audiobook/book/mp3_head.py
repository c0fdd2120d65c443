"""The head of a built MP3: who made it, and how long it says that it lasts. The frames of a long book are not read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from audiobook.audio.id3 import tag_length_bytes
from audiobook.audio.mp3_frames import FrameError, frame_samples, parse_header, read_info
from audiobook.files import storage_error

_HEADER_BYTES: Final = 10
_MOST_FRAMES: Final = 100
"""What says who made a file stands among the first frames of a tag, before the text and the chapters."""
_LONGEST_NAME_BYTES: Final = 200
_MAKER: Final = re.compile(r"audiobook \d")


class Timed(Protocol):
    """What knows a book's samples a second, and how many it lasts: its record, or what was read of it."""

    @property
    def rate_hz(self) -> int:
        """Samples a second."""

    @property
    def length_samples(self) -> int:
        """What a gapless player plays."""


def is_own_mp3(path: Path) -> bool:
    """Whether an MP3 was made by this program, by any version of it; what cannot be read was not.

    Source: ID3v2.3.0, sections 3.3 (frames) and 4.2.1 (TENC).
    """
    try:
        with open(path, "rb") as stream:
            return _MAKER.match(_maker(stream)) is not None
    except OSError:
        return False


def _maker(stream: BinaryIO) -> str:
    """Return what the tag at the beginning of a file says made it; empty when it says nothing."""
    head = stream.read(_HEADER_BYTES)
    end = tag_length_bytes(head)
    for _ in range(_MOST_FRAMES):
        frame = stream.read(_HEADER_BYTES)
        size = int.from_bytes(frame[4:8], "big")
        if len(frame) < _HEADER_BYTES or stream.tell() + size > end:
            break
        if frame[:4] == b"TENC":
            encoding, text = stream.read(1), stream.read(min(size - 1, _LONGEST_NAME_BYTES))
            return text.decode("utf-16" if encoding == b"\1" else "latin-1", "replace")
        stream.seek(size, 1)
    return ""


def length_problem(book: Timed, path: Path) -> str | None:
    """Say how the length of a built MP3, as its Info frame has it, differs from that in its record.

    Args:
        book: What was built.
        path: The MP3.

    Returns:
        What is wrong, or None.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            stream.seek(tag_length_bytes(stream.read(_HEADER_BYTES)))
            start = stream.read(4)
            header = parse_header(start)
            info = read_info(start + stream.read(header.length_bytes - len(start)))
    except FrameError as error:
        return f"is no MP3 that can be read: {error}"
    except OSError as error:
        raise storage_error(error, path, "reading") from error
    if header.rate_hz != book.rate_hz:
        return f"has {header.rate_hz} samples a second, and the record says {book.rate_hz}"
    cut = info.delay_samples + info.padding_samples
    length = info.frame_count * frame_samples(header.rate_hz) - cut
    if length != book.length_samples:
        return f"lasts {length} samples, and the record says {book.length_samples}"
    return None
