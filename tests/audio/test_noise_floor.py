"""The noise floor of a voice: measured in its quietest parts, and heard in the pauses of a book."""

from __future__ import annotations

from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tools import Samples, decoded

from audiobook.audio.mp3.frames import frame_samples
from audiobook.audio.mp3.lame import EncoderSettings
from audiobook.audio.noise_floor import Floor, measure_floor, quiet
from audiobook.audio.pcm import Pcm
from audiobook.clips.clip import Sound, make_clip, silent_frames

RATE_HZ = 22050
_Samples = np.ndarray[Any, np.dtype[np.float64]]


def speech(level_dbfs: float | None) -> Pcm:
    """Return bursts of a tone with quiet gaps, and noise everywhere."""
    seconds = np.arange(10 * RATE_HZ) / RATE_HZ
    wave = 0.3 * np.sin(2 * np.pi * 200 * seconds) * (seconds % 1 < 0.8)
    if level_dbfs is not None:
        wave += np.random.default_rng(1).normal(0, 10 ** (level_dbfs / 20), len(wave))
    return Pcm((wave * 32767).round().astype(np.int16).tobytes(), RATE_HZ)


def played(frames: bytes, folder: Path) -> Samples:
    path = folder / f"{len(frames)}.mp3"  # what was decoded is kept by its name
    path.write_bytes(frames)
    return decoded(path)


def level_dbfs(samples: _Samples) -> float:
    return 20 * log10(float(np.sqrt((samples**2).mean())) or 1e-9)


@pytest.mark.parametrize("level", [-75.0, -60.0, -45.0])
def test_the_floor_is_that_of_the_quietest_parts(level: float) -> None:
    floor = measure_floor(speech(level))
    assert floor is not None
    assert floor.level_dbfs == pytest.approx(level, abs=1.6)
    assert floor.colour <= 0.1


def test_digital_silence_between_words_is_not_a_floor() -> None:
    assert measure_floor(speech(None)) is None


def test_a_floor_is_never_louder_than_60_dbfs_and_left_out_when_it_cannot_be_heard() -> None:
    assert Floor(-70.0, 0.2).amplified(4.2) == Floor(-66.0, 0.2)
    assert Floor(-50.0, 0.2).amplified(4.2) == Floor(-60.0, 0.2)
    assert Floor(-90.0, 0.2).amplified(4.2) is None


@pytest.mark.parametrize("colour", [0.0, 0.5, 0.9])
def test_pauses_have_the_level_of_the_floor_and_are_always_the_same(colour: float) -> None:
    floor = Floor(-66.0, colour)
    pause = quiet(10 * RATE_HZ, RATE_HZ, floor)
    samples = np.frombuffer(pause.samples, np.int16) / 32768
    assert level_dbfs(samples) == pytest.approx(-66, abs=0.5)
    assert np.corrcoef(samples[:-1], samples[1:])[0, 1] == pytest.approx(colour, abs=0.1)
    assert bytes(pause.samples).startswith(bytes(quiet(1000, RATE_HZ, floor).samples))
    assert not any(quiet(1000, RATE_HZ, None).samples)


@pytest.mark.parametrize("level", [-80.0, -66.0, -60.0])
def test_the_floor_is_heard_between_sentences_and_between_clips(level: float, tmp_path: Path) -> None:
    floor = Floor(level, 0.0)
    sound = Sound(sentence_ms=1000, gain_db=0.0, peak_dbtp=-1.0, kbits=64, quality=7, floor=floor)
    clip = make_clip([(speech(None), ()), (speech(None), ())], RATE_HZ, sound)
    gap = played(clip.data, tmp_path)[clip.shape.sentences[0].end_samples :][3000:20000]
    assert level_dbfs(gap.astype(float)) == pytest.approx(level, abs=3)
    pause = played(silent_frames(RATE_HZ, EncoderSettings(64, 7), 60, floor), tmp_path)
    assert level_dbfs(pause[3000 : 50 * frame_samples(RATE_HZ)].astype(float)) == pytest.approx(level, abs=3)
