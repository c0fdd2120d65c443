"""The audible part of a sentence."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audiobook.audio.pcm import Pcm, join, silence
from audiobook.audio.silence import heard_span

RATE_HZ = 22050


def tone(length_samples: int, height: int = 8000) -> Pcm:
    values = height * np.sin(np.arange(length_samples) * 0.1)
    return Pcm(values.astype("<i2").tobytes(), RATE_HZ)


def test_silence_around_a_sentence_is_trimmed_to_a_margin() -> None:
    pcm = join([silence(11025, RATE_HZ), tone(22050), silence(6615, RATE_HZ)], RATE_HZ)

    start, end = heard_span(pcm)

    assert 0.005 <= (11025 - start) / RATE_HZ <= 0.031
    assert 0.005 <= (end - 33075) / RATE_HZ <= 0.031


def test_silence_inside_a_sentence_is_kept() -> None:
    pcm = join([tone(4410), silence(22050, RATE_HZ), tone(4410)], RATE_HZ)

    assert heard_span(pcm) == (0, len(pcm))


@given(st.integers(0, 5000))
def test_audio_that_is_all_silence_is_kept_whole(length_samples: int) -> None:
    assert heard_span(silence(length_samples, RATE_HZ)) == (0, length_samples)


@given(st.integers(0, 9000), st.integers(1, 9000), st.integers(0, 9000))
def test_audible_parts_are_never_cut(before: int, length_samples: int, after: int) -> None:
    pcm = join([silence(before, RATE_HZ), tone(length_samples), silence(after, RATE_HZ)], RATE_HZ)

    start, end = heard_span(pcm)

    assert 0 <= start < end <= len(pcm)
    if length_samples > 500:
        assert start <= before
        assert end >= before + length_samples - 30
