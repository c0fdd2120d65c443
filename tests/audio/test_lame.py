"""The encoder: frames of the rate, bit rate and quality that were asked for, in one channel, without a word to the terminal."""

from __future__ import annotations

import re
from importlib.metadata import version
from io import BytesIO

import numpy as np
import pytest
from mutagen.mp3 import MONO, MP3, MPEGInfo

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.audio.mp3.lame import EncoderSettings, encode, encoder_identity, encoder_name
from audiobook.audio.pcm import Pcm

LENGTH_SAMPLES = 30_000


def noise(rate_hz: int) -> Pcm:
    return Pcm(np.random.default_rng(1).integers(-9000, 9000, LENGTH_SAMPLES, np.int16).tobytes(), rate_hz)


@pytest.mark.parametrize(("rate_hz", "kbits"), [(16_000, 32), (24_000, 64), (44_100, 128), (44_100, 32)])
def test_frames_are_mono_of_the_rate_and_bit_rate(
    rate_hz: int, kbits: int, capfd: pytest.CaptureFixture[str]
) -> None:
    made = encode([noise(rate_hz)], rate_hz, EncoderSettings(kbits, 7))
    info = MP3(BytesIO(made.data)).info
    assert isinstance(info, MPEGInfo)
    assert (info.sample_rate, info.bitrate, info.mode) == (rate_hz, kbits * 1000, MONO)
    assert made.length_samples == made.count * frame_samples(rate_hz)
    room = made.length_samples - LENGTH_SAMPLES - STITCH_DELAY_SAMPLES
    assert 0 <= room < 3 * frame_samples(rate_hz)
    assert capfd.readouterr() == ("", "")


def test_how_the_sound_is_divided_does_not_matter_and_quality_does() -> None:
    whole = noise(24_000)
    samples = bytes(whole.samples)
    parts = [Pcm(samples[:2000], 24_000), Pcm(b"", 24_000), Pcm(samples[2000:], 24_000)]
    expected = encode([whole], 24_000, EncoderSettings(64, 7))
    assert encode(parts, 24_000, EncoderSettings(64, 7)) == expected
    assert encode([whole], 24_000, EncoderSettings(64, 2)).data != expected.data


def test_the_name_of_the_encoder_is_found_in_its_frames() -> None:
    silence = Pcm(bytes(2 * LENGTH_SAMPLES), 24_000)
    made = encode([silence], 24_000, EncoderSettings(64, 7))
    assert re.fullmatch(rb"LAME\d+\.\d+", encoder_name(made.data))
    assert encoder_name(b"\xff\xfb" * 9) == b"LAME"
    assert encoder_identity() == f"lameenc {version('lameenc')}"
