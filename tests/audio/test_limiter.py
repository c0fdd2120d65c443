"""The limiter: no sample too loud, none moved, and results as good as FFmpeg's."""

from __future__ import annotations

from fractions import Fraction
from math import log10

import av
import av.filter
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audiobook.audio.filters import filtered
from audiobook.audio.limiter import level
from audiobook.audio.loudness import loudness_lufs
from audiobook.audio.pcm import Pcm
from audiobook.document import Kind, Paragraph
from audiobook.engines.base import Style
from audiobook.engines.registry import load_engine, voice_for
from audiobook.narration.passages import narrate

RATE_HZ = 22050
TEXTS = {
    "fi": "Hiljaisuus lauseiden välissä kertoo yhtä paljon kuin sanat. Ääni kantaa mukanaan muiston.",
    "lv": "Klusums starp teikumiem pasaka tikpat daudz kā vārdi. Balss nes sev līdzi atmiņas.",
    "en": "The silence between two sentences says as much as the words. A voice carries a memory.",
}


def wave(pcm: Pcm) -> NDArray[np.float64]:
    return np.frombuffer(pcm.samples, "<i2").astype(np.float64)


def sound(values: NDArray[np.float64]) -> Pcm:
    return Pcm(np.clip(np.round(values), -32768, 32767).astype("<i2").tobytes(), RATE_HZ)


def levelled(pcm: Pcm, gain_db: float, ceiling_db: float) -> Pcm:
    return level(pcm, gain_db, ceiling_db)


def spoken(language: str) -> list[Pcm]:
    engine = load_engine("espeak")
    voice = voice_for(engine, language)
    return [
        speech.pcm
        for passage in narrate(Paragraph(TEXTS[language], Kind.TEXT), language)
        for speech in engine.speak(passage, voice, Style())
    ]


def by_ffmpeg(pcm: Pcm, gain_db: float, ceiling_db: float) -> Pcm:
    """Return the output of FFmpeg's look-ahead limiter for the same audio, without its delay."""
    graph = av.filter.Graph()
    base = Fraction(1, pcm.rate_hz)
    source = graph.add_abuffer(sample_rate=pcm.rate_hz, format="s16", layout="mono", time_base=base)
    limiter = graph.add(
        "alimiter",
        f"level_in={10 ** (gain_db / 20)}:limit={10 ** (ceiling_db / 20)}"
        ":attack=5:release=50:level=disabled:latency=1",
    )
    whole = graph.add("aformat", "sample_fmts=s16")
    sink = graph.add("abuffersink")
    source.link_to(limiter)
    limiter.link_to(whole)
    whole.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(wave(pcm).astype("<i2").reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = pcm.rate_hz, 0, base
    source.push(frame)
    source.push(None)
    pieces = []
    while True:
        try:
            out = sink.pull()
        except (av.EOFError, av.BlockingIOError):
            break
        assert isinstance(out, av.AudioFrame)
        pieces.append(out.to_ndarray().tobytes())
    return Pcm(b"".join(pieces), pcm.rate_hz)


@settings(max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 30000),
    st.floats(-6, 20),
    st.floats(-12, 0),
)
def test_no_sample_is_above_the_ceiling_and_none_is_lost(
    seed: int, length: int, gain_db: float, ceiling_db: float
) -> None:
    rng = np.random.default_rng(seed)
    slow = np.interp(np.arange(length), np.linspace(0, length, 8), rng.uniform(0, 1, 8))
    pcm = sound(slow * rng.uniform(-32768, 32767, length))

    out = wave(levelled(pcm, gain_db, ceiling_db))

    assert len(out) == length
    assert np.abs(out).max(initial=0) <= 32768 * 10 ** (ceiling_db / 20) + 1


def test_quiet_audio_is_only_multiplied() -> None:
    pcm = sound(3000 * np.sin(np.arange(RATE_HZ) * 0.05))

    out = wave(levelled(pcm, 6.0, -2.0))

    assert np.abs(out - wave(pcm) * 10 ** (6 / 20)).max() <= 1


def test_the_gain_recovers_soon_after_a_peak_and_is_unchanged_long_before() -> None:
    values = 4000 * np.sin(np.arange(RATE_HZ) * 0.05)
    values[10000:10200] *= 8
    pcm = sound(values)

    out = wave(levelled(pcm, 0.0, -6.0))

    touched = np.flatnonzero(np.abs(out - wave(pcm)) > 1)
    assert 10000 - touched[0] <= RATE_HZ * 0.05
    assert touched[-1] - 10200 <= RATE_HZ * 0.06


def test_the_gain_changes_where_the_wave_crosses_zero() -> None:
    values = np.round(30000 * np.sin(np.arange(RATE_HZ) * 0.05) * np.hanning(RATE_HZ))

    out = wave(levelled(sound(values), 6.0, -2.0))

    heard = np.abs(values) > 1500
    gains = np.where(heard, out / np.where(heard, values, 1), 0)
    steps = np.abs(np.diff(gains))[heard[1:] & heard[:-1]]
    assert gains.max() > 1.9
    assert gains[heard].min() < 1.0
    assert steps.max() < 0.01, "a step of the gain is heard as a click"


def test_the_gain_falls_before_the_peak_arrives() -> None:
    values = 4000 * np.sin(np.arange(RATE_HZ) * 0.05)
    values[10000:10200] *= 8

    out = wave(levelled(sound(values), 0.0, -6.0))

    assert np.flatnonzero(np.abs(out - np.round(values)) > 40)[0] < 10000 - RATE_HZ * 0.004


@pytest.mark.slow
@pytest.mark.parametrize("language", TEXTS)
def test_limited_speech_matches_ffmpegs(language: str) -> None:
    for pcm in spoken(language):
        ours, theirs = levelled(pcm, 3.0, -2.0), by_ffmpeg(pcm, 3.0, -2.0)
        assert len(ours) == len(theirs) == len(pcm)
        assert np.corrcoef(wave(ours), wave(theirs))[0, 1] > 0.995
        difference = loudness_lufs(ours) - loudness_lufs(theirs)
        assert abs(difference) < 0.3
        assert true_peak_dbtp(ours) < -1.2
        assert above_8_khz(ours) < above_8_khz(theirs) + 0.5, "steps of the gain would be heard as hiss"


def true_peak_dbtp(pcm: Pcm) -> float:
    """Return the highest value, including between samples."""
    frames = filtered(pcm, (("ebur128", "metadata=1:peak=true"),))
    return 20 * log10(max(float(frame.metadata.get("lavfi.r128.true_peaks_ch0", 0.0)) for frame in frames))


def above_8_khz(pcm: Pcm) -> float:
    """Return the energy above 8 kHz in dB, relative to the whole."""
    values = wave(pcm)
    frames = values[: len(values) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    power = (np.abs(np.fft.rfft(frames)) ** 2).sum(0)
    return float(10 * np.log10(power[np.fft.rfftfreq(1024, 1 / RATE_HZ) > 8000].sum() / power.sum()))
