"""A clip in an encoding other than MP3: AAC or Opus packets, or uncompressed samples.

AAC and Opus are always made from the MP3 frames, even if the original speech is available. So a format that is added
later has the same bytes as in a first build, without speaking anything again. Uncompressed samples are those of the
original speech.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

import msgspec

from audiobook.audio.decode import decode_frames
from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES
from audiobook.audio.mp4 import aac
from audiobook.audio.ogg import opus
from audiobook.audio.pcm import Pcm
from audiobook.clips.clip import Clip
from audiobook.files import digest

_SIZE_CODE: Final = "H"
_SAMPLES: Final = 1
"""Version of the form in which samples are kept."""


class Encoding(msgspec.Struct, frozen=True):
    """How a clip is encoded besides MP3.

    Attributes:
        codec: The codec.
        kbits: Average bit rate in kbit/s; 0 for samples.
    """

    codec: Literal["aac", "opus", "pcm"]
    kbits: int = 0

    @property
    def is_lossless(self) -> bool:
        """Whether it keeps every sample, so that it can only be made when a clip is spoken."""
        return self.codec == "pcm"

    @property
    def identity(self) -> str:
        """Everything that affects the packets."""
        return _identity(self)


def lack_speech(missing: Iterable[Encoding]) -> bool:
    """Return whether a clip that lacks these encodings must be spoken for them."""
    return any(encoding.is_lossless for encoding in missing)


@lru_cache(maxsize=16)
def _identity(encoding: Encoding) -> str:
    if encoding.is_lossless:
        return f"pcm {_SAMPLES}"
    made = aac.aac_identity if encoding.codec == "aac" else opus.opus_identity
    return made(encoding.kbits)


class EncodedShape(msgspec.Struct, frozen=True, array_like=True):
    """The description of an encoded clip without its packets.

    Attributes:
        rate_hz: Sample rate of the clip.
        sizes: Length of each packet, as 16-bit numbers; empty for samples.
    """

    rate_hz: int
    sizes: bytes

    def packet_sizes(self) -> array[int]:
        """Return the length of each packet in bytes."""
        return array(_SIZE_CODE, self.sizes)

    @property
    def packet_count(self) -> int:
        """Number of packets."""
        return len(self.sizes) // array(_SIZE_CODE).itemsize


class EncodedClip(msgspec.Struct, frozen=True):
    """An encoded clip: its shape, and its packets one after another, or its samples."""

    shape: EncodedShape
    data: bytes


def encoded_key(frames_sha256: str, encoding: str) -> str:
    """Return the key of an encoded clip.

    Args:
        frames_sha256: Digest of its MP3 frames, since a clip may be replaced by a better one under the same key.
        encoding: `Encoding.identity`.
    """
    return digest(f"{encoding} {frames_sha256}".encode())


def sound_of(clip: Clip) -> Pcm:
    """Decode the frames of a clip, and return its samples, followed by a little silence."""
    pcm = decode_frames(clip.data, clip.shape.rate_hz)
    return pcm.part(STITCH_DELAY_SAMPLES, len(pcm))


def encode_sound(sound: Pcm, speech_samples: int, encoding: Encoding) -> EncodedClip:
    """Return a clip in another encoding, from its first sample to the end of its speech.

    Args:
        sound: Its sound; see `sound_of`, or `Clip.speech` for a lossless encoding.
        speech_samples: Length of the speech.
        encoding: How to encode it.
    """
    if encoding.is_lossless:
        return EncodedClip(EncodedShape(sound.rate_hz, b""), bytes(sound.samples))
    if encoding.codec == "aac":
        frames = -(-speech_samples // aac.FRAME_SAMPLES)
        packets = aac.encode_aac(sound.part(0, frames * aac.FRAME_SAMPLES), encoding.kbits)
    else:
        packets = opus.encode_opus(sound.part(0, speech_samples), encoding.kbits)
    sizes = array(_SIZE_CODE, map(len, packets))
    return EncodedClip(EncodedShape(sound.rate_hz, sizes.tobytes()), b"".join(packets))
