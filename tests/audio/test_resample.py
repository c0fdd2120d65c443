"""Speech at another sample rate is the same sound, of the same length, each time."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest

from audiobook.audio.pcm import Pcm
from audiobook.audio.resample import resample


def tone(rate_hz: int, length_samples: int, hz: int = 500) -> Pcm:
    samples = (int(8000 * math.sin(math.tau * hz * at / rate_hz)) for at in range(length_samples))
    return Pcm(array("h", samples).tobytes(), rate_hz)


def cycles(pcm: Pcm) -> int:
    samples = memoryview(pcm.samples).cast("B").cast("h")
    return sum(1 for before, after in pairwise(samples) if before < 0 <= after)


@pytest.mark.parametrize(
    ("rate_hz", "wanted_hz"), [(16000, 22050), (24000, 22050), (22050, 24000), (44100, 8000)]
)
def test_a_tone_keeps_its_pitch_and_length(rate_hz: int, wanted_hz: int) -> None:
    given = tone(rate_hz, rate_hz)
    said = resample(given, wanted_hz)
    assert said.rate_hz == wanted_hz
    assert len(said) == pytest.approx(wanted_hz, abs=1)
    assert cycles(said) == pytest.approx(cycles(given), abs=1)
    assert resample(given, wanted_hz) == said


def test_the_same_rate_changes_nothing_and_a_few_samples_stay_some() -> None:
    assert resample(given := tone(16000, 100), 16000) is given
    assert len(resample(tone(8000, 3), 48000)) > 0
