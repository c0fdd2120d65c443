"""Encoding samples to FLAC with FFmpeg's encoder, in this process, and the blocks of a FLAC file before its frames.

Source: RFC 9639 (FLAC), sections 8 (metadata) and 9 (frames).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from audiobook.audio.filters import frame_of
from audiobook.audio.mp3.id3 import Picture
from audiobook.audio.pcm import SAMPLE_BYTES
from audiobook.audio.pyav import SOUND_FILES, require_pyav
from audiobook.audio.vorbis_comment import picture_block

STREAM_INFO_BYTES: Final = 34
_PIECE_BLOCKS: Final = 64
_OPTIONS: Final = {
    # Products of 16-bit samples and shorter coefficients fit in 32 bits. That is faster, and speech is not longer.
    "lpc_coeff_precision": "12",
    # Finer partitions take time and are hardly ever chosen in speech.
    "max_partition_order": "6",
}
_SEEK_S: Final = 10
"""Seconds between two points of the seek table."""
_STREAM_INFO, _SEEK_TABLE, _COMMENTS, _PICTURE = 0, 3, 4, 6
"""Kinds of blocks. There is no cue sheet, because FFmpeg shows its tracks as further chapters, without titles."""
_LAST: Final = 0x80


class FlacEncoder:
    """Encodes mono samples to frames, which all have the same number of samples, except the last."""

    def __init__(self, rate_hz: int, level: int) -> None:
        """Begin a stream.

        Args:
            rate_hz: Sample rate.
            level: Compression level, from 0 (fastest) to 12 (smallest).
        """
        require_pyav(SOUND_FILES)
        import av

        codec = av.CodecContext.create("flac", "w")
        codec.sample_rate, codec.layout, codec.format = rate_hz, "mono", "s16"
        codec.thread_count = 1
        codec.options = {**_OPTIONS, "compression_level": str(level)}
        codec.open()
        self.block_samples: int = codec.frame_size
        """Number of samples in a frame."""
        self.stream_info = b""
        """After `finish`, the STREAMINFO block: lengths of frames, number of samples, and their MD5."""
        self._codec = codec
        self._rest = bytearray()
        self._done_samples = 0

    def encode(self, samples: bytes | memoryview) -> Iterator[list[bytes]]:
        """Yield the frames that are complete with these samples, in groups."""
        self._rest += samples
        step = self.block_samples * _PIECE_BLOCKS * SAMPLE_BYTES
        whole = len(self._rest) - len(self._rest) % step
        for start in range(0, whole, step):
            yield self._encoded(bytes(self._rest[start : start + step]))
        del self._rest[:whole]

    def finish(self) -> list[bytes]:
        """Return the last frames."""
        frames = self._encoded(bytes(self._rest)) if self._rest else []
        for packet in self._codec.encode_lazy(None):
            if packet.size:
                frames.append(bytes(packet))
            else:
                # Stop here: FFmpeg would finalise the MD5 a second time if asked for more.
                self.stream_info = bytes(self._codec.extradata or b"")
        return frames

    def _encoded(self, samples: bytes) -> list[bytes]:
        frame = frame_of(samples, self._codec.sample_rate, self._done_samples)
        self._done_samples += frame.samples
        return [bytes(packet) for packet in self._codec.encode(frame)]


class FlacHead(msgspec.Struct, frozen=True):
    """The blocks before the frames of a file; their length does not depend on the frames.

    Attributes:
        rate_hz: Sample rate.
        length_samples: Number of samples.
        comments: The comments; see `vorbis_comment`.
        cover: The front cover, or None.
    """

    rate_hz: int
    length_samples: int
    comments: bytes
    cover: Picture | None

    @property
    def seek_samples(self) -> range:
        """The samples to which the seek table leads."""
        return range(0, self.length_samples, _SEEK_S * self.rate_hz)

    def data(self, stream_info: bytes, points: Sequence[tuple[int, int, int]]) -> bytes:
        """Return the blocks as bytes.

        Args:
            stream_info: See `FlacEncoder.stream_info`.
            points: For each of `seek_samples` the frame with this sample: its first sample, its position in bytes
                after the head, and its number of samples.
        """
        blocks = [(_STREAM_INFO, stream_info), (_COMMENTS, self.comments), (_SEEK_TABLE, _seek_table(points))]
        if self.cover:
            blocks.append((_PICTURE, picture_block(self.cover)))
        pieces = [b"fLaC"]
        for number, (kind, data) in enumerate(blocks, 1):
            last = _LAST if number == len(blocks) else 0
            pieces += (bytes((kind | last,)), len(data).to_bytes(3, "big"), data)
        return b"".join(pieces)


def _seek_table(points: Sequence[tuple[int, int, int]]) -> bytes:
    from mutagen.flac import SeekPoint, SeekTable

    table = SeekTable(None)
    table.seekpoints = [SeekPoint(*point) for point in points]
    return bytes(table.write())
