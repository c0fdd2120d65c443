"""Planted faults: how many `check --listen` finds, and how often it is wrong about correct sentences."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from audiobook.clips.clip import Clip
from audiobook.listening.hearing import Hearing, hear_with
from audiobook.listening.model import Listener
from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, read_work
from bench.remembered import Remembering
from bench.spoken import Speaker

ROOT: Final = Path(__file__).parents[1]
TEXTS: Final = (ROOT / "texts/en/a-day-in-sounds.md", ROOT / "texts/en/the-listening-reader.txt")
VOICES: Final = (("piper", "en_US-joe-medium"), ("kokoro", "af_heart"))
CLEAN: Final = "as it should be"
LEFT_OUT, DOUBLED, HALF, OTHER, ADDED = KINDS = (
    "a word left out",
    "a word said twice",
    "half a sentence missing",
    "another sentence",
    "a word added",
)
_FEWEST_WORDS: Final = {LEFT_OUT: 4, DOUBLED: 4, HALF: 6, OTHER: 4, ADDED: 4}
_TOGETHER: Final = 2
"""Number of sentences that are heard as one clip."""
_MOST_WORDS: Final = 40
_SIGNS: Final = ',;:.—“”"'


@dataclass(frozen=True)
class Case:
    """Sentences, and what a voice says instead."""

    kind: str
    texts: tuple[str, ...]
    spoken: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """A case that was heard; `marks_ms` are distances between heard words and the marks of the voice."""

    case: Case
    heard: str
    is_suspected: bool
    suspected_sentences: int
    marks_ms: tuple[float, ...]


def passages(paths: Sequence[Path]) -> Iterator[tuple[str, ...]]:
    """Yield neighbouring sentences of the texts, none of them very long."""
    for path in paths:
        work = read_work(Source(path.read_bytes(), path.name, path.stem, "en", path.stem), path.name)
        for chapter in work.chapters:
            for paragraph in chapter.paragraphs:
                for passage in narrate(paragraph, "en"):
                    texts = tuple(sentence.text for sentence in passage.sentences)
                    for first in range(0, len(texts), _TOGETHER):
                        near = texts[first : first + _TOGETHER]
                        if all(len(text.split()) <= _MOST_WORDS for text in near):
                            yield near


def cases(paths: Sequence[Path], count: int, seed: int, kinds: Sequence[str] = KINDS) -> list[list[Case]]:
    """Return cases for a number of passages of the texts: as it should be, and with a fault of each kind.

    Sentences that are too short for a fault are left out. More passages include those of a smaller number.
    """
    found = list(passages(paths))
    random.Random(seed).shuffle(found)
    pool = [text for texts in found for text in texts]
    planted = []
    for texts in found[:count]:
        together = [Case(CLEAN, texts, texts)]
        chance = random.Random(f"{seed} {texts}")
        for kind in kinds:
            at = chance.randrange(len(texts))
            wrong = _with_fault(kind, texts[at], pool, chance)
            if wrong:
                together.append(Case(kind, texts, (*texts[:at], wrong, *texts[at + 1 :])))
        planted.append(together)
    return planted


def _with_fault(kind: str, sentence: str, pool: Sequence[str], chance: random.Random) -> str:
    """Return a sentence with a fault, empty if it is too short for it."""
    words = sentence.split()
    if len(words) < _FEWEST_WORDS[kind]:
        return ""
    if kind == LEFT_OUT:
        del words[chance.randrange(1, len(words) - 1)]
    elif kind == DOUBLED:
        at = chance.randrange(len(words) - 1)
        words.insert(at, words[at].strip(_SIGNS))
    elif kind == HALF:
        half = len(words) // 2
        words = words[:half] if chance.random() < 0.5 else words[half:]
    elif kind == ADDED:
        added = chance.choice(chance.choice(pool).split()).strip(_SIGNS)
        words.insert(chance.randrange(1, len(words)), added or words[0])
    else:
        others = [text for text in pool if text != sentence and len(text.split()) >= _FEWEST_WORDS[kind]]
        words = chance.choice(others).split()
    return " ".join(words)


@cache
def _speaker(engine: str, voice: str) -> Speaker:
    return Speaker(engine, voice)


def heard(speaker: Speaker, clip: Clip, case: Case, listener: Listener) -> Hearing:
    """Return what is heard in the clip of a case. Answers of the recogniser are remembered, decisions are made anew."""
    recogniser = Remembering(listener, speaker.key(case.spoken))
    hearing = hear_with(recogniser, clip, case.texts, "en")
    recogniser.keep()
    return hearing


def _outcomes(engine: str, voice: str, together: Sequence[Case], listener: Listener) -> list[Outcome]:
    speaker = _speaker(engine, voice)
    found = []
    for case in together:
        clip = speaker.clip(case.spoken)
        hearing = heard(speaker, clip, case, listener)
        sentences = hearing.sentences
        suspected = sum(bool(sentence.faults) for sentence in sentences)
        marks_ms = tuple(distances_ms(clip, hearing)) if case.kind == CLEAN else ()
        shown = " ".join(sentence.heard for sentence in sentences)
        found.append(Outcome(case, shown, bool(hearing.strength), suspected, marks_ms))
    return found


def distances_ms(clip: Clip, hearing: Hearing) -> Iterator[float]:
    """Yield how much later than the voice's own mark each word is heard to begin; negative if it is earlier."""
    for sentence, heard in zip(clip.shape.sentences, hearing.sentences, strict=True):
        own = {start: at for start, _, at in sentence.marks}
        for start, _, at in heard.words:
            if start in own:
                yield (at - own[start]) * 1000 / clip.shape.rate_hz


def count_faults(
    listener: Listener,
    engine: str | None,
    paths: Sequence[Path],
    count: int,
    seed: int,
    *,
    kinds: Sequence[str],
    show: bool,
) -> None:
    """Print how many planted faults are found, how many clean sentences are suspected, and how exact the times are.

    Args:
        listener: The recogniser.
        engine: Only use the voice of this engine.
        paths: Texts to take sentences from.
        count: Number of passages of up to two sentences.
        seed: Chooses passages and faults.
        kinds: Faults to plant.
        show: Whether to print each fault that was not found, and each false alarm.
    """
    planted = cases(paths, count, seed, kinds)
    for name, voice in VOICES:
        if engine in (None, name):
            with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as workers:
                jobs = [workers.submit(_outcomes, name, voice, together, listener) for together in planted]
                outcomes = [outcome for job in jobs for outcome in job.result()]
            print(f"{name} {voice}, {len(planted)} passages, seed {seed}", flush=True)
            _print_counts(outcomes)
            if show:
                _print_mistakes(outcomes)


def _print_counts(outcomes: Sequence[Outcome]) -> None:
    all_of = Counter(outcome.case.kind for outcome in outcomes)
    found = Counter(outcome.case.kind for outcome in outcomes if outcome.is_suspected)
    for kind in (kind for kind in KINDS if all_of[kind]):
        print(f"  {kind}: {found[kind]} of {all_of[kind]}")
    total = sum(all_of[kind] for kind in KINDS)
    if total:
        print(f"  found: {100 * sum(found[kind] for kind in KINDS) / total:.1f} % of {total}")
    clean = [outcome for outcome in outcomes if outcome.case.kind == CLEAN]
    alarms = sum(outcome.suspected_sentences for outcome in clean)
    sentences = sum(len(outcome.case.texts) for outcome in clean)
    print(f"  false alarms: {100 * alarms / sentences:.1f} % ({alarms} of {sentences} sentences)")
    distances = [abs(distance) for outcome in clean for distance in outcome.marks_ms]
    if len(distances) > 1:
        print(f"  words: median {median(distances):.0f} ms, p90 {quantiles(distances, n=10)[-1]:.0f} ms")


def _print_mistakes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.is_suspected != (outcome.case.kind != CLEAN):
            said = " ".join(outcome.case.spoken)
            print(f"  {outcome.case.kind}\n    text:  {' '.join(outcome.case.texts)}")
            print(f"    said:  {said}\n    heard: {outcome.heard}")
