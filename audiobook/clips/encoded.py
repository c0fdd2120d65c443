"""A clip in another encoding than MP3: AAC packets, made from its MP3 frames.

They are always made from the frames, even when the speech is at hand, so that a format that is asked for later has the
same bytes as one that was asked for at once, and nothing is spoken again for it.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Final

import msgspec

from audiobook.audio.aac import FRAME_SAMPLES, encode_aac
from audiobook.audio.decode import decode
from audiobook.audio.mp3_frames import STITCH_DELAY_SAMPLES
from audiobook.clips.clip import Clip
from audiobook.files import digest

_SIZE_CODE: Final = "H"


class EncodedShape(msgspec.Struct, frozen=True, array_like=True):
    """The description of an encoded clip without its packets.

    Attributes:
        rate_hz: Sample rate.
        sizes: Length of each packet, as 16-bit numbers.
    """

    rate_hz: int
    sizes: bytes

    def packet_sizes(self) -> array[int]:
        """Return the length of each packet in bytes."""
        return array(_SIZE_CODE, self.sizes)

    @property
    def packet_count(self) -> int:
        """Number of packets, one more than frames."""
        return len(self.sizes) // array(_SIZE_CODE).itemsize


@dataclass(frozen=True, slots=True)
class EncodedClip:
    """An encoded clip: its shape and its packets, one after another."""

    shape: EncodedShape
    data: bytes


def encoded_key(frames_sha256: str, encoding: str) -> str:
    """Return the key of an encoded clip.

    Args:
        frames_sha256: Digest of its MP3 frames, since a clip may be replaced by a better one under the same key.
        encoding: Everything that affects the encoding; see `aac.aac_identity`.
    """
    return digest(f"{encoding} {frames_sha256}".encode())


def encode_clip(clip: Clip, kbits: int) -> EncodedClip:
    """Return a clip as AAC packets, from its first sample to the end of its speech."""
    shape = clip.shape
    longest_s = shape.length_samples / shape.rate_hz + 1
    pcm = decode(clip.data, "mp3", shape.rate_hz, longest_s)
    frames = -(-shape.speech_samples // FRAME_SAMPLES)
    end = STITCH_DELAY_SAMPLES + frames * FRAME_SAMPLES
    packets = encode_aac(pcm.part(STITCH_DELAY_SAMPLES, min(end, len(pcm))), kbits)
    sizes = array(_SIZE_CODE, map(len, packets))
    return EncodedClip(EncodedShape(shape.rate_hz, sizes.tobytes()), b"".join(packets))
