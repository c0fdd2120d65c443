"""Measuring loudness with libavfilter, in this process.

Source: ITU-R BS.1770-4 and EBU R 128; FFmpeg's `ebur128`.
"""

from __future__ import annotations

from typing import Final

from audiobook.audio.filters import filtered
from audiobook.audio.pcm import Pcm

_QUIETEST_LUFS: Final = -70.0


def loudness_lufs(pcm: Pcm) -> float:
    """Return the integrated loudness of audio as one mono channel, as is usual for podcasts.

    Args:
        pcm: At least 0.4 s; shorter audio has the loudness of silence, -70.0.
    """
    loudness = _QUIETEST_LUFS
    # True peaks are not needed, and would take four times as long.
    for frame in filtered(pcm, (("ebur128", "metadata=1"),)):
        loudness = float(frame.metadata.get("lavfi.r128.I", loudness))
    return loudness
