"""Peaks of audio, and audio that is made louder."""

from __future__ import annotations

import numpy as np

from audiobook.audio.pcm import Pcm
from audiobook.audio.samples import amplified, peaks

RATE_HZ = 22050


def test_peaks_are_the_highest_absolute_samples_between_edges() -> None:
    pcm = Pcm(np.array([1, -5, 3, -32768, 7, 0], "<i2").tobytes(), RATE_HZ)

    assert peaks(pcm, [0, 2, 3, 6]) == [5, 3, 32768]


def test_amplified_audio_is_clipped_at_full_scale() -> None:
    louder = amplified(Pcm(np.array([100, -20000, 30000], "<i2").tobytes(), RATE_HZ), [(0, 3, 2.0)])

    assert list(np.frombuffer(louder.samples, "<i2")) == [200, -32768, 32767]
