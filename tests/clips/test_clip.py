"""A clip: its sentences one after the other, to the sample, no louder than they may be, and frames for silence."""

from __future__ import annotations

from importlib.metadata import version
from io import BytesIO

import av
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, count_frames
from audiobook.audio.mp3.lame import EncoderSettings
from audiobook.audio.noise_floor import Floor
from audiobook.audio.pcm import Pcm, join, silence
from audiobook.audio.resample import resample
from audiobook.audio.silence import heard_span
from audiobook.clips.clip import ClipSentence, ClipShape, Sound, make_clip, silent_frames
from audiobook.document import Mark

RATE_HZ = 22050
SOUND = Sound(sentence_ms=400, gain_db=0.0, peak_dbtp=-1.0, kbits=64, quality=7)


def sentence(length_samples: int, height: int = 9000) -> Pcm:
    """Return a tone of 350 Hz in 4410 samples of silence on both sides."""
    values = height * np.sin(np.arange(length_samples) * 0.1)
    quiet = silence(4410, RATE_HZ)
    return join([quiet, Pcm(values.astype("<i2").tobytes(), RATE_HZ), quiet], RATE_HZ)


def decoded(data: bytes) -> NDArray[np.float32]:
    """Return what is heard of a clip, from its first sample."""
    with av.open(BytesIO(data), "r", format="mp3") as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    samples: NDArray[np.float32] = np.concatenate(frames)
    return samples[STITCH_DELAY_SAMPLES:]


def test_sentences_and_words_are_where_they_are_heard() -> None:
    one, other = sentence(11025), sentence(6615)
    start, end = heard_span(one)
    marks = [Mark(0, 3, start - 50), Mark(4, 2, start + 700), Mark(7, 5, end + 50)]
    clip = make_clip([(one, marks), (other, [Mark(0, 1, 4410)])], RATE_HZ, SOUND)
    length, gap = end - start, RATE_HZ * 400 // 1000
    other_start, other_end = heard_span(other)
    second = length + gap
    finish = second + other_end - other_start
    assert clip.shape == ClipShape(
        RATE_HZ,
        count_frames(clip.data),
        len(clip.data),
        finish,
        (
            ClipSentence(0, length, ((0, 3, 0), (4, 2, 700), (7, 5, length))),
            ClipSentence(second, finish, ((0, 1, second + 4410 - other_start),)),
        ),
    )
    heard = np.abs(decoded(clip.data))
    assert heard[1000:length].max() > 0.2
    assert heard[length + 600 : second - 600].max() < 0.01
    assert heard[second + 600 : finish].max() > 0.2
    assert len(heard) >= finish


def test_a_clip_at_another_sample_rate_has_its_words_at_the_same_times() -> None:
    said = sentence(11025)
    sound = msgspec.structs.replace(SOUND, resampled_hz=2 * RATE_HZ)
    clip = make_clip([(said, [Mark(0, 3, 5000), Mark(4, 2, len(said))])], RATE_HZ, sound)
    start, end = heard_span(resample(said, 2 * RATE_HZ))
    assert clip.shape.rate_hz == 2 * RATE_HZ
    assert clip.shape.speech_samples == end - start
    assert clip.shape.sentences == (
        ClipSentence(0, end - start, ((0, 3, 10_000 - start), (4, 2, end - start))),
    )


def test_the_sound_that_was_encoded_is_kept_if_asked_for() -> None:
    speeches = [(sentence(3000), ()), (sentence(2000), ())]
    clip = make_clip(speeches, RATE_HZ, SOUND)
    kept = make_clip(speeches, RATE_HZ, SOUND, keeps_speech=True)
    assert clip.speech is None
    assert kept.speech
    assert (kept.shape, kept.data) == (clip.shape, clip.data)
    assert len(kept.speech) == clip.shape.speech_samples


def test_a_clip_is_as_long_as_its_frames() -> None:
    assert ClipShape(22050, 3, 0, 0, ()).length_samples == 3 * 576
    assert ClipShape(44100, 2, 0, 0, ()).length_samples == 2 * 1152


@pytest.mark.parametrize(("gain_db", "peak_db"), [(12.0, -4.0), (-20.0, -31.2)])
def test_a_clip_is_amplified_up_to_a_decibel_below_the_permitted_peak(gain_db: float, peak_db: float) -> None:
    sound = Sound(sentence_ms=0, gain_db=gain_db, peak_dbtp=-3.0, kbits=64, quality=7)
    clip = make_clip([(sentence(22050), ())], RATE_HZ, sound)
    middle = np.abs(decoded(clip.data)[4000:18000]).max()
    by_lame_db = 20 * np.log10(0.95)
    assert 20 * np.log10(middle) == pytest.approx(peak_db + by_lame_db, abs=0.2)


def test_everything_that_changes_the_sound_is_in_its_identity() -> None:
    assert SOUND.identity == (
        f"clip 1, lameenc {version('lameenc')}, "
        '{"sentence_ms":400,"gain_db":0.0,"peak_dbtp":-1.0,"kbits":64,"quality":7}'
    )
    assert SOUND.encoder == EncoderSettings(64, 7)


@pytest.mark.parametrize("floor", [None, Floor(-66.0, 0.5)], ids=["digital", "noise"])
def test_a_pause_has_exactly_the_frames_asked_for_and_begins_as_a_longer_one(floor: Floor | None) -> None:
    longest = silent_frames(RATE_HZ, SOUND.encoder, 600, floor)
    for count in (0, 1, 2, 9, 111, 112, 113, 128, 240, 241, 300):
        data = silent_frames(RATE_HZ, SOUND.encoder, count, floor)
        assert count_frames(data) == count
        assert longest.startswith(data), count
    assert bool(np.any(decoded(longest))) is (floor is not None)
