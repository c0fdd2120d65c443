"""Encoding samples to AAC packets with FFmpeg's encoder, in this process.

A packet describes 2048 samples, of which the first half overlaps with the packet before. So the first packet of an encoding
describes nothing but the silence before it and the beginning of its first frame, and it may follow any other packet that
ends in silence.

Source: ISO/IEC 14496-3, sections 1.6.2.1 (AudioSpecificConfig) and 4.6.11 (filter bank).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from audiobook.audio.filters import frame_of
from audiobook.audio.noise_floor import Floor, quiet
from audiobook.audio.pcm import SAMPLE_BYTES, Pcm, silence
from audiobook.audio.pyav import SOUND_FILES, require_pyav

FRAME_SAMPLES: Final = 1024
"""Number of samples in a frame. Each encoding has one packet more than frames."""
PRIMING_SAMPLES: Final = FRAME_SAMPLES
"""How much later than its position in the frames a sample is decoded; players cut as much at the start."""
_MAKING: Final = 2
"""Version of the encoding in this module; increase it when equal samples give different packets."""
_RATES_HZ: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_OPTIONS: Final = {
    "aac_coder": "fast",
    # Constant quality: at the same size the sound is nearer to the original than at a constant bit rate, in half the time.
    "flags": "+qscale",
    # Noise made by the decoder would differ between players.
    "aac_pns": "0",
    # Temporal noise shaping moves the spectrum of speech away from the original (4.3 dB instead of 4.0), and takes time.
    "aac_tns": "0",
}
_QUALITY_PER_KBIT: Final = 1.25 / 64
"""A quality of 1.25 gives about 64 kbit/s for speech at 22 050 Hz."""
_WORST: Final = 0.5
_BEST: Final = 2.0
_LAMBDA: Final = 118
"""FFmpeg's unit of quality (`FF_QP2LAMBDA`)."""
_PIECE_FRAMES: Final = 64
_LOW_COMPLEXITY: Final = 2
_NO_SBR: Final = bytes.fromhex("56e500")
"""An extension that says that no band replication follows; without it, players look for one at low sample rates."""
_STEADY: Final = 2
"""Index of the first packet of encoded silence that no longer depends on how the encoding began."""


def aac_identity(kbits: int) -> str:
    """Return the encoder's name, version and settings; its output depends on all of them."""
    require_pyav(SOUND_FILES)
    import av

    version = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"aac {_MAKING}, libavcodec {version}, {kbits} kbit/s"


def load() -> None:
    """Import the library, so that processes forked later share it."""
    import av  # noqa: F401 - takes 60 ms and 20 MB


def decoder_config(rate_hz: int) -> bytes:
    """Return the AudioSpecificConfig of mono AAC-LC: what a decoder must know before the first packet."""
    packed = _LOW_COMPLEXITY << 11 | _RATES_HZ.index(rate_hz) << 7 | 1 << 3
    return packed.to_bytes(2, "big") + _NO_SBR


def encode_aac(pcm: Pcm, kbits: int) -> tuple[bytes, ...]:
    """Encode audio, filled up with silence to whole frames.

    Args:
        pcm: The audio, at a sample rate that MP3 supports.
        kbits: Approximate bit rate in kbit/s; the quality is constant.

    Returns:
        The packets, one more than frames.
    """
    require_pyav(SOUND_FILES)
    import av

    count = -(-len(pcm) // FRAME_SAMPLES)
    codec = av.CodecContext.create("aac", "w")
    codec.sample_rate, codec.layout, codec.format = pcm.rate_hz, "mono", "fltp"
    codec.bit_rate = kbits * 1000
    codec.thread_count = 1
    codec.flags |= int(av.codec.context.Flags.bitexact)
    quality = min(_BEST, max(_WORST, _QUALITY_PER_KBIT * kbits))
    codec.options = {**_OPTIONS, "global_quality": str(round(quality * _LAMBDA))}
    filled = bytes(pcm.samples) + bytes((count * FRAME_SAMPLES - len(pcm)) * SAMPLE_BYTES)
    packets: list[bytes] = []
    for start in range(0, len(filled), _PIECE_FRAMES * FRAME_SAMPLES * SAMPLE_BYTES):
        piece = filled[start : start + _PIECE_FRAMES * FRAME_SAMPLES * SAMPLE_BYTES]
        frame = frame_of(piece, pcm.rate_hz, start // SAMPLE_BYTES)
        packets.extend(map(bytes, codec.encode(frame)))
    packets.extend(map(bytes, codec.encode(None)))
    assert len(packets) == count + 1
    return tuple(packets)


@lru_cache(maxsize=64)
def quiet_packets(count: int, rate_hz: int, kbits: int, floor: Floor | None) -> Sequence[bytes]:
    """Return packets of silence, or of the noise floor of a voice, to be placed between encodings."""
    if floor is None:
        return (_silent_packet(rate_hz, kbits),) * count
    return encode_aac(quiet((count + 1) * FRAME_SAMPLES, rate_hz, floor), kbits)[1 : count + 1]


@lru_cache(maxsize=4)
def _silent_packet(rate_hz: int, kbits: int) -> bytes:
    return encode_aac(silence(3 * FRAME_SAMPLES, rate_hz), kbits)[_STEADY]
