"""The book as one MP3: tag, Info frame, and the frames of every clip, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from audiobook.audio.lame import EncoderSettings, encoder_name
from audiobook.audio.mp3_frames import StreamShape, info_frame, parse_header
from audiobook.book.record import FileStamp
from audiobook.book.timeline import Timeline
from audiobook.clips.clip import ClipShape, silent_frames
from audiobook.clips.store import ClipStore
from audiobook.errors import AudiobookError
from audiobook.files import LongWrite, atomic_write, require_room

_SEEK_POINTS = 100


class DamagedClip(AudiobookError):
    """A clip is not in the store any more, or was damaged there; it has to be made again."""

    @property
    def key(self) -> str:
        """The clip's key, which is all the message there is: it is never shown."""
        return self.message


_silence = lru_cache(maxsize=64)(silent_frames)


def write_mp3(
    path: Path,
    tag: bytes,
    timeline: Timeline,
    store: ClipStore,
    shape_of: Callable[[str], ClipShape],
    encoder: EncoderSettings,
) -> FileStamp:
    """Write the file, one clip in memory at a time.

    Args:
        path: Where; replaced whole when all is written.
        tag: What stands before the first frame.
        timeline: Which frames, in order.
        store: Where the clips are.
        shape_of: Gives the shape of a clip by its key.
        encoder: How the clips were encoded; silence is encoded the same way.

    Returns:
        The file's name, length and digest.

    Raises:
        DamagedClip: A clip's bytes are not what they were.
        StorageError: The file cannot be written.
    """
    lengths = [
        shape_of(stretch.key).length_bytes
        if stretch.key
        else len(_silence(timeline.rate_hz, encoder, stretch.frame_count))
        for stretch in timeline.stretches
    ]
    frame = _silence(timeline.rate_hz, encoder, 1)
    seek = tuple(_seek_bytes(timeline, lengths))
    shape = StreamShape(parse_header(frame), timeline.frame_count, sum(lengths), seek, encoder_name(frame))
    head = tag + info_frame(shape)
    require_room(path.parent, len(head) + sum(lengths))
    with atomic_write(path) as stream, LongWrite(stream) as output:
        output.write(head)
        for stretch in timeline.stretches:
            if stretch.key is None:
                data = _silence(timeline.rate_hz, encoder, stretch.frame_count)
            else:
                clip = store.get(stretch.key)
                if clip is None:
                    raise DamagedClip(stretch.key)
                data = clip.data
            output.write(data)
    return FileStamp(path.name, output.length_bytes, output.digest())


def _seek_bytes(timeline: Timeline, lengths: list[int]) -> Iterator[int]:
    """Give the byte at which each hundredth of the time begins, between stretches in proportion."""
    at, done_frames, done_bytes = 0, 0, 0
    for point in range(_SEEK_POINTS):
        wanted = timeline.frame_count * point / _SEEK_POINTS
        while done_frames + timeline.stretches[at].frame_count <= wanted:
            done_frames += timeline.stretches[at].frame_count
            done_bytes += lengths[at]
            at += 1
        yield done_bytes + int(lengths[at] * (wanted - done_frames) / timeline.stretches[at].frame_count)
