"""The noise floor of a voice, and pauses that are filled with it.

Some voices were recorded in a room that is not quite silent, and neural voices imitate it. Between their words there is
a soft noise, and digital silence in the pauses sounds as if the audio had cut out.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from itertools import pairwise
from math import log10, sqrt
from random import Random
from typing import Final

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm, silence
from audiobook.audio.samples import rms_levels

_WINDOW_MS: Final = 20
_QUIETEST_PART: Final = 0.02
"""Share of the windows that count as the quietest; the gaps between words take up at least that much."""
_LOWEST_DBFS: Final = -84.0
"""Softer noise cannot be heard; it is hardly louder than the quantisation of 16-bit samples."""
_HIGHEST_DBFS: Final = -60.0
_FULL_SCALE: Final = 32768.0
_LOOP_S: Final = 4
_SEED: Final = 1


class Floor(msgspec.Struct, frozen=True, array_like=True):
    """A noise floor.

    Attributes:
        level_dbfs: Its RMS level.
        colour: Correlation of each sample with the next: 0.0 for white noise, near 1.0 for a low rumble.
    """

    level_dbfs: float
    colour: float

    def amplified(self, gain_db: float) -> Floor | None:
        """Return the floor after a gain, limited to -60 dBFS; None if it is then too soft to be heard."""
        level = min(round(self.level_dbfs + gain_db), _HIGHEST_DBFS)
        return Floor(float(level), self.colour) if level >= _LOWEST_DBFS else None


def measure_floor(pcm: Pcm) -> Floor | None:
    """Return the noise floor of speech: that of its quietest parts; None if they are digital silence.

    The values are rounded, so that machines whose results differ in the last bit agree.

    Args:
        pcm: Several seconds of speech.
    """
    step = pcm.rate_hz * _WINDOW_MS // 1000
    levels = rms_levels(pcm, step)
    quietest = sorted(range(len(levels)), key=levels.__getitem__)[: max(1, int(len(levels) * _QUIETEST_PART))]
    if not quietest or not levels[quietest[-1]]:
        return None
    products, squares = 0, 0
    for window in quietest:
        samples = array("h", bytes(pcm.part(window * step, (window + 1) * step).samples))
        squares += sum(sample * sample for sample in samples)
        products += sum(one * other for one, other in pairwise(samples))
    level = 20 * log10(levels[quietest[-1]] / _FULL_SCALE)
    return Floor(float(round(level)), round(max(0.0, min(0.9, products / max(1, squares))), 1))


def quiet(length_samples: int, rate_hz: int, floor: Floor | None) -> Pcm:
    """Return the audio of a pause: digital silence without a floor, else noise that is the same each time.

    Args:
        length_samples: Length of the pause; a shorter one is the beginning of a longer one.
        rate_hz: Sample rate.
        floor: The noise floor of the voice; None for digital silence.
    """
    if floor is None:
        return silence(length_samples, rate_hz)
    loop = _noise(min(length_samples, _LOOP_S * rate_hz), floor)
    whole = length_samples * SAMPLE_BYTES
    return Pcm((loop * (whole // max(1, len(loop)) + 1))[:whole], rate_hz)


@lru_cache(maxsize=16)
def _noise(length_samples: int, floor: Floor) -> bytes:
    """Return noise as samples: uniform noise through a filter of the first order."""
    draw = Random(_SEED).random  # noqa: S311 - noise to be heard, not a secret
    # Uniform numbers from -1 to 1 have an RMS of 1/√3; the filter keeps the level.
    scale = 10 ** (floor.level_dbfs / 20) * _FULL_SCALE * sqrt(3 * (1 - floor.colour**2))
    samples, last = array("h"), 0.0
    for _ in range(length_samples):
        last = floor.colour * last + scale * (2 * draw() - 1)
        samples.append(round(last))
    return samples.tobytes()
