"""Editing one sentence's sound, by pydub: one short stretch at a time, never a whole book.

pydub copies everything on each operation and is unmaintained, so it stays behind this one module.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm

if TYPE_CHECKING:
    from pydub import AudioSegment

_SILENCE_DBFS: Final = -55.0
_STEP_MS: Final = 10
_KEPT_MS: Final = 20
"""How much of a removed silence stays, so that no soft beginning or end is cut off."""


@lru_cache(maxsize=1)
def _segment_class() -> type[AudioSegment]:
    with warnings.catch_warnings():
        # pydub looks for ffmpeg, which is not needed here, and Python 3.11 and 3.12 announce the end of audioop.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment  # noqa: PLC0415

    found: type[AudioSegment] = AudioSegment
    return found


def _segment(pcm: Pcm) -> AudioSegment:
    return _segment_class()(pcm.samples, sample_width=SAMPLE_BYTES, frame_rate=pcm.rate_hz, channels=1)


def heard_span(pcm: Pcm) -> tuple[int, int]:
    """Find what is left of a sentence without the silence around it, so that the pauses are ours alone.

    Args:
        pcm: One sentence.

    Returns:
        The first sample and one past the last. Sound that is silent all through is left whole.
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
