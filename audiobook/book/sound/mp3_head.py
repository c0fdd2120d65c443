"""Reading the head of a built MP3, without its frames: which program made it, and how long it lasts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from audiobook.audio.mp3.frames import FrameError, frame_samples, parse_header, read_info
from audiobook.audio.mp3.id3 import tag_length_bytes
from audiobook.files import storage_error

_HEADER_BYTES: Final = 10
_MOST_FRAMES: Final = 100_000
"""Maximum number of ID3 frames to search for the name of the program (TENC), which follows the chapters."""
_LONGEST_NAME_BYTES: Final = 200
_MAKER: Final = re.compile(r"audiobook \d")


class Timed(Protocol):
    """A record, or any part of one that states the sample rate and length of the book."""

    @property
    def rate_hz(self) -> int:
        """Sample rate in Hz."""

    @property
    def length_samples(self) -> int:
        """Number of samples that a gapless player plays."""


def is_own_mp3(path: Path) -> bool:
    """Return whether an MP3 was made by any version of this program; False if it cannot be read.

    Source: ID3v2.3.0, sections 3.3 (frames) and 4.2.1 (TENC).
    """
    try:
        with open(path, "rb") as stream:
            return _MAKER.match(_maker(stream)) is not None
    except OSError:
        return False


def _maker(stream: BinaryIO) -> str:
    """Return the program named in the ID3 tag (TENC) at the start of a file; empty if there is no tag or no name."""
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
    """Compare the length in the Info frame of a built MP3 with that in its record.

    Args:
        book: The book's record.
        path: The MP3.

    Returns:
        The difference, as the text of a message; None if sample rate and length are equal.

    Raises:
        StorageError: The MP3 cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            stream.seek(tag_length_bytes(stream.read(_HEADER_BYTES)))
            start = stream.read(4)
            header = parse_header(start)
            info = read_info(start + stream.read(header.length_bytes - len(start)))
    except FrameError as error:
        return f"is not a valid MP3: {error}"
    except OSError as error:
        raise storage_error(error, path, "reading") from error
    if header.rate_hz != book.rate_hz:
        return f"has a sample rate of {header.rate_hz} Hz, but the record says {book.rate_hz} Hz"
    cut = info.delay_samples + info.padding_samples
    length = info.frame_count * frame_samples(header.rate_hz) - cut
    if length != book.length_samples:
        return f"lasts {length} samples, but the record says {book.length_samples}"
    return None
