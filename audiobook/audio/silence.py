"""Finding the silence before and after one sentence."""

from __future__ import annotations

from typing import Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.pydub_import import pydub_segments

_LOUDEST_SILENCE: Final = 32768 * 10 ** (-55 / 20)
"""Root mean square of samples at -55 dBFS."""
_STEP_MS: Final = 10
_KEPT_MS: Final = 20
"""Milliseconds of silence kept at each end, so that soft starts and ends are not cut off."""


def heard_span(pcm: Pcm) -> tuple[int, int]:
    """Find the part of a sentence between leading and trailing silence, so that only our own pauses remain.

    Args:
        pcm: One sentence.

    Returns:
        The index of the first sample and the index after the last. Audio that is all silence is kept whole.
    """
    # Calls what pydub's own `rms` calls; making a segment for each step would take several times as long.
    rms = pydub_segments().audioop.rms
    step_samples = _STEP_MS * pcm.rate_hz / 1000
    steps = round(len(pcm) * 1000 / pcm.rate_hz) // _STEP_MS

    def is_heard(step: int) -> bool:
        start, end = (int(at * step_samples) * SAMPLE_BYTES for at in (step, step + 1))
        found = pcm.samples[start:end]
        if len(found) < end - start:  # the last step may be half a millisecond short
            found = bytes(found).ljust(end - start, b"\0")
        return bool(rms(found, SAMPLE_BYTES) > _LOUDEST_SILENCE)

    head = next(filter(is_heard, range(steps)), None)
    if head is None:
        return 0, len(pcm)
    tail = next(filter(is_heard, reversed(range(steps))))
    start = max(0, head * _STEP_MS - _KEPT_MS) * pcm.rate_hz // 1000
    end = min(len(pcm), ((tail + 1) * _STEP_MS + _KEPT_MS) * pcm.rate_hz // 1000)
    return start, end
