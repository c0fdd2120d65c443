"""Changing the speed of speech without changing its pitch, using libavfilter's `atempo`."""

from __future__ import annotations

from audiobook.audio.filters import filtered, samples_of_frame
from audiobook.audio.pcm import Pcm


def stretch(pcm: Pcm, speed: float) -> Pcm:
    """Return audio at another speed.

    Args:
        pcm: The audio.
        speed: Factor, 0.25 to 4.0. 1.0 changes nothing, 2.0 halves the length.

    Returns:
        The audio, whose length may differ by a few milliseconds from what `speed` implies.
    """
    if speed == 1.0 or not len(pcm):
        return pcm
    # A single step beyond a factor of two would drop samples instead of blending them.
    steps = [speed] if 0.5 <= speed <= 2.0 else [speed**0.5] * 2
    chain = [("atempo", f"{step:.6f}") for step in steps]
    frames = filtered(pcm, [*chain, ("aformat", "sample_fmts=s16:channel_layouts=mono")])
    return Pcm(b"".join(samples_of_frame(frame) for frame in frames), pcm.rate_hz)
