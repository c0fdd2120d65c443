"""Loudness: one gain for a whole voice, reduced where a peak would be too high.

FFmpeg's limiter would do, but takes 50 % longer and loads 18 MB of libraries into every worker. This one
examines only the parts that are too loud, about one sixteenth of speech. The gain changes at zero crossings so
that no step is audible, from shortly before the peak until 50 ms after it. `tests/audio` compares the result with
FFmpeg's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.samples import amplified, peaks

_BLOCK_STEPS: Final = 8
_STEPS_A_SECOND: Final = 200
"""The gain is one number per step of 5 ms."""
_GROUP_BLOCKS: Final = 6
_BLOCKS_BEFORE: Final = 1
_BLOCKS_AFTER: Final = 2
_ATTACK_A_STEP: Final = 0.25
_RELEASE_A_STEP: Final = 0.1
_SIGNS: Final = b"\0" * 128 + b"\1" * 128
"""The sign of a little-endian sample, by its second byte."""


def level(pcm: Pcm, gain_db: float, ceiling_db: float) -> Pcm:
    """Change the level of a sentence and keep its peaks below a ceiling.

    Args:
        pcm: A sentence, or a pause.
        gain_db: Gain in dB.
        ceiling_db: Highest sample allowed in the result, in dBFS; at most 0.

    Returns:
        The sentence. Every sample keeps its position.
    """
    factor = 10 ** (gain_db / 20)
    highest = int(32767 * 10 ** (ceiling_db / 20) / factor)
    step = pcm.rate_hz // _STEPS_A_SECOND
    parts: list[tuple[int, int, float]] = []
    for start, end, loud in _stretches(pcm, step * _BLOCK_STEPS, highest):
        if not loud:
            parts.append((start, end, factor))
            continue
        edges = _edges(pcm, start, end, step)
        gains = _gains(_heights(pcm, edges, loud), highest)
        first = 0
        for at in range(1, len(gains) + 1):
            if at == len(gains) or gains[at] != gains[first]:
                parts.append((edges[first], edges[at], factor * gains[first]))
                first = at
    return amplified(pcm, parts)


def _stretches(pcm: Pcm, block: int, highest: int) -> Iterator[tuple[int, int, list[int]]]:
    """Yield consecutive parts, each with a start, an end, and the numbers of its blocks with a peak above `highest`.

    A part with such a block has others before and after it; a part without is to be amplified as it is.
    """
    edges = [*range(0, len(pcm), block), len(pcm)]
    count = len(edges) - 1
    start = end = 0
    loud: list[int] = []
    for number in _loud_blocks(pcm, edges, highest):
        first = max(0, number - _BLOCKS_BEFORE)
        if first > end:
            if loud:
                yield edges[start], edges[end], loud
                start, loud = end, []
            yield edges[start], edges[first], []
            start = first
        loud.append(number - start)
        end = min(count, number + 1 + _BLOCKS_AFTER)
    if loud:
        yield edges[start], edges[end], loud
    if end < count:
        yield edges[end], edges[count], []


def _loud_blocks(pcm: Pcm, edges: list[int], highest: int) -> Iterator[int]:
    """Yield the numbers of the blocks between edges that have a peak above `highest`; most groups of them have none."""
    groups = [*edges[:-1:_GROUP_BLOCKS], edges[-1]]
    for group, peak in enumerate(peaks(pcm, groups)):
        if peak > highest:
            first = group * _GROUP_BLOCKS
            inside = peaks(pcm, edges[first : first + _GROUP_BLOCKS + 1])
            yield from (first + number for number, each in enumerate(inside) if each > highest)


def _edges(pcm: Pcm, start: int, end: int, step: int) -> list[int]:
    """Return the samples at which the gain may change: one per step, if possible at a zero crossing."""
    samples = bytes(pcm.samples[start * SAMPLE_BYTES : end * SAMPLE_BYTES])  # views are slow to take steps in
    signs = samples[1::SAMPLE_BYTES].translate(_SIGNS)
    edges = [start]
    for wanted in range(step, end - start - step, step):
        last = wanted + step - 1
        crossing = signs.find(not signs[wanted], wanted, last)
        edges.append(start + (last if crossing < 0 else crossing))
    edges.append(end)
    return edges


def _heights(pcm: Pcm, edges: list[int], loud: list[int]) -> list[int]:
    """Return the highest sample of each step, and 0 for those that contain no part of a loud block."""
    heights = [0] * (len(edges) - 1)
    for block in loud:
        first = max(0, block * _BLOCK_STEPS - 1)  # steps end up to one step later than blocks
        last = min(len(heights), (block + 1) * _BLOCK_STEPS)
        heights[first:last] = peaks(pcm, edges[first : last + 1])
    return heights


def _gains(heights: list[int], highest: int) -> list[float]:
    """Return a gain for each step: low enough for its peak, falling before a peak and rising after it."""
    gains = [1.0 if height <= highest else highest / height for height in heights]
    ceiling = 1.0
    for at in range(len(gains) - 1, -1, -1):
        if gains[at] > ceiling:
            gains[at] = ceiling
        ceiling = gains[at] + _ATTACK_A_STEP
    ceiling = 1.0
    for at, gain in enumerate(gains):
        if gain > ceiling:
            gains[at] = ceiling
        ceiling = gains[at] + _RELEASE_A_STEP
    return gains
