"""When words begin: the marks of voices, against the sound itself and against what a speech recogniser hears.

The recogniser's attention moves to a word before it begins, by a nearly constant time. So its raw starts are shown next to
those that listening keeps, which are corrected. The sound itself is the independent reference: after a pause, a word
begins where the sound rises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import numpy as np
import numpy.typing as npt

from audiobook.audio.pcm import Pcm
from audiobook.audio.resample import resample
from audiobook.document import Mark
from audiobook.engines.base import Speech
from audiobook.engines.word_times import is_interrupted, words_of
from audiobook.listening.model import Listener
from audiobook.listening.recogniser import RATE_HZ, loaded
from audiobook.listening.wording import align_words, spoken_words
from bench.planted import CLEAN, Case, cases, distances_ms, heard
from bench.spoken import Speaker

VOICES: Final = (("espeak", "en-us"), ("piper", "en_US-joe-medium"), ("kokoro", "af_heart"))
_FULL_SCALE: Final = 32768
_STEP_S: Final = 0.005
_WINDOW_STEPS: Final = 2
_QUIET_DB: Final = 32.0
"""How far below loud speech a pause is."""
_SHORTEST_PAUSE_STEPS: Final = 20
_NEAR_STEPS: Final = 60
"""How far from the mark the rise of the sound is looked for, 300 ms."""


def compare_starts(
    listener: Listener, engine: str | None, paths: Sequence[Path], count: int, seed: int
) -> None:
    """Print how exact the marks of each voice are; see `count_faults` for the arguments."""
    clean = [case for together in cases(paths, count, seed) for case in together if case.kind == CLEAN]
    for name, voice in VOICES:
        if engine in (None, name):
            print(f"{name} {voice}, {len(clean)} passages, seed {seed}", flush=True)
            _compare(Speaker(name, voice), clean, listener)


def _compare(speaker: Speaker, clean: Sequence[Case], listener: Listener) -> None:
    words = own = across = 0
    rises: list[float] = []
    raw: list[float] = []
    kept: list[float] = []
    for case in clean:
        for text in case.texts:
            speech = speaker.sentence(text)
            words += len(words_of(text))
            own += len(
                set(words_of(text)) & {(mark.start, mark.start + mark.length) for mark in speech.marks}
            )
            across += sum(_spans_punctuation(text, mark) for mark in speech.marks)
            rises += rises_ms(text, speech)
            raw += _raw_ms(text, speech, listener)
        clip = speaker.clip(case.texts)
        kept += distances_ms(clip, heard(speaker, clip, case, listener))
    print(f"  words with a mark of their own: {100 * own / words:.2f} % of {words}")
    print(f"  marks across punctuation: {across}")
    for what, distances in (
        ("mark after the rise of the sound", [-rise for rise in rises]),
        ("recogniser, raw, after the mark", raw),
        ("recogniser, corrected, after the mark", kept),
    ):
        print(f"  {what}: {_told(distances)}")


def _told(distances_ms: Sequence[float]) -> str:
    if len(distances_ms) < 2:
        return "too few words"
    sizes = [abs(distance) for distance in distances_ms]
    return (
        f"median {median(distances_ms):+.0f} ms; distance median {median(sizes):.0f} ms, "
        f"p90 {quantiles(sizes, n=10)[-1]:.0f} ms ({len(sizes)} words)"
    )


def _spans_punctuation(text: str, mark: Mark) -> bool:
    within = [(start, end) for start, end in words_of(text) if mark.start <= start < mark.start + mark.length]
    return any(is_interrupted(text, one[1], two[0]) for one, two in pairwise(within))


def _raw_ms(text: str, speech: Speech, listener: Listener) -> Iterator[float]:
    """Yield how much later than its mark the recogniser's attention moves to each word."""
    pcm = resample(speech.pcm, RATE_HZ)
    samples = np.frombuffer(pcm.samples, np.int16).astype(np.float32) / np.float32(_FULL_SCALE)
    sound = loaded(listener.folder).listen(samples, "en")
    marks = {mark.start: mark.offset_samples / speech.pcm.rate_hz for mark in speech.marks}
    aligned = align_words(sound, spoken_words(text))
    for (start, _), word in zip(words_of(text), aligned, strict=True):
        if start in marks:
            yield (word.begins_s - marks[start]) * 1000


def rises_ms(text: str, speech: Speech) -> Iterator[float]:
    """Yield how much later than its mark the sound rises at each word that follows a pause."""
    is_quiet = _quiet_steps(speech.pcm)
    words = words_of(text)
    marks = {mark.start: mark.offset_samples / speech.pcm.rate_hz for mark in speech.marks}
    for (_, before), (start, _) in pairwise(words):
        if start in marks and is_interrupted(text, before, start):
            at = round(marks[start] / _STEP_S)
            ends = [end for end in _ends_of_pauses(is_quiet) if abs(end - at) <= _NEAR_STEPS]
            if ends:
                nearest = min(ends, key=lambda end: abs(end - at))
                yield (nearest * _STEP_S - marks[start]) * 1000


def _quiet_steps(pcm: Pcm) -> npt.NDArray[np.bool_]:
    """Return for each 5 ms whether the sound is that of a pause."""
    samples = np.frombuffer(pcm.samples, np.int16).astype(np.float64)
    step = int(pcm.rate_hz * _STEP_S)
    powers = np.square(samples[: len(samples) // step * step]).reshape(-1, step).mean(axis=1)
    powers = np.convolve(powers, np.full(_WINDOW_STEPS, 1 / _WINDOW_STEPS), "valid")
    loudness_db = 10 * np.log10(powers + 1)
    is_quiet: npt.NDArray[np.bool_] = loudness_db < np.percentile(loudness_db, 95) - _QUIET_DB
    return is_quiet


def _ends_of_pauses(is_quiet: npt.NDArray[np.bool_]) -> Iterator[int]:
    began: int | None = None
    for step, quiet in enumerate(is_quiet.tolist()):
        if quiet:
            began = step if began is None else began
        elif began is not None:
            if step - began >= _SHORTEST_PAUSE_STEPS:
                yield step
            began = None
