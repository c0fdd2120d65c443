"""Writing a book as one FLAC: the samples that the MP3 was encoded from, streamed.

The book is encoded as a whole: some players expect all frames to have the same number of samples, but clips
differ in length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from audiobook.audio.flac import STREAM_INFO_BYTES, FlacEncoder, FlacHead
from audiobook.audio.mp3.frames import frame_samples
from audiobook.audio.noise_floor import quiet
from audiobook.audio.pcm import SAMPLE_BYTES
from audiobook.audio.vorbis_comment import vorbis_comment
from audiobook.book.maker_mark import MARK
from audiobook.book.record.stamps import FormatRecord
from audiobook.book.sound.packets import BookSound, EncodedClips
from audiobook.book.timeline import Timeline
from audiobook.clips.encoded import Encoding
from audiobook.files import LongWrite, Prefetch, atomic_write, digest_stream, require_room
from audiobook.settings import AudioSettings

_LEVEL: Final = 5


def flac_encoding(_audio: AudioSettings) -> Encoding:
    """Return the encoding in which clips for a FLAC file are stored: uncompressed samples.

    Compressing and decompressing clips would take longer than the rest of the work.
    """
    return Encoding("pcm")


def write_flac(path: Path, book: BookSound) -> FormatRecord:
    """Write the file; see `formats.SoundFormat`."""
    timeline, clips = book.timeline, book.clips
    comments = vorbis_comment(replace(book.tags, cover=None), MARK)
    head = FlacHead(timeline.rate_hz, timeline.length_samples, comments, book.tags.cover)
    encoder = FlacEncoder(timeline.rate_hz, _LEVEL)
    # Its length is known, but not yet the positions of the frames.
    placeholder = head.data(bytes(STREAM_INFO_BYTES), [(0, 0, 0)] * len(head.seek_samples))
    require_room(path.parent, len(placeholder) + timeline.length_samples)
    with atomic_write(path) as stream:
        with LongWrite(stream, has_digest=False) as output, Prefetch(_samples(timeline, clips)) as samples:
            output.write(placeholder)
            points = list(_written(encoder, samples, head, output))
        stream.seek(0)
        stream.write(head.data(encoder.stream_info, points))
        stream.seek(0)
        sha256 = digest_stream(stream)
    return FormatRecord(path.name, output.length_bytes, sha256, clips.encoding.identity)


def _written(
    encoder: FlacEncoder, samples: Iterable[bytes | memoryview], head: FlacHead, output: LongWrite
) -> Iterator[tuple[int, int, int]]:
    """Write all frames, and yield the points of the seek table; see `FlacHead.data`."""
    at, offset, block = 0, 0, encoder.block_samples
    wanted = iter(head.seek_samples)
    next_point = next(wanted, None)
    for frames in _encoded(encoder, samples):
        output.write(b"".join(frames))
        for frame in frames:
            if next_point is not None and next_point < at + block:
                yield at, offset, min(block, head.length_samples - at)
                next_point = next(wanted, None)
            at += block
            offset += len(frame)


def _encoded(encoder: FlacEncoder, samples: Iterable[bytes | memoryview]) -> Iterator[list[bytes]]:
    for piece in samples:
        yield from encoder.encode(piece)
    yield encoder.finish()


def _samples(timeline: Timeline, clips: EncodedClips) -> Iterator[bytes | memoryview]:
    """Yield the samples of the book: exactly those that a gapless player plays of the MP3, before they were encoded."""
    left = timeline.length_samples
    for piece in _pieces(timeline, clips):
        part = piece[: left * SAMPLE_BYTES]
        left -= len(part) // SAMPLE_BYTES
        yield part


def _pieces(timeline: Timeline, clips: EncodedClips) -> Iterator[bytes | memoryview]:
    """Yield the samples of clips and pauses; what the encoder of the MP3 adds to a clip is part of the pause after it."""
    rate_hz, step = timeline.rate_hz, frame_samples(timeline.rate_hz)
    added = 0
    for stretch in timeline.stretches:
        length = stretch.frame_count * step
        if stretch.key is None:
            yield quiet(added + length, rate_hz, stretch.floor).samples
            added = 0
            continue
        yield quiet(added, rate_hz, None).samples
        speech = clips.read(stretch.key).data
        yield speech
        added = length - len(speech) // SAMPLE_BYTES
    yield quiet(added, rate_hz, None).samples
