"""Measuring and multiplying the samples of one sentence, with the routines that pydub brings."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.pydub_import import pydub_segments


def peaks(pcm: Pcm, edges: Sequence[int]) -> list[int]:
    """Return the highest absolute sample, 0 to 32768, between each edge and the next.

    Args:
        pcm: The audio.
        edges: Sample indexes, ascending.
    """
    # Calls what pydub's own `max` calls; creating a segment for each stretch would be ten times slower.
    highest = pydub_segments().audioop.max
    view = memoryview(pcm.samples)
    at = [edge * SAMPLE_BYTES for edge in edges]
    return [highest(view[start:end], SAMPLE_BYTES) for start, end in itertools.pairwise(at)]


def rms_levels(pcm: Pcm, step_samples: int) -> list[int]:
    """Return the RMS, 0 to 32767, of each whole stretch of `step_samples` samples."""
    rms = pydub_segments().audioop.rms
    view = memoryview(pcm.samples)
    step = step_samples * SAMPLE_BYTES
    return [rms(view[at : at + step], SAMPLE_BYTES) for at in range(0, len(view) - step + 1, step)]


def rms_and_peak(samples: memoryview) -> tuple[int, int]:
    """Return the RMS and the highest absolute value of 32-bit samples, each from 0 to 2³¹."""
    audioop = pydub_segments().audioop
    return audioop.rms(samples, 4), audioop.max(samples, 4)


def swing(pcm: Pcm) -> int:
    """Return half the distance from the lowest sample to the highest, 0 to 32767; unaffected by a DC offset."""
    lowest, highest = pydub_segments().audioop.minmax(pcm.samples, SAMPLE_BYTES) if len(pcm) else (0, 0)
    return int(highest - lowest) // 2


def amplified(pcm: Pcm, parts: Sequence[tuple[int, int, float]]) -> Pcm:
    """Return the audio with each part multiplied by a factor; samples beyond full scale are clipped.

    Args:
        pcm: The audio.
        parts: Start, end and factor of consecutive parts, in samples; they cover the whole audio.
    """
    multiply = pydub_segments().audioop.mul
    view = memoryview(pcm.samples)
    pieces = [
        view[start * SAMPLE_BYTES : end * SAMPLE_BYTES]
        if factor == 1
        else multiply(view[start * SAMPLE_BYTES : end * SAMPLE_BYTES], SAMPLE_BYTES, factor)
        for start, end, factor in parts
    ]
    return Pcm(b"".join(pieces), pcm.rate_hz)
