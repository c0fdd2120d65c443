"""Pages of an Ogg stream, so that the same packets always give the same bytes.

Source: RFC 3533, section 6 (page format). Its checksum has the polynomial of zlib's, but the bits in the opposite order.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

CONTINUED: Final = 1
"""The page begins with the rest of a packet."""
FIRST: Final = 2
LAST: Final = 4
_MOST_SEGMENTS: Final = 255
_SEGMENT_BYTES: Final = 255
_HEAD: Final = struct.Struct("<4sBBqIIIB")
_CHECKSUM_AT: Final = 22
_UNFINISHED: Final = -1
"""The granule position of a page on which no packet ends."""
_ALL: Final = 0xFFFF_FFFF
_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def checksum(data: bytes) -> int:
    """Return the checksum of a page whose own field is 0."""
    mirrored = zlib.crc32(data.translate(_MIRRORED), _ALL) ^ _ALL
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRRORED), "big")


def page(serial: int, number: int, granule: int, flags: int, lacing: bytes, body: bytes) -> bytes:
    """Return a page.

    Args:
        serial: Number of the stream.
        number: Number of the page, from 0.
        granule: Position at the end of the last packet that ends on the page.
        flags: Sum of `CONTINUED`, `FIRST` and `LAST`.
        lacing: Lengths of the segments, at most 255 of them.
        body: The segments.
    """
    head = _HEAD.pack(b"OggS", 0, flags, granule, serial, number, 0, len(lacing)) + lacing
    made = bytearray(head + body)
    struct.pack_into("<I", made, _CHECKSUM_AT, checksum(bytes(made)))
    return bytes(made)


def lacing_of(sizes: Sequence[int]) -> bytes:
    """Return the lengths of the segments of whole packets, by the lengths of the packets."""
    if max(sizes) < _SEGMENT_BYTES:
        return bytes(list(sizes))  # the bytes of an array would be those of its memory
    return b"".join(b"\xff" * (size // _SEGMENT_BYTES) + bytes((size % _SEGMENT_BYTES,)) for size in sizes)


def head_pages(packets: Sequence[bytes], serial: int) -> Iterator[bytes]:
    """Yield the pages of the first packets of a stream, each beginning on a new page."""
    number, most_bytes = 0, _MOST_SEGMENTS * _SEGMENT_BYTES
    for packet in packets:
        lacing = lacing_of([len(packet)])
        for at in range(0, len(lacing), _MOST_SEGMENTS):
            segments = lacing[at : at + _MOST_SEGMENTS]
            start = at * _SEGMENT_BYTES
            flags = (0 if number else FIRST) | (CONTINUED if at else 0)
            granule = 0 if at + _MOST_SEGMENTS >= len(lacing) else _UNFINISHED
            yield page(serial, number, granule, flags, segments, packet[start : start + most_bytes])
            number += 1
