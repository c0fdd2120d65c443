"""Loudness, measured in plain Python, is that of FFmpeg's `ebur128`."""

from __future__ import annotations

import numpy as np
import pytest

from audiobook.audio.filters import filtered
from audiobook.audio.loudness import loudness_lufs
from audiobook.audio.pcm import Pcm, join, silence
from audiobook.engines.base import Style
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.registry import voice_for
from audiobook.pipeline.voices.gain import bare_passage

_SENTENCES = ("1, 2, 3, 4, 5, 6, 7, 8, 9, 10.", "9 8 7 6 5 4 3 2 1 0.")


def by_ffmpeg(pcm: Pcm) -> float:
    """Return the loudness by FFmpeg, which reports it every 0.1 s."""
    frames = filtered(pcm, (("ebur128", "metadata=1"),))
    *_, last = (found for frame in frames if (found := frame.metadata.get("lavfi.r128.I")))
    return float(last)


@pytest.mark.parametrize("language", ["en", "fi", "ar"])
def test_a_voice_is_as_loud_as_ffmpeg_says(language: str) -> None:
    engine = EspeakEngine()
    voice = voice_for(engine, language)
    said = engine.speak(bare_passage(_SENTENCES, language), voice, Style())
    pcm = join([speech.pcm for speech in said], voice.rate_hz)
    # FFmpeg counts in steps of 0.01 LU, and so do we; other steps would differ by half of one.
    assert loudness_lufs(pcm) == pytest.approx(by_ffmpeg(pcm), abs=0.002)


@pytest.mark.parametrize("rate_hz", [8000, 24000])
def test_quiet_passages_do_not_count_at_any_sample_rate(rate_hz: int) -> None:
    noise = np.random.default_rng(7).normal(0, 1, 2 * rate_hz)
    loud, soft, faint = ((noise * level * 32768).astype("<i2").tobytes() for level in (0.1, 0.02, 0.00001))
    pcm = Pcm(faint + loud + soft + loud[: rate_hz // 3 * 2] + faint, rate_hz)
    assert loudness_lufs(pcm) == pytest.approx(by_ffmpeg(pcm), abs=0.002)
    assert loudness_lufs(pcm) > loudness_lufs(Pcm(soft, rate_hz)) + 10


def test_a_sine_at_full_scale_has_the_loudness_of_the_recommendation() -> None:
    wave = np.sin(2 * np.pi * 997 * np.arange(48000) / 48000) * 32767
    assert loudness_lufs(Pcm(wave.astype("<i2").tobytes(), 48000)) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("pcm", [silence(0, 22050), silence(44100, 22050), Pcm(b"\x00\x40" * 8000, 22050)])
def test_silence_and_less_than_a_block_are_as_quiet_as_can_be(pcm: Pcm) -> None:
    assert loudness_lufs(pcm) == -70.0
