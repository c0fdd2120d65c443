"""Writing a book as one MP3: the tag, the Info frame, and the frames of every clip, streamed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

from audiobook.audio.mp3.frames import StreamShape, info_frame, parse_header
from audiobook.audio.mp3.lame import EncoderSettings, encoder_name
from audiobook.book.record.stamps import FileStamp
from audiobook.book.timeline import Timeline
from audiobook.clips.clip import ClipExtent, silent_frames
from audiobook.clips.store import ClipStore
from audiobook.errors import AudiobookError
from audiobook.files import LongWrite, Prefetch, atomic_write, grouped, require_room

_SEEK_POINTS = 100


class DamagedClip(AudiobookError):
    """A clip is missing from the store, damaged, or another one than before, and must be made again."""

    @property
    def key(self) -> str:
        """The clip's key instead of a message, because this error is never shown."""
        return self.message


_silence = lru_cache(maxsize=64)(silent_frames)


def write_mp3(
    path: Path,
    tag: bytes,
    timeline: Timeline,
    store: ClipStore,
    extent_of: Callable[[str], ClipExtent],
    encoder: EncoderSettings,
) -> FileStamp:
    """Write the file with a few clips in memory at a time: they are read and checked while those before are written.

    Args:
        path: The file; replaced atomically at the end.
        tag: The bytes before the first frame.
        timeline: The frames in order.
        store: The store with the clips.
        extent_of: Returns the extent of a clip by its key.
        encoder: Settings of the clips' encoding; silence is encoded in the same way.

    Returns:
        Name, length and digest of the file.

    Raises:
        DamagedClip: A clip is missing or damaged.
        StorageError: The file cannot be written.
    """
    lengths = array(
        "Q",
        (
            extent_of(stretch.key).length_bytes
            if stretch.key
            else len(_silence(timeline.rate_hz, encoder, stretch.frame_count, stretch.floor))
            for stretch in timeline.stretches
        ),
    )
    frame = _silence(timeline.rate_hz, encoder, 1)
    seek = tuple(_seek_bytes(timeline, lengths))
    shape = StreamShape(parse_header(frame), timeline.frame_count, sum(lengths), seek, encoder_name(frame))
    head = tag + info_frame(shape)
    require_room(path.parent, len(head) + sum(lengths))
    with (
        atomic_write(path) as stream,
        LongWrite(stream) as output,
        Prefetch(grouped(_pieces(timeline, lengths, store, encoder))) as groups,
    ):
        output.write(head)
        for piece in chain.from_iterable(groups):
            output.write(piece)
    return FileStamp(path.name, output.length_bytes, output.digest())


def _pieces(
    timeline: Timeline, lengths: Sequence[int], store: ClipStore, encoder: EncoderSettings
) -> Iterator[bytes]:
    """Yield the frames of each clip and each pause, whose lengths the head of the file has already."""
    for stretch, length in zip(timeline.stretches, lengths, strict=True):
        if stretch.key is None:
            yield _silence(timeline.rate_hz, encoder, stretch.frame_count, stretch.floor)
        elif (clip := store.get(stretch.key)) and len(clip.data) == length:
            yield clip.data
        else:
            raise DamagedClip(stretch.key)


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
