"""Measuring loudness, in plain Python: only voices are measured, and each only once.

Source: ITU-R BS.1770-4 (filters, blocks and gates) and EBU R 128; the filters at other sample rates than 48 kHz are those of
libebur128 and FFmpeg. As in FFmpeg's `ebur128`, blocks are counted in steps of 0.01 LU, so that both agree on a voice.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from statistics import fmean
from typing import Final, NamedTuple

from audiobook.audio.pcm import Pcm

_QUIETEST_LUFS: Final = -70.0
"""Quieter blocks are never counted."""
_OFFSET_LU: Final = -0.691
"""With this offset, a full-scale sine of 997 Hz measures -3.01 LUFS."""
_GATE_LU: Final = -10.0
"""Blocks that are this much quieter than the mean of the others are not counted either."""
_STEPS_PER_LU: Final = 100
_PARTS_PER_S: Final = 10
_BLOCK_PARTS: Final = 4
"""A block is 0.4 s long, and one begins every 0.1 s."""
_FULL_SCALE: Final = 1 << 15


def loudness_lufs(pcm: Pcm) -> float:
    """Return the integrated loudness of audio as one mono channel, as is usual for podcasts.

    Args:
        pcm: At least 0.4 s; shorter audio has the loudness of silence, -70.0.
    """
    powers = [power for power in _block_powers(pcm) if _lufs(power) >= _QUIETEST_LUFS]
    if not powers:
        return _QUIETEST_LUFS
    least = _step(_lufs(fmean(powers)) + _GATE_LU)
    steps = [step for power in powers if (step := _step(_lufs(power))) >= least]
    return round(_lufs(fmean(map(_power, steps))), 3)


def _lufs(power: float) -> float:
    return _OFFSET_LU + 10 * math.log10(power) if power > 0 else -math.inf


def _step(lufs: float) -> int:
    return max(0, math.floor((lufs - _QUIETEST_LUFS) * _STEPS_PER_LU))


def _power(step: int) -> float:
    lufs = _QUIETEST_LUFS + step / _STEPS_PER_LU
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


def _block_powers(pcm: Pcm) -> Iterator[float]:
    """Yield the mean square of each block."""
    count = pcm.rate_hz // _PARTS_PER_S
    sums = list(_filtered_squares(pcm, count))
    for start in range(len(sums) - _BLOCK_PARTS + 1):
        yield math.fsum(sums[start : start + _BLOCK_PARTS]) / (_BLOCK_PARTS * count * _FULL_SCALE**2)


class _Filter(NamedTuple):
    """A filter of the second order: its numerator, and its denominator after the 1."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def _head_filter(rate_hz: int) -> _Filter:
    """Return the first filter, for the effect of a head: a shelf of 4 dB for frequencies above 1.7 kHz."""
    quality = 0.7071752369554196
    slope = math.tan(math.pi * 1681.974450955533 / rate_hz)
    high = 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    whole = 1 + slope / quality + slope**2
    return _Filter(
        (high + middle * slope / quality + slope**2) / whole,
        2 * (slope**2 - high) / whole,
        (high - middle * slope / quality + slope**2) / whole,
        2 * (slope**2 - 1) / whole,
        (1 - slope / quality + slope**2) / whole,
    )


def _rumble_filter(rate_hz: int) -> _Filter:
    """Return the second filter, which removes frequencies below 38 Hz."""
    quality = 0.5003270373238773
    slope = math.tan(math.pi * 38.13547087602444 / rate_hz)
    whole = 1 + slope / quality + slope**2
    return _Filter(1.0, -2.0, 1.0, 2 * (slope**2 - 1) / whole, (1 - slope / quality + slope**2) / whole)


def _filtered_squares(pcm: Pcm, count: int) -> Iterator[float]:
    """Yield the sum of the squares of each `count` samples after both filters; the samples are on a scale of 16 bits."""
    b0, b1, b2, a1, a2 = _head_filter(pcm.rate_hz)
    _, _, _, c1, c2 = _rumble_filter(pcm.rate_hz)
    samples = array("h", bytes(pcm.samples))
    u1 = u2 = v1 = v2 = 0.0
    for start in range(0, len(samples) - count + 1, count):
        total = 0.0
        for sample in samples[start : start + count]:
            u0 = sample - a1 * u1 - a2 * u2
            v0 = b0 * u0 + b1 * u1 + b2 * u2 - c1 * v1 - c2 * v2
            heard = v0 - v1 - v1 + v2
            total += heard * heard
            # This loop takes all the time; one assignment of four values would make a tuple for each sample.
            u2 = u1
            u1 = u0
            v2 = v1
            v1 = v0
        yield total
