"""Measuring loudness with libavfilter, in this process.

Source: ITU-R BS.1770-4 and EBU R 128 (loudness, true peak); FFmpeg's `ebur128`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from audiobook.audio.filters import filtered
from audiobook.audio.pcm import Pcm

_QUIETEST_LUFS: Final = -70.0


@dataclass(frozen=True, slots=True)
class Loudness:
    """The loudness of a piece of audio.

    Attributes:
        integrated_lufs: Integrated loudness in LUFS; `-70.0` for silence.
        true_peak_dbtp: Highest value, including between samples, in dBTP; `-inf` for silence.
    """

    integrated_lufs: float
    true_peak_dbtp: float


def measure_loudness(pcm: Pcm) -> Loudness:
    """Measure the loudness of a piece of audio.

    Args:
        pcm: At least 0.4 s; shorter audio has the integrated loudness of silence.

    Returns:
        The loudness as one mono channel, as is usual for podcasts.
    """
    integrated, peak = _QUIETEST_LUFS, 0.0
    chain = (("ebur128", "metadata=1:peak=true"), ("aformat", "sample_fmts=dbl"))
    for frame in filtered(pcm, chain):
        found = frame.metadata
        integrated = float(found.get("lavfi.r128.I", integrated))
        peak = max(peak, float(found.get("lavfi.r128.true_peaks_ch0", 0.0)))
    return Loudness(integrated, 20 * math.log10(peak) if peak > 0 else -math.inf)
