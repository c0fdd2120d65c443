"""Splitting an Opus packet into packets of one frame each.

Source: RFC 6716, section 3.2 (frame packing).
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Final

_CODE: Final = 0x03
"""The bits of the first byte that say how many frames a packet has; the others are the same for each frame."""
_ONE, _TWO_EQUAL, _TWO = range(3)
_COUNT: Final = 0x3F
_PADDED: Final = 0x40
_VARIABLE: Final = 0x80
_LONG: Final = 252
"""From this value on, a length has a second byte, which counts in units of four."""


def packets_of_frames(packet: bytes) -> list[bytes]:
    """Return a packet for each frame of a packet.

    Args:
        packet: A packet without padding, as encoders make it at a variable bit rate.
    """
    code = packet[0] & _CODE
    if code == _ONE:
        return [packet]
    first = bytes((packet[0] & ~_CODE,))
    sizes, start = _sizes(packet)
    ends = accumulate(sizes, initial=start)
    return [first + packet[at:end] for at, end in pairwise(ends)]


def _sizes(packet: bytes) -> tuple[list[int], int]:
    """Return the length of each frame in bytes, and the offset of the first frame in the packet."""
    code, count, at = packet[0] & _CODE, 2, 1
    if code not in (_TWO_EQUAL, _TWO):
        assert not packet[1] & _PADDED
        count, at = packet[1] & _COUNT, 2
    is_variable = code == _TWO or (code != _TWO_EQUAL and bool(packet[1] & _VARIABLE))
    if not is_variable:
        return [(len(packet) - at) // count] * count, at
    sizes: list[int] = []
    for _ in range(count - 1):
        size, at = packet[at], at + 1
        if size >= _LONG:
            size, at = size + 4 * packet[at], at + 1
        sizes.append(size)
    return [*sizes, len(packet) - at - sum(sizes)], at
