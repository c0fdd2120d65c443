"""Changing the sample rate of speech with FFmpeg's libswresample, which gives the same samples for the same input."""

from __future__ import annotations

from audiobook.audio.filters import filtered, samples_of_frame
from audiobook.audio.pcm import Pcm, silence


def resample(pcm: Pcm, rate_hz: int) -> Pcm:
    """Return audio at another sample rate.

    Args:
        pcm: The audio.
        rate_hz: The new sample rate.

    Returns:
        The audio, of the same duration to within a sample.
    """
    if pcm.rate_hz == rate_hz or not len(pcm):
        return pcm
    chain = [("aresample", str(rate_hz)), ("aformat", "sample_fmts=s16:channel_layouts=mono")]
    samples = b"".join(map(samples_of_frame, filtered(pcm, chain)))
    # A few samples are shorter than the filter, which then returns nothing.
    return Pcm(samples, rate_hz) if samples else silence(max(1, len(pcm) * rate_hz // pcm.rate_hz), rate_hz)
