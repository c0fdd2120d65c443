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


def trim_silence(pcm: Pcm) -> tuple[Pcm, int]:
    """Cut the silence in front of and behind a sentence, so that the pauses are ours alone.

    Args:
        pcm: One sentence.

    Returns:
        What is left, and how many samples were cut in front. Sound that is silent all through
        comes back as it is.
    """
    segment = _segment_class()(pcm.samples, sample_width=SAMPLE_BYTES, frame_rate=pcm.rate_hz, channels=1)
    steps = len(segment) // _STEP_MS
    head = next((at for at in range(steps) if _is_heard(segment, at)), None)
    if head is None:
        return pcm, 0
    tail = next(at for at in reversed(range(steps)) if _is_heard(segment, at))
    start = max(0, head * _STEP_MS - _KEPT_MS) * pcm.rate_hz // 1000
    end = min(len(pcm), ((tail + 1) * _STEP_MS + _KEPT_MS) * pcm.rate_hz // 1000)
    if start == 0 and end == len(pcm):
        return pcm, 0
    return Pcm(pcm.samples[start * SAMPLE_BYTES : end * SAMPLE_BYTES], pcm.rate_hz), start


def _is_heard(segment: AudioSegment, step: int) -> bool:
    return bool(segment[step * _STEP_MS : (step + 1) * _STEP_MS].dBFS > _SILENCE_DBFS)
