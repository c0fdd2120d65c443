"""Levels of whole files, and the requirements of ACX."""

import math
import wave
from pathlib import Path

import numpy as np
import pytest
from tools import Samples

from audiobook.audio.acx import requirements
from audiobook.audio.levels import measure_levels
from audiobook.errors import SourceError

RATE_HZ = 44100


def narration(
    head_s: float = 0.7,
    tail_s: float = 2.0,
    noise_db: float = -66.0,
    rms_db: float = -20.0,
    click_db: float | None = None,
) -> Samples:
    """Return room tone, a tone in place of speech, and room tone. The tone alone has the RMS of the whole, within 3 dB."""
    spoken = int(4.0 * RATE_HZ)
    head, tail = int(head_s * RATE_HZ), int(tail_s * RATE_HZ)
    total = head + spoken + tail
    noise = np.random.default_rng(1).normal(0, 10 ** (noise_db / 20), total)
    tone = np.sin(np.arange(spoken) * 2 * np.pi * 200 / RATE_HZ) * math.sqrt(2 * total / spoken)
    noise[head : head + spoken] += tone * 10 ** (rms_db / 20)
    if click_db is not None:
        noise[head + 10] = 10 ** (click_db / 20)
    return noise.astype(np.float32)


def pcm(samples: Samples) -> bytes:
    return np.round(samples * 32767).astype("<i2").tobytes()


def write_wav(path: Path, samples: Samples, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(pcm(np.repeat(samples, channels)))
    return path


@pytest.mark.parametrize("channels", [1, 2])
def test_levels_are_those_of_the_samples(tmp_path: Path, channels: int) -> None:
    samples = narration(click_db=-4)
    levels = measure_levels(write_wav(tmp_path / "a.wav", samples, channels))
    assert (levels.rate_hz, levels.channels) == (RATE_HZ, channels)
    assert levels.length_s == pytest.approx(len(samples) / RATE_HZ)
    assert levels.rms_db == pytest.approx(10 * np.log10(np.mean(samples**2)), abs=0.01)
    assert levels.peak_db == pytest.approx(-4, abs=0.01)
    assert levels.noise_db == pytest.approx(-66, abs=0.3)
    assert (levels.head_s, levels.tail_s) == pytest.approx((0.7, 2.0), abs=0.021)


@pytest.mark.parametrize(
    ("changed", "unmet"),
    [
        ({"head_s": 0.4}, "head_s"),
        ({"head_s": 1.1}, "head_s"),
        ({"tail_s": 0.9}, "tail_s"),
        ({"tail_s": 5.1}, "tail_s"),
        ({"rms_db": -23.1}, "rms_db"),
        ({"rms_db": -17.9}, "rms_db"),
        ({"click_db": -2.9}, "peak_db"),
        ({"noise_db": -59.0}, "noise_db"),
    ],
)
def test_each_requirement_is_checked(tmp_path: Path, changed: dict[str, float], unmet: str) -> None:
    levels = measure_levels(write_wav(tmp_path / "a.wav", narration(**changed)))
    assert [row.name for row in requirements(levels, 0) if not row.is_met] == ["format", "kbits", unmet]


def test_silence_and_files_of_another_kind(tmp_path: Path) -> None:
    levels = measure_levels(write_wav(tmp_path / "a.wav", np.zeros(RATE_HZ, np.float32)))
    assert (levels.rms_db, levels.noise_db, levels.head_s, levels.tail_s) == (-math.inf, -math.inf, 1, 1)
    (tmp_path / "a.wav").rename(tmp_path / "a.mp3")
    with pytest.raises(SourceError, match="not a valid MP3 file"):
        measure_levels(tmp_path / "a.mp3")
    (tmp_path / "a.mp3").write_bytes(b"")
    with pytest.raises(SourceError, match="it is empty"):
        measure_levels(tmp_path / "a.mp3")
