"""Editing the audio of one sentence with pydub; never a whole book.

pydub copies the audio on each operation and is unmaintained, so only this module uses it.
"""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm

if TYPE_CHECKING:
    from pydub import AudioSegment

_SILENCE_DBFS: Final = -55.0
_STEP_MS: Final = 10
_KEPT_MS: Final = 20
"""Milliseconds of silence kept at each end, so that soft starts and ends are not cut off."""


@lru_cache(maxsize=1)
def _pydub() -> ModuleType:
    with warnings.catch_warnings():
        # pydub looks for ffmpeg, which is not needed here. Python 3.11 and 3.12 warn that audioop is deprecated.
        warnings.simplefilter("ignore")
        os.environ.setdefault("PATH", os.defpath)  # pydub cannot be imported without it
        import pydub.audio_segment

    module: ModuleType = pydub.audio_segment
    return module


def load() -> None:
    """Import pydub now, so that processes forked later share it."""
    _pydub()


def _segment(pcm: Pcm) -> AudioSegment:
    segment: AudioSegment = _pydub().AudioSegment(
        pcm.samples, sample_width=SAMPLE_BYTES, frame_rate=pcm.rate_hz, channels=1
    )
    return segment


def peaks(pcm: Pcm, edges: Sequence[int]) -> list[int]:
    """Return the highest absolute sample, 0 to 32768, between each edge and the next.

    Args:
        pcm: The audio.
        edges: Sample indexes, ascending.
    """
    # Calls what pydub's own `max` calls; creating a segment for each stretch would be ten times slower.
    highest = _pydub().audioop.max
    view = memoryview(pcm.samples)
    at = [edge * SAMPLE_BYTES for edge in edges]
    return [highest(view[start:end], SAMPLE_BYTES) for start, end in itertools.pairwise(at)]


def rms_levels(pcm: Pcm, step_samples: int) -> list[int]:
    """Return the RMS, 0 to 32767, of each whole stretch of `step_samples` samples."""
    rms = _pydub().audioop.rms
    view = memoryview(pcm.samples)
    step = step_samples * SAMPLE_BYTES
    return [rms(view[at : at + step], SAMPLE_BYTES) for at in range(0, len(view) - step + 1, step)]


def rms_and_peak(samples: memoryview) -> tuple[int, int]:
    """Return the RMS and the highest absolute value of 32-bit samples, each from 0 to 2³¹."""
    audioop = _pydub().audioop
    return audioop.rms(samples, 4), audioop.max(samples, 4)


def swing(pcm: Pcm) -> int:
    """Return half the distance from the lowest sample to the highest, 0 to 32767; unaffected by a DC offset."""
    lowest, highest = _pydub().audioop.minmax(pcm.samples, SAMPLE_BYTES) if len(pcm) else (0, 0)
    return int(highest - lowest) // 2


def amplified(pcm: Pcm, parts: Sequence[tuple[int, int, float]]) -> Pcm:
    """Return the audio with each part multiplied by a factor; samples beyond full scale are clipped.

    Args:
        pcm: The audio.
        parts: Start, end and factor of consecutive parts, in samples; they cover the whole audio.
    """
    multiply = _pydub().audioop.mul
    view = memoryview(pcm.samples)
    pieces = [
        view[start * SAMPLE_BYTES : end * SAMPLE_BYTES]
        if factor == 1
        else multiply(view[start * SAMPLE_BYTES : end * SAMPLE_BYTES], SAMPLE_BYTES, factor)
        for start, end, factor in parts
    ]
    return Pcm(b"".join(pieces), pcm.rate_hz)


def heard_span(pcm: Pcm) -> tuple[int, int]:
    """Find the part of a sentence between leading and trailing silence, so that only our own pauses remain.

    Args:
        pcm: One sentence.

    Returns:
        The index of the first sample and the index after the last. Audio that is all silence is kept whole.
    """
    segment = _segment(pcm)
    steps = len(segment) // _STEP_MS
    head = next((at for at in range(steps) if _is_heard(segment, at)), None)
    if head is None:
        return 0, len(pcm)
    tail = next(at for at in reversed(range(steps)) if _is_heard(segment, at))
    start = max(0, head * _STEP_MS - _KEPT_MS) * pcm.rate_hz // 1000
    end = min(len(pcm), ((tail + 1) * _STEP_MS + _KEPT_MS) * pcm.rate_hz // 1000)
    return start, end


def _is_heard(segment: AudioSegment, step: int) -> bool:
    return bool(segment[step * _STEP_MS : (step + 1) * _STEP_MS].dBFS > _SILENCE_DBFS)
