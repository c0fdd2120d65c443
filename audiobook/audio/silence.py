"""Finding the silence before and after one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.pydub_import import pydub_segments

if TYPE_CHECKING:
    from pydub import AudioSegment

_SILENCE_DBFS: Final = -55.0
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
    segment: AudioSegment = pydub_segments().AudioSegment(
        pcm.samples, sample_width=SAMPLE_BYTES, frame_rate=pcm.rate_hz, channels=1
    )
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
