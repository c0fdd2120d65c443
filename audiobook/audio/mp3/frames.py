"""MPEG audio Layer III frames: reading their headers, and the Info frame with a file's length.

Source: ISO/IEC 11172-3 and 13818-3, section 2.4.1.3 (header); Gabriel Bouvigne, "Mp3 Info Tag rev 1" and
LAME's `VbrTag.c` (Info frame).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

_RATES_HZ: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Sample rates by the header's version bits: 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5."""
RATES_HZ: Final = frozenset(rate for rates in _RATES_HZ.values() for rate in rates)
"""All sample rates that MP3 supports."""
_KBITS_V1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_V2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_LAYER_III: Final = 1
_MONO: Final = 3
_HEADER_BYTES: Final = 4

DECODER_DELAY_SAMPLES: Final = 529
"""The delay of every Layer III decoder. Gapless players know it, so files do not state it."""
ENCODER_DELAY_SAMPLES: Final = 576
"""The number of samples that LAME adds before the first one."""
STITCH_DELAY_SAMPLES: Final = ENCODER_DELAY_SAMPLES + DECODER_DELAY_SAMPLES
"""How much later than its position in the frames a sample is decoded; players cut as much at the start."""

_SEEK_POINTS: Final = 100
_HAS_FRAMES_BYTES_SEEK_QUALITY: Final = 0x0F
_LAME_BYTES: Final = 36
_INFO_BYTES: Final = 4 + 4 + 4 + 4 + _SEEK_POINTS + 4 + _LAME_BYTES


class FrameError(ValueError):
    """The data is not a valid frame. Callers convert this to an error that names the file."""


class FrameHeader(msgspec.Struct, frozen=True):
    """The four header bytes of a frame.

    Attributes:
        version: 3 for MPEG-1, 2 for MPEG-2, 0 for MPEG-2.5.
        kbits: Bit rate in kbit/s.
        rate_hz: Sample rate.
        padded: Whether the frame is one byte longer.
        mono: Whether there is only one channel.
        checked: Whether a 16-bit checksum follows the header.
    """

    version: int
    kbits: int
    rate_hz: int
    padded: bool
    mono: bool
    checked: bool

    @property
    def samples(self) -> int:
        """Number of samples per channel in the frame."""
        return 1152 if self.version == 3 else 576

    @property
    def length_bytes(self) -> int:
        """Length of the frame in bytes, including its header."""
        return self.samples // 8 * self.kbits * 1000 // self.rate_hz + self.padded

    @property
    def side_bytes(self) -> int:
        """Length of the side information after the header, in bytes."""
        if self.version == 3:
            return 17 if self.mono else 32
        return 9 if self.mono else 17

    def encode(self) -> bytes:
        """Return the header's bytes. The bits not stored here (private, copyright, emphasis, mode) are zero."""
        kbits = _KBITS_V1 if self.version == 3 else _KBITS_V2
        second = 0xE0 | self.version << 3 | _LAYER_III << 1 | (not self.checked)
        third = (
            kbits.index(self.kbits) << 4 | _RATES_HZ[self.version].index(self.rate_hz) << 2 | self.padded << 1
        )
        return bytes((0xFF, second, third, _MONO << 6 if self.mono else 0))


def parse_header(data: bytes | memoryview, offset: int = 0) -> FrameHeader:
    """Read the frame header at an offset.

    Raises:
        FrameError: There is no frame header at the offset.
    """
    if len(data) < offset + 4 or data[offset] != 0xFF or data[offset + 1] & 0xE0 != 0xE0:
        raise FrameError(f"no frame at byte {offset}")
    second, third, fourth = data[offset + 1], data[offset + 2], data[offset + 3]
    version, layer = second >> 3 & 3, second >> 1 & 3
    kbits, rate = third >> 4, third >> 2 & 3
    if version == 1 or layer != _LAYER_III or kbits in (0, 15) or rate == 3:
        raise FrameError(f"no Layer III frame at byte {offset}")
    return FrameHeader(
        version=version,
        kbits=(_KBITS_V1 if version == 3 else _KBITS_V2)[kbits],
        rate_hz=_RATES_HZ[version][rate],
        padded=bool(third >> 1 & 1),
        mono=fourth >> 6 == _MONO,
        checked=not second & 1,
    )


def frames(data: bytes | memoryview) -> Iterator[tuple[int, FrameHeader]]:
    """Yield the (offset, header) of each frame of a stream that consists of complete frames.

    Raises:
        FrameError: The stream contains something else, or the last frame is truncated.
    """
    offset = 0
    while offset < len(data):
        header = parse_header(data, offset)
        if offset + header.length_bytes > len(data):
            raise FrameError(f"the frame at byte {offset} is truncated")
        yield offset, header
        offset += header.length_bytes


def whole_frames(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces that end with a frame.

    Args:
        pieces: Complete frames and nothing else, in pieces of any length.

    Raises:
        FrameError: The data contains anything else, or the last frame is truncated.
    """
    rest = b""
    for piece in pieces:
        data, at = rest + piece, 0
        while at + _HEADER_BYTES <= len(data):
            end = at + parse_header(data, at).length_bytes
            if end > len(data):
                break
            at = end
        if at:
            yield data[:at]
        rest = data[at:]
    if rest:
        raise FrameError("the last frame is truncated")


def count_frames(data: bytes) -> int:
    """Count the frames of one encoding. Ten times faster than `frames`, but requires a constant header.

    Raises:
        FrameError: The data contains anything other than frames like the first, or the last frame is truncated.
    """
    return sum(1 for _ in frame_edges((data,))) - 1


def frame_offsets(pieces: Iterable[bytes], numbers: Sequence[int]) -> list[int]:
    """Return the byte offsets of some frames, for a constant header, as fast as `count_frames`.

    Args:
        pieces: Complete frames and nothing else, in pieces of any length.
        numbers: Frame numbers, from 0. The total number of frames gives the end of the last frame.

    Raises:
        FrameError: The data contains anything other than frames like the first, or too few of them.
    """
    wanted = frozenset(numbers)
    found = {number: offset for number, offset in enumerate(frame_edges(pieces)) if number in wanted}
    if len(found) < len(wanted):
        raise FrameError("there are too few frames")
    return [found[number] for number in numbers]


def frame_edges(pieces: Iterable[bytes]) -> Iterator[int]:
    """Yield the byte offset of each frame of one encoding, and of the end of the last one; see `frame_offsets`."""
    lengths: dict[int, int] = {}
    second = passed = at = 0
    rest = b""
    for piece in pieces:
        data = rest + piece
        if not lengths and len(data) >= _HEADER_BYTES:
            lengths, second = _lengths(data), data[1]
        try:
            while at <= len(data) - _HEADER_BYTES:
                if data[at] != 0xFF or data[at + 1] != second:
                    raise FrameError(f"no frame at byte {passed + at}")
                yield passed + at
                at += lengths[data[at + 2]]
        except KeyError as error:
            raise FrameError(f"no frame like the first at byte {passed + at}") from error
        used = min(at, len(data))
        rest, passed, at = data[used:], passed + used, at - used
    if rest:
        raise FrameError(f"no frame at byte {passed}")
    if at:
        raise FrameError("the last frame is truncated")
    yield passed


def _lengths(data: bytes) -> dict[int, int]:
    """Return the lengths in bytes of frames like the first, by the third byte of their headers."""
    first = parse_header(data)
    return {
        data[2] & 0xFD | padded << 1: replace(first, padded=padded).length_bytes for padded in (False, True)
    }


_MOST_STATED_BYTES: Final = 0xFFFF_FFFF
_UNKNOWN_BYTES: Final = 0
"""Stated for lengths of more than 32 bits: FFmpeg then uses the length of the file, and still the number of frames."""


def frame_samples(rate_hz: int) -> int:
    """Return the number of samples in a frame at a sample rate."""
    return 1152 if rate_hz >= 32000 else 576


class StreamShape(msgspec.Struct, frozen=True):
    """What the Info frame states about the frames that follow it.

    Attributes:
        first: Header of the first frame.
        frame_count: Number of frames that follow.
        length_bytes: Total length of these frames, in bytes.
        seek_bytes: For each hundredth of the playing time, the byte offset at which it starts, counted from the
            first frame that follows; 100 entries, ascending.
        encoder: Short name of the encoder, at most nine bytes.
    """

    first: FrameHeader
    frame_count: int
    length_bytes: int
    seek_bytes: Sequence[int]
    encoder: bytes = b"LAME"


def info_frame(shape: StreamShape) -> bytes:
    """Return the Info frame, the first frame of a file with constant bit rate.

    Without it, players guess the length. It also makes a gapless player drop the first `STITCH_DELAY_SAMPLES` decoded
    samples, and none at the end. The decoded length is then exactly `frame_count` frames minus that delay.
    """
    header = _roomy(shape.first)
    total = header.length_bytes + shape.length_bytes
    size_bytes = total if total <= _MOST_STATED_BYTES else _UNKNOWN_BYTES
    seek = bytes(min(255, (header.length_bytes + at) * 256 // total) for at in shape.seek_bytes)
    body = b"".join(
        (
            b"Info",
            struct.pack(">III", _HAS_FRAMES_BYTES_SEEK_QUALITY, shape.frame_count, size_bytes),
            seek,
            struct.pack(">I", 100),
            _lame_extension(shape.encoder, shape.first.kbits, size_bytes),
        )
    )
    start = header.encode() + bytes(header.side_bytes) + body
    tag = start[:-2]
    return tag + struct.pack(">H", crc16(tag)) + bytes(header.length_bytes - len(start))


def _roomy(first: FrameHeader) -> FrameHeader:
    """Return a header like the first frame's, with a bit rate at which the frame has room for the Info tag."""
    table = _KBITS_V1 if first.version == 3 else _KBITS_V2
    for kbits in table[table.index(first.kbits) :]:
        header = FrameHeader(
            first.version, kbits, first.rate_hz, padded=False, mono=first.mono, checked=False
        )
        if header.length_bytes >= 4 + header.side_bytes + _INFO_BYTES:
            return header
    raise FrameError(f"no frame at {first.rate_hz} Hz is long enough for an Info tag")


def _lame_extension(encoder: bytes, kbits: int, total_bytes: int) -> bytes:
    """Return the 36 bytes after the quality: encoder, method, delays and length; the checksum is still zero."""
    delay, padding = ENCODER_DELAY_SAMPLES, DECODER_DELAY_SAMPLES
    return b"".join(
        (
            encoder[:9].ljust(9, b" "),
            bytes((0x01, 0)),  # revision 0 and constant bit rate; low-pass unknown
            bytes(8),  # no replay gain, because the level is set before encoding
            bytes((0, min(kbits, 255))),
            (delay << 12 | padding).to_bytes(3, "big"),
            bytes(4),  # misc, MP3 gain, preset
            struct.pack(">I", total_bytes),
            bytes(2),  # checksum of the music: unknown, and not read by players
            bytes(2),
        )
    )


def crc16(data: bytes) -> int:
    """Return the CRC-16/ARC checksum, which protects the Info tag.

    Source: LAME, `VbrTag.c`, `CRC_update_lookup`.
    """
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


class InfoTag(msgspec.Struct, frozen=True):
    """The content of a file's Info frame: frames that follow, total bytes including the Info frame, delay, padding."""

    frame_count: int
    total_bytes: int
    delay_samples: int
    padding_samples: int


def read_info(frame: bytes | memoryview) -> InfoTag:
    """Read the Info or Xing tag of a file's first frame.

    Raises:
        FrameError: The frame has no such tag.
    """
    header = parse_header(frame)
    at = 4 + header.side_bytes
    if bytes(frame[at : at + 4]) not in (b"Info", b"Xing") or len(frame) < at + _INFO_BYTES:
        raise FrameError("the first frame has no Info tag")
    _, frame_count, total = struct.unpack_from(">III", frame, at + 4)
    packed = int.from_bytes(frame[at + 141 : at + 144], "big")
    return InfoTag(frame_count, total, packed >> 12, packed & 0xFFF)
