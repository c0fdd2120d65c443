"""MP3 frames from samples, by LAME in this process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

from audiobook.audio.mp3_frames import STITCH_DELAY_SAMPLES, count_frames, frame_samples
from audiobook.audio.pcm import Pcm


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How to encode.

    Attributes:
        kbits: Kilobits a second, constant.
        quality: LAME's algorithm quality, 0 (slowest) to 9.
    """

    kbits: int
    quality: int


@dataclass(frozen=True, slots=True)
class Frames:
    """A stretch of sound as frames that can stand before and after any others.

    Attributes:
        data: Whole frames, one after the other, and nothing else.
        count: How many.
        rate_hz: Samples a second.
    """

    data: bytes
    count: int
    rate_hz: int

    @property
    def length_samples(self) -> int:
        """How long the frames sound: longer than what was encoded, because encoders add to the end."""
        return self.count * frame_samples(self.rate_hz)


@lru_cache(maxsize=1)
def encoder_identity() -> str:
    """Give the encoder's name and version, which its bytes depend on."""
    return f"lameenc {version('lameenc')}"


def encoder_name(data: bytes) -> bytes:
    """Give the short name that LAME leaves in the unused bytes of its frames, such as `LAME3.100`."""
    found = re.search(rb"LAME[0-9.]{1,5}", data)
    return found.group() if found else b"LAME"


def encode(parts: Iterable[Pcm], rate_hz: int, settings: EncoderSettings) -> Frames:
    """Encode sound on its own, so that its frames need no others.

    The encoder starts with an empty bit reservoir, so the first frame points at no earlier one. In a
    stitched file the sample `n` of the sound is decoded `STITCH_DELAY_SAMPLES` after the place of
    the first frame plus `n`, and the last of them well before the frames end.

    Args:
        parts: The sound, in pieces that follow each other; how it is cut changes nothing.
        rate_hz: Samples a second of all of them; a rate that MP3 knows.
        settings: Bit rate and quality.

    Returns:
        The frames.

    Raises:
        FrameError: LAME gave something else than whole frames: a bug, never a user's doing.
    """
    import lameenc  # noqa: PLC0415 - 3 MB, where sound is made and nowhere else

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
