"""Real voices of Piper and Kokoro: every word has its own mark, where it is heard.

Only CI has these voices.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audiobook.engines.base import Speech, Style
from audiobook.engines.registry import load_engine, voice_for
from audiobook.pipeline.voices.gain import bare_passage

TEXTS = {
    "piper": (
        "It was a long breath, a pause; then, of the three of us, I was the first to go.",
        "A man “of the old kind” came in at 5, and a boy (a small one) ran — as a boy does — to a boat.",
        "Is it a test? Is it an answer, or a to-do list of 23 things: a, b and c?",
    ),
    "kokoro": ("I took a breath, a long one, at the end of the day.",),
}
NAMES = {"piper": "en_US-joe-medium", "kokoro": "af_heart"}
_STEP_MS = 5


def words_of(text: str) -> list[str]:
    return [word.strip(".,;:?!“”()") for word in re.split(r"[\s—]+", text) if word]


def onsets_ms(speech: Speech) -> list[float]:
    """Return where sound begins after at least 80 ms of quiet."""
    rate_hz = speech.pcm.rate_hz
    samples: np.ndarray[Any, np.dtype[np.int16]] = np.frombuffer(speech.pcm.samples, np.int16)
    step = rate_hz * _STEP_MS // 1000
    whole = samples[: len(samples) // step * step].astype(float).reshape(-1, step)
    level_db = 20 * np.log10(np.sqrt((whole**2).mean(axis=1)) / 32768 + 1e-9)
    quiet = 80 // _STEP_MS
    return [
        at * step * 1000 / rate_hz
        for at in range(quiet, len(level_db))
        if level_db[at] > -42 and (level_db[at - quiet : at] < -45).all()
    ]


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_word_has_its_own_mark_and_begins_where_it_is_heard(
    name: str, real_voices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIOBOOK_VOICES", str(real_voices))
    load_engine.cache_clear()
    engine = load_engine(name)
    voice = voice_for(engine, "en", NAMES[name])
    engine.prepare(voice)
    speeches = list(engine.speak(bare_passage(TEXTS[name], "en"), voice, Style()))
    load_engine.cache_clear()
    distances: list[float] = []
    for text, speech in zip(TEXTS[name], speeches, strict=True):
        marked = [text[mark.start : mark.start + mark.length] for mark in speech.marks]
        assert marked == words_of(text)
        begins = [mark.offset_samples * 1000 / speech.pcm.rate_hz for mark in speech.marks]
        distances += [min(abs(begin - onset) for begin in begins) for onset in onsets_ms(speech)]
        assert 0.2 < speech.pcm.length_s / len(marked) < 0.7
    assert len(distances) >= 2
    assert float(np.median(distances)) <= 40
