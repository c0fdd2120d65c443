"""Encoding samples to MP3 frames with LAME, in this process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version

import msgspec

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, count_frames, frame_samples
from audiobook.audio.pcm import Pcm


class EncoderSettings(msgspec.Struct, frozen=True):
    """Encoder settings.

    Attributes:
        kbits: Constant bit rate in kbit/s.
        quality: LAME's algorithm quality, 0 (slowest) to 9.
    """

    kbits: int
    quality: int


class Frames(msgspec.Struct, frozen=True):
    """Encoded audio as frames that can be placed before and after any others.

    Attributes:
        data: Complete frames, and nothing else.
        count: Number of frames.
        rate_hz: Sample rate.
    """

    data: bytes
    count: int
    rate_hz: int

    @property
    def length_samples(self) -> int:
        """Length of the frames in samples. It exceeds that of the encoded audio, because encoders add padding."""
        return self.count * frame_samples(self.rate_hz)


@lru_cache(maxsize=1)
def encoder_identity() -> str:
    """Return the encoder's name and version; its output depends on both."""
    return f"lameenc {version('lameenc')}"


def encoder_name(data: bytes) -> bytes:
    """Return the short name that LAME leaves in unused bytes of its frames, such as `LAME3.100`."""
    found = re.search(rb"LAME[0-9.]{1,5}", data)
    return found.group() if found else b"LAME"


def encode(parts: Iterable[Pcm], rate_hz: int, settings: EncoderSettings) -> Frames:
    """Encode audio so that its frames do not depend on any others.

    The encoder starts with an empty bit reservoir, so the first frame does not refer to earlier ones. In a stitched
    file, sample `n` of the audio is decoded `STITCH_DELAY_SAMPLES` + `n` samples after the position of the first
    frame, and the last sample well before the end of the frames.

    Args:
        parts: The audio, in consecutive pieces; how it is divided does not matter.
        rate_hz: Sample rate of all pieces; one that MP3 supports.
        settings: Bit rate and quality.

    Returns:
        The frames.

    Raises:
        FrameError: LAME returned data that is not complete frames. This is a bug, not a mistake of the user.
    """
    import lameenc  # takes 3 MB, needed only for encoding

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(rate_hz)
    encoder.set_out_sample_rate(rate_hz)
    encoder.set_bit_rate(settings.kbits)
    encoder.set_quality(settings.quality)
    encoded: list[bytes] = []
    length_samples = 0
    for part in parts:
        encoded.append(bytes(encoder.encode(bytes(part.samples))))
        length_samples += len(part)
    encoded.append(bytes(encoder.flush()))
    data = b"".join(encoded)
    count = count_frames(data)
    assert count * frame_samples(rate_hz) >= length_samples + STITCH_DELAY_SAMPLES
    return Frames(data, count, rate_hz)
