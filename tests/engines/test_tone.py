"""The `tone` engine: every sample is known in advance."""

import hashlib
import subprocess
import sys
from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_S

from audiobook.document import Mark, Passage, Sentence
from audiobook.engines.base import ANY_LANGUAGE, Engine, Speech, Style
from audiobook.engines.tone import GAP_SAMPLES, RATE_HZ, ToneEngine, tone

LETTER_SAMPLES = 882
"""40 ms at 22 050 Hz."""
PEAK = 6000


def speak(*texts: str, speed: float = 1.0) -> list[Speech]:
    passage = Passage(tuple(Sentence(text, array("I"), array("I")) for text in texts), "fi")
    engine = ToneEngine()
    return list(engine.speak(passage, engine.voices()[0], Style(speed)))


def samples(data: bytes | memoryview) -> list[int]:
    values = array("h", bytes(data))
    if sys.byteorder == "big":
        values.byteswap()
    return list(values)


def period_of(wave: list[int]) -> int:
    """Return the number of samples between two peaks."""
    first, second = [at for at, value in enumerate(wave) if value == PEAK][:2]
    return second - first


def triangle(period: int, length: int) -> list[int]:
    """Return whole periods of a triangle wave that starts upwards from zero, then silence."""
    quarter = period // 4
    points = [0, PEAK, 0, -PEAK]
    one: list[int] = []
    for start, end in zip(points, [*points[1:], 0], strict=True):
        for step in range(quarter):
            part = PEAK * (step if start == 0 else quarter - step) // quarter
            one.append(part if start + end > 0 else -part)
    whole = length // period
    return one * whole + [0] * (length - whole * period)


def test_it_has_one_voice_for_every_language() -> None:
    engine = ToneEngine()
    assert isinstance(engine, Engine)
    (voice,) = engine.voices()
    assert (voice.engine, voice.language, voice.rate_hz, voice.offline) == (
        "tone",
        ANY_LANGUAGE,
        RATE_HZ,
        True,
    )


@pytest.mark.parametrize("word", ["a", "hei", "äiti", "kuunteleva", "1990", "😀", "\ud800"])
@pytest.mark.parametrize("length", [882, 1764, 3000])
def test_a_word_is_a_triangle_wave_sample_by_sample(word: str, length: int) -> None:
    wave = samples(tone(word, length))
    period = period_of(wave)
    assert period % 4 == 0
    assert wave == triangle(period, length)


def test_words_differ_in_pitch() -> None:
    periods = {word: period_of(samples(tone(word, 3000))) for word in map(str, range(500))}
    assert set(periods.values()) == set(range(40, 120, 4))


def test_each_word_is_followed_by_silence() -> None:
    (speech,) = speak("ab c")
    first, second = 2 * LETTER_SAMPLES, LETTER_SAMPLES
    wave = samples(speech.pcm.samples)
    assert speech.pcm.rate_hz == RATE_HZ
    assert wave == [
        *samples(tone("ab", first)),
        *([0] * GAP_SAMPLES),
        *samples(tone("c", second)),
        *([0] * GAP_SAMPLES),
    ]


def test_marks_say_where_each_word_begins() -> None:
    (speech,) = speak("ab  c, äiti")
    ends_of_ab = 2 * LETTER_SAMPLES + GAP_SAMPLES
    assert speech.marks == (
        Mark(0, 2, 0),
        Mark(4, 2, ends_of_ab),
        Mark(7, 4, ends_of_ab + 2 * LETTER_SAMPLES + GAP_SAMPLES),
    )


def test_each_sentence_is_a_separate_speech() -> None:
    both = speak("Hän tuli.", "Hän lähti.")
    assert both == [*speak("Hän tuli."), *speak("Hän lähti.")]


@pytest.mark.parametrize(("speed", "length"), [(0.5, 1764), (1.0, 882), (2.0, 441), (3.0, 294), (1.1, 801)])
def test_speed_shortens_the_words(speed: float, length: int) -> None:
    (speech,) = speak("a b", speed=speed)
    assert [mark.offset_samples for mark in speech.marks] == [0, length + GAP_SAMPLES]
    assert len(speech.pcm) == 2 * (length + GAP_SAMPLES)


GOLDEN = "742dc256"
SAY = """
import hashlib
from array import array
from audiobook.document import Passage, Sentence
from audiobook.engines.base import Style
from audiobook.engines.tone import ToneEngine
passage = Passage((Sentence("Hän tuli – ja lähti 5 kertaa.", array("I"), array("I")),), "fi")
(speech,) = ToneEngine().speak(passage, ToneEngine().voices()[0], Style())
print(hashlib.sha256(bytes(speech.pcm.samples)).hexdigest()[:8])
"""


def test_the_same_words_are_the_same_samples_forever() -> None:
    (speech,) = speak("Hän tuli – ja lähti 5 kertaa.")
    assert hashlib.sha256(bytes(speech.pcm.samples)).hexdigest()[:8] == GOLDEN


def test_the_same_words_are_the_same_samples_in_another_process() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SAY], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert said.stdout.strip() == GOLDEN


@given(text=st.text().filter(str.strip), speed=st.floats(0.5, 3.0))
def test_marks_are_in_order_and_within_the_sound(text: str, speed: float) -> None:
    (speech,) = speak(text, speed=speed)
    assert [text[mark.start : mark.start + mark.length] for mark in speech.marks] == text.split()
    assert all(one.offset_samples < other.offset_samples for one, other in pairwise(speech.marks))
    assert speech.marks[0].offset_samples == 0
    assert speech.marks[-1].offset_samples < len(speech.pcm)
    assert len(speech.pcm.samples) == 2 * len(speech.pcm)
