"""Faster or slower speech at the same height, by libavfilter's `atempo`."""

from __future__ import annotations

from audiobook.audio.filters import filtered, samples_of_frame
from audiobook.audio.pcm import Pcm


def stretch(pcm: Pcm, speed: float) -> Pcm:
    """Give a sound at another pace.

    Args:
        pcm: A sound.
        speed: 1.0 changes nothing, 2.0 makes it half as long; 0.25 to 4.0.

    Returns:
        The sound, at most some milliseconds off the length that `speed` asks for.
    """
    if speed == 1.0 or not len(pcm):
        return pcm
    # One step beyond a factor of two would drop samples instead of blending them.
    steps = [speed] if 0.5 <= speed <= 2.0 else [speed**0.5] * 2
    chain = [("atempo", f"{step:.6f}") for step in steps]
    frames = filtered(pcm, [*chain, ("aformat", "sample_fmts=s16:channel_layouts=mono")])
    return Pcm(b"".join(samples_of_frame(frame) for frame in frames), pcm.rate_hz)
