"""Writing a book as one MP3: the tag, the Info frame, and the frames of every clip, streamed."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from audiobook.audio.mp3.frames import StreamShape, info_frame, parse_header
from audiobook.audio.mp3.lame import encoder_name
from audiobook.book.record.stamps import FileStamp
from audiobook.book.sound.book_frames import BookFrames
from audiobook.book.sound.kept_frames import ChangedFile, KeptFrames
from audiobook.book.timeline import Timeline
from audiobook.files import LongWrite, Prefetch, atomic_write, grouped, require_room

_SEEK_POINTS: Final = 100


class WrittenMp3(NamedTuple):
    """What was written.

    Attributes:
        stamp: Name, length and digest of the file.
        checksums: CRC-32 of each stretch, as 32-bit numbers.
    """

    stamp: FileStamp
    checksums: bytes


def write_mp3(path: Path, tag: bytes, frames: BookFrames, kept: KeptFrames | None = None) -> WrittenMp3:
    """Write the file with a few clips in memory at a time: they are read and checked while those before are written.

    Args:
        path: The file; replaced atomically at the end.
        tag: The bytes before the first frame.
        frames: The frames.
        kept: The frames that are in the old file at `path`; None reads all from the store.

    Raises:
        DamagedClip: A clip is missing or damaged.
        StorageError: The file cannot be written.
    """
    head = tag + _info(frames)
    require_room(path.parent, len(head) + sum(frames.lengths))
    if kept:
        try:
            return _with_kept(path, head, kept)
        except ChangedFile:  # seldom: most frames must then be written again
            pass
    with (
        atomic_write(path) as stream,
        LongWrite(stream) as output,
        Prefetch(grouped(frames.pieces())) as groups,
    ):
        output.write(head)
        checksums = array("I")
        for piece in chain.from_iterable(groups):
            output.write(piece)
            checksums.append(zlib.crc32(piece))
    return WrittenMp3(FileStamp(path.name, output.length_bytes, output.digest()), checksums.tobytes())


def _with_kept(path: Path, head: bytes, kept: KeptFrames) -> WrittenMp3:
    """Write the file with the frames that stay; it only takes the place of the old one if they were intact."""
    with atomic_write(path) as stream, LongWrite(stream) as output:
        output.write(head)
        checksums = kept.write(output)
    return WrittenMp3(FileStamp(path.name, output.length_bytes, output.digest()), checksums)


def _info(frames: BookFrames) -> bytes:
    """Return the Info frame."""
    timeline, lengths = frames.timeline, frames.lengths
    frame = frames.silent_frame()
    seek = tuple(_seek_bytes(timeline, lengths))
    shape = StreamShape(parse_header(frame), timeline.frame_count, sum(lengths), seek, encoder_name(frame))
    return info_frame(shape)


def _seek_bytes(timeline: Timeline, lengths: Sequence[int]) -> Iterator[int]:
    """Yield the byte at which each hundredth of the duration begins, interpolated within stretches."""
    rows = zip(timeline.stretches, lengths, strict=True)
    stretch, length = next(rows)
    done_frames, done_bytes = 0, 0
    for point in range(_SEEK_POINTS):
        wanted = timeline.frame_count * point / _SEEK_POINTS
        while done_frames + stretch.frame_count <= wanted:
            done_frames += stretch.frame_count
            done_bytes += length
            stretch, length = next(rows)
        yield done_bytes + int(length * (wanted - done_frames) / stretch.frame_count)
