"""Encoding samples to Opus packets with libopus, in this process.

Only the MDCT coder of Opus (CELT) is used, because its packets can be joined: a packet of silence resets the state of
the decoder, so a clip that begins with silence is decoded to the same samples anywhere in a book. The speech coder
(SILK) keeps more state. Its sound also differs in phase from the original, so that their correlation is below 0.95.

Source: RFC 6716 (the codec), RFC 7845 (Ogg Opus: the identification header, the pre-skip).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from audiobook.audio.filters import frame_of
from audiobook.audio.noise_floor import Floor, quiet
from audiobook.audio.ogg.frames import packets_of_frames
from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.pyav import SOUND_FILES, require_pyav
from audiobook.audio.resample import resample

RATE_HZ: Final = 48_000
"""The unit of all times in a stream, and the rate of decoders; the encoder may be given less."""
FRAME_SAMPLES: Final = 960
"""Number of samples in a frame: 20 ms."""
_DELAY_SAMPLES: Final = 120
"""How much later than its position in the frames a sample is decoded."""
PRE_SKIP_SAMPLES: Final = FRAME_SAMPLES + _DELAY_SAMPLES
"""Number of samples that players cut at the start: the first packet, which is silence, and the delay."""
_MAKING: Final = 4
"""Version of the encoding in this module; increase it when equal samples give different packets."""
_RATES_HZ: Final = (8000, 12000, 16000, 24000)
"""Rates of the encoder. At 32 kbit/s, speech is nearer to the original without frequencies above 12 kHz."""
_OPTIONS: Final = {
    "application": "lowdelay",  # CELT alone
    # At 32 kbit/s the spectrum of speech is nearer to the original than at any higher complexity, in half the time.
    "compression_level": "0",
    # Packets of six frames, which are then taken apart, because each packet takes PyAV as long as half a frame takes the encoder.
    "frame_duration": "120",
    # At a constrained rate, passages with many sibilants get too few bits (correlation 0.975 instead of 0.981).
    "vbr": "on",
}
_PACKET_FRAMES: Final = 6
_BITS_PER_KBIT: Final = 1290
"""Bits per second for each kbit/s asked for. In packets of several frames, the encoder keeps below the bit rate that it is given; with
this one, files are as long as with 3 % more than asked for in packets of one frame, and the correlation of passages with many sibilants
stays above 0.98."""
_SHORT_S: Final = 2
_SHORT_BITS_PER_KBIT: Final = 1500
"""The same for shorter clips, mostly headings. The encoder has no time to adapt to them: with fewer bits, the correlation of words with
many sibilants is only 0.973."""
_PIECE_FRAMES: Final = 60


def opus_identity(kbits: int) -> str:
    """Return the encoder's name, version and settings; its output depends on all of them."""
    require_pyav(SOUND_FILES)
    import av

    # A wheel of PyAV includes one version of libopus, which does not report its version through FFmpeg.
    return f"opus {_MAKING}, PyAV {av.__version__}, {kbits} kbit/s"


def opus_head(rate_hz: int) -> bytes:
    """Return the identification header of a mono stream, which was encoded from sound with this sample rate."""
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, PRE_SKIP_SAMPLES, rate_hz, 0, 0)


def encode_opus(pcm: Pcm, kbits: int) -> tuple[bytes, ...]:
    """Encode audio, after a frame of silence and filled up with silence to whole frames.

    Args:
        pcm: The audio, at a sample rate that MP3 supports.
        kbits: Target of the variable bit rate in kbit/s; speech takes up to a fifth more, and up to half more if it is
            shorter than two seconds.

    Returns:
        The packets. The first one is silence, and the sound begins `_DELAY_SAMPLES` into the second.
    """
    require_pyav(SOUND_FILES)
    import av

    rate_hz = next((rate for rate in _RATES_HZ if rate >= pcm.rate_hz), _RATES_HZ[-1])
    sound = resample(pcm, rate_hz)
    step = rate_hz * FRAME_SAMPLES // RATE_HZ
    count = 1 - (-(len(sound) + rate_hz * _DELAY_SAMPLES // RATE_HZ) // step)
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = rate_hz, "mono", "s16"
    is_short = len(pcm) < _SHORT_S * pcm.rate_hz
    codec.bit_rate = kbits * (_SHORT_BITS_PER_KBIT if is_short else _BITS_PER_KBIT)
    codec.thread_count = 1
    codec.options = dict(_OPTIONS)
    filled = bytes(step * SAMPLE_BYTES) + bytes(sound.samples)
    whole = -(-count // _PACKET_FRAMES) * _PACKET_FRAMES
    filled += bytes(whole * step * SAMPLE_BYTES - len(filled))
    packets: list[bytes] = []
    for start in range(0, len(filled), _PIECE_FRAMES * step * SAMPLE_BYTES):
        piece = filled[start : start + _PIECE_FRAMES * step * SAMPLE_BYTES]
        frame = frame_of(piece, rate_hz, start // SAMPLE_BYTES)
        packets.extend(map(bytes, codec.encode(frame)))
    packets.extend(map(bytes, codec.encode(None)))  # another packet with nothing but the delay may follow
    frames = tuple(chain.from_iterable(map(packets_of_frames, packets)))
    assert len(frames) >= count
    return frames[:count]


@lru_cache(maxsize=64)
def quiet_packets(count: int, rate_hz: int, kbits: int, floor: Floor | None) -> Sequence[bytes]:
    """Return packets of silence, or of the noise floor of a voice, to be placed between encodings."""
    if floor is None:
        return (_silent_packet(rate_hz, kbits),) * count
    return encode_opus(quiet(count * rate_hz * FRAME_SAMPLES // RATE_HZ, rate_hz, floor), kbits)[:count]


@lru_cache(maxsize=4)
def _silent_packet(rate_hz: int, kbits: int) -> bytes:
    return encode_opus(Pcm(b"", rate_hz), kbits)[0]
