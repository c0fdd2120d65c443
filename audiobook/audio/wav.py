"""Samples in WAV files, read without a decoder, of one channel at any depth or of two at 16 bits, and written.

Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", "WAVE"; Microsoft, "Multiple
channel audio data and WAVE files". Samples become the same 16 bits as with FFmpeg's libswresample.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterable
from typing import Final

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm

_SIZE_UNKNOWN: Final = 0x7FFF_F000
"""Declared lengths of at least this mean that the header was written before the length was known; so does 0."""
_MOST_CHUNKS: Final = 1000
_INTEGERS, _FLOATS, _EXTENSIBLE = 1, 3, 0xFFFE
"""Sample formats (`wFormatTag`); the last one means that the extension states the format."""
_KIND_END: Final = bytes.fromhex("000000001000800000aa00389b71")
"""The rest of the GUID (`SubFormat`) in the extension, after the format."""
_SIGN: Final = bytes(value ^ 0x80 for value in range(256))
_LEAST, _MOST = -(1 << 15), (1 << 15) - 1


class Wav(msgspec.Struct, frozen=True):
    """A WAV file.

    Attributes:
        kind: Sample format: 1 for integers, 3 for floats.
        channels: Number of channels.
        rate_hz: Sample rate.
        sample_bytes: Size of a sample of one channel.
        data: The samples, little-endian, channels interleaved.
    """

    kind: int
    channels: int
    rate_hz: int
    sample_bytes: int
    data: memoryview

    @property
    def is_plain(self) -> bool:
        """Whether `mono_16_bit` can read it."""
        if self.channels == 1:
            return self.sample_bytes in ((1, 2, 3, 4) if self.kind == _INTEGERS else (4, 8))
        return (self.kind, self.channels, self.sample_bytes) == (_INTEGERS, 2, SAMPLE_BYTES)

    def mono_16_bit(self) -> bytes:
        """Return the samples as 16-bit integers in one channel; requires `is_plain`."""
        frame_bytes = self.channels * self.sample_bytes
        data = self.data[: len(self.data) - len(self.data) % frame_bytes]
        if self.channels == 2:
            return _mixed(data)
        if self.kind == _FLOATS:
            return _rounded(data.cast("f" if self.sample_bytes == 4 else "d"))
        if self.sample_bytes == SAMPLE_BYTES:
            return bytes(data)
        whole = bytearray(len(data) // self.sample_bytes * SAMPLE_BYTES)
        if self.sample_bytes == 1:  # 8-bit samples are unsigned
            whole[1::2] = bytes(data).translate(_SIGN)
        else:  # little-endian, so the upper two bytes are the last
            whole[0::2] = data[self.sample_bytes - 2 :: self.sample_bytes]
            whole[1::2] = data[self.sample_bytes - 1 :: self.sample_bytes]
        return bytes(whole)


def read_wav(data: bytes) -> Wav | None:
    """Read a WAV file; None if the data is something else, or violates the specification.

    Raises:
        ValueError: It is truncated.
    """
    form: bytes | None = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            return None
        name, length = struct.unpack_from("<4sI", data, at)
        at += 8
        if name == b"data":
            is_known = 0 < length < _SIZE_UNKNOWN
            if is_known and at + length > len(data):
                raise ValueError("it is truncated")
            return _wav(data[:12], form, memoryview(data)[at : at + length if is_known else len(data)])
        if name == b"fmt ":
            form = data[at : at + length]
        at += length + length % 2
    raise ValueError(f"it has more than {_MOST_CHUNKS} chunks before the audio")


def encode_wav(sound: Pcm, maker: str) -> bytes:
    """Return a WAV file, whose information names its maker (`ISFT`, before the samples)."""
    form = struct.pack(
        "<HHIIHH",
        _INTEGERS,
        1,
        sound.rate_hz,
        sound.rate_hz * SAMPLE_BYTES,
        SAMPLE_BYTES,
        8 * SAMPLE_BYTES,
    )
    information = b"INFO" + _chunk(b"ISFT", maker.encode("ascii") + b"\0")
    chunks = (_chunk(b"fmt ", form), _chunk(b"LIST", information), _chunk(b"data", bytes(sound.samples)))
    return _chunk(b"RIFF", b"".join((b"WAVE", *chunks)))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2)


def _wav(head: bytes, form: bytes | None, data: memoryview) -> Wav | None:
    if head[:4] != b"RIFF" or head[8:] != b"WAVE" or form is None or len(form) < 16:
        return None
    kind, channels, rate_hz, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", form)
    if kind == _EXTENSIBLE:
        if (
            len(form) < 40
            or form[26:40] != _KIND_END
            or int.from_bytes(form[18:20], "little") not in (0, bits)
        ):
            return None
        kind = int.from_bytes(form[24:26], "little")
    if kind not in (_INTEGERS, _FLOATS) or not channels or not rate_hz or bits % 8:
        return None
    return Wav(kind, channels, rate_hz, bits // 8, data) if frame_bytes == channels * bits // 8 else None


def _mixed(data: memoryview) -> bytes:
    """Return the mean of two channels, rounded up from a half."""
    samples = array("h", bytes(data))
    return array(
        "h", [(left + right + 1) >> 1 for left, right in zip(samples[::2], samples[1::2], strict=True)]
    ).tobytes()


def _rounded(samples: Iterable[float]) -> bytes:
    """Return floats from -1 to 1 as 16-bit integers; larger values are clipped."""
    full = _MOST + 1
    return array(
        "h",
        [max(_LEAST, min(_MOST, round(sample * full))) if math.isfinite(sample) else 0 for sample in samples],
    ).tobytes()
