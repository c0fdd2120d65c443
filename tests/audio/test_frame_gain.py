"""The gain of MP3 frames, changed without decoding them."""

from array import array
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tools import Samples, correlation

from audiobook.audio.decode import decode_frames
from audiobook.audio.levels import measure_levels
from audiobook.audio.mp3.frames import StreamShape, info_frame, parse_header, whole_frames
from audiobook.audio.mp3.gain import STEP_DB, GainPlan, amplified
from audiobook.audio.mp3.lame import EncoderSettings, encode
from audiobook.audio.mp3.measuring import measure_frames
from audiobook.audio.pcm import Pcm


def voice(rate_hz: int, seconds: float = 2.0) -> Samples:
    """Return noise that swells and fades like syllables, then half a second of faint noise."""
    random = np.random.default_rng(5)
    times = np.arange(int(rate_hz * seconds)) / rate_hz
    loud = random.normal(0, 0.05, len(times)) * np.sin(times * np.pi * 4) ** 2
    samples: Samples = np.concatenate([loud, random.normal(0, 1e-4, rate_hz // 2)]).astype(np.float32)
    return samples


def frames_of(samples: Samples, rate_hz: int) -> tuple[bytes, int]:
    """Return the encoded samples, and the number of granules."""
    pcm = Pcm(np.round(samples * 32767).astype("<i2").tobytes(), rate_hz)
    made = encode([pcm], rate_hz, EncoderSettings(192 if rate_hz > 32000 else 64, 7))
    return made.data, made.length_samples // 576


def sound_of(data: bytes, rate_hz: int) -> Samples:
    return np.frombuffer(decode_frames(data, rate_hz).samples, "<i2").astype(np.float32) / np.float32(32768)


@pytest.mark.parametrize("rate_hz", [44100, 22050])
def test_all_granules_become_louder_by_the_same_step(rate_hz: int) -> None:
    data, count = frames_of(voice(rate_hz), rate_hz)
    pieces = [data[at : at + 1000] for at in range(0, len(data), 1000)]
    assert b"".join(amplified(pieces, [0] * count)) == data
    louder, before = sound_of(b"".join(amplified(pieces, [4] * count)), rate_hz), sound_of(data, rate_hz)
    assert np.abs(louder - 2 * before).max() < 3 / 32768
    assert b"".join(whole_frames(pieces)) == data


def test_one_granule_becomes_louder_alone() -> None:
    data, count = frames_of(voice(44100), 44100)
    steps = array("b", bytes(count))
    steps[21] = 2  # the second granule of its frame
    changed = np.nonzero(
        np.abs(sound_of(b"".join(amplified([data], steps)), 44100) - sound_of(data, 44100)) > 2e-5
    )
    assert 21 * 576 <= changed[0].min() < 22 * 576 + 300
    assert 22 * 576 < changed[0].max() < 24 * 576


def test_frames_measure_like_the_file_that_they_are_in(tmp_path: Path) -> None:
    data, count = frames_of(voice(44100), 44100)
    measured = measure_frames([data[:5000], data[5000:]], 44100)
    head = info_frame(StreamShape(parse_header(data), count // 2, len(data), [0] * 100))
    (tmp_path / "a.mp3").write_bytes(head + data)
    assert measured.levels == measure_levels(tmp_path / "a.mp3")
    heard = np.abs(sound_of(data, 44100)).reshape(-1, 576).max(axis=1)
    assert 10 ** (np.array(measured.peaks_db) / 20) == pytest.approx(heard, abs=1e-4)


def test_a_plan_raises_speech_below_the_ceiling_and_leaves_pauses_alone() -> None:
    samples = voice(44100)
    samples[5500:5800] = 0.7 * np.sin(np.arange(300) / 20)
    data, count = frames_of(samples, 44100)
    before = sound_of(data, 44100)
    speech = range(2, count)
    plan = GainPlan(measure_frames([data], 44100).peaks_db, speech, 6, -4.0)
    while plan.lower(measure_frames(amplified([data], plan.steps), 44100).peaks_db):
        pass
    steps = plan.steps
    after = sound_of(b"".join(amplified([data], steps)), 44100)
    assert np.abs(after).max() <= 10 ** (-4.0 / 20)
    assert not any(steps[:2])
    assert (max(steps), min(steps[:24]) < 3) == (6, True)
    assert all(abs(one - two) <= 2 for one, two in pairwise(steps[2:]))
    faint = slice(int(44100 * 2.1), int(44100 * 2.4))
    assert np.array_equal(after[faint], before[faint])
    middles = np.arange(count) * 576 + 576 + 240
    gain = np.interp(np.arange(len(before)), middles, 10 ** (np.array(steps) * STEP_DB / 20))
    assert correlation(after, before * gain.astype(np.float32)) > 0.99
