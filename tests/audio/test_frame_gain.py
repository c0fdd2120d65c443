"""The gain of MP3 frames, changed without decoding them."""

import sys
from array import array
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tools import Samples, correlation

from audiobook.audio.decode import decode_frames
from audiobook.audio.levels import measure_levels
from audiobook.audio.mp3.frames import (
    FrameError,
    FrameHeader,
    StreamShape,
    info_frame,
    parse_header,
    whole_frames,
)
from audiobook.audio.mp3.gain import STEP_DB, GainPlan, amplified
from audiobook.audio.mp3.lame import EncoderSettings, encode
from audiobook.audio.mp3.measuring import measure_frames
from audiobook.audio.pcm import Pcm
from audiobook.errors import EngineMissing


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
    assert np.abs(louder - 10 ** (4 * STEP_DB / 20) * before).max() < 3 / 32768
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


def test_a_gain_at_its_limit_stays_there() -> None:
    header = FrameHeader(2, 64, 22050, padded=False, mono=True, checked=False)
    for gain, steps in ((0, (0, -1)), (255, (0, 1))):
        side = (gain << header.side_bytes * 8 - 38).to_bytes(header.side_bytes, "big")
        frame = (header.encode() + side).ljust(header.length_bytes, b"\0")
        assert list(amplified([frame + frame], steps)) == [frame + frame]


def test_the_gain_of_stereo_frames_and_of_frames_with_a_checksum_is_not_changed() -> None:
    for mono, checked in ((False, False), (True, True)):
        header = FrameHeader(2, 64, 22050, False, mono, checked)
        with pytest.raises(FrameError, match="no mono frame without a checksum at byte 0"):
            list(amplified([header.encode().ljust(header.length_bytes, b"\0")], [0]))


def test_frames_measure_like_the_file_that_they_are_in(tmp_path: Path) -> None:
    # The wave rises and falls over the limits of all granules, so their peaks show where the limits are.
    samples = voice(44100)
    samples += 0.3 * np.sin(np.arange(len(samples), dtype=np.float32) / 370)
    data, count = frames_of(samples, 44100)
    measured = measure_frames([data[:5000], data[5000:]], 44100)
    head = info_frame(StreamShape(parse_header(data), count // 2, len(data), [0] * 100))
    (tmp_path / "a.mp3").write_bytes(head + data)
    assert measured.levels == measure_levels(tmp_path / "a.mp3")
    heard = np.abs(sound_of(data, 44100)).reshape(-1, 576).max(axis=1)
    assert 10 ** (np.array(measured.peaks_db) / 20) == pytest.approx(heard, abs=1e-4)


def test_silence_has_the_lowest_peak_that_a_plan_takes() -> None:
    data, count = frames_of(np.zeros(2000, np.float32), 22050)
    assert list(measure_frames([data], 22050).peaks_db) == [-200.0] * count


def test_measuring_needs_pyav(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(EngineMissing):
        measure_frames([], 44100)


@pytest.mark.parametrize(
    ("peaks_db", "wanted", "steps"),
    [
        pytest.param([-49.9] * 2 + [-50.0] * 3, 3, [3, 3, 1, 0, 0], id="fades into a pause"),
        pytest.param([-50.0] * 4 + [-49.9], 3, [0, 1, 3, 3, 3], id="fades out of a pause"),
        pytest.param([-20.0, -20.0, -1.0, -20.0, -20.0], 9, [1, 0, 1, 3, 5], id="stays below the ceiling"),
        pytest.param([-10.0] * 3 + [-50.0] * 2, -3, [-3, -3, -3, 0, 0], id="is lowered, pauses are not"),
        pytest.param([-200.0] * 2, 1, [0, 0], id="silence"),
        pytest.param([-20.0] + [-60.0] * 4, 9, [9, 7, 5, 3, 1], id="fades after its first granule"),
        pytest.param([-60.0] * 6 + [-20.0], 9, [1, 3, 5, 7, 9, 0, 0], id="fades before its last granule"),
        pytest.param([-1.0] + [-20.0] * 4, 9, [1, 3, 5, 7, 9], id="is lowered after its first granule"),
        pytest.param([-20.0] * 6 + [-1.0], 9, [9, 7, 5, 3, 1, 0, 0], id="is lowered before its last granule"),
    ],
)
def test_a_plan_for_the_first_five_granules(peaks_db: list[float], wanted: int, steps: list[int]) -> None:
    assert list(GainPlan(peaks_db, range(len(peaks_db))[:5], wanted, 0.0).steps) == steps


def test_a_plan_is_lowered_in_the_middle_of_a_peak_and_where_it_is_highest() -> None:
    plan = GainPlan([-20.0] * 7, range(1, 6), 4, -3.0)

    def lowered(*too_high: int) -> tuple[bool, list[int]]:
        return plan.lower([-2.9 if at in too_high else -3.0 for at in range(7)]), list(plan.steps)

    assert lowered() == lowered(0) == (False, [0, 4, 4, 4, 4, 4, 0])
    assert lowered(3) == (True, [0, 3, 3, 3, 4, 4, 0])
    assert lowered(4) == (True, [0, 3, 3, 2, 3, 4, 0])
    assert lowered(1, 6) == (True, [0, 2, 3, 2, 3, 3, 0])


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
