"""What a worker does: speak one passage, encode it, and put the clip into the store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.clips.clip import Sound, make_clip
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.engines.base import Engine, Speech, Voice
from audiobook.engines.isolation import in_fresh_process
from audiobook.engines.registry import load_engine, voice_for
from audiobook.errors import AudiobookError, SpeechError
from audiobook.pipeline.speakers import bare_passage

_TIME_S: Final = 120.0
"""More than any passage takes; a process that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to make.

    Attributes:
        key: Its key.
        sentences: What is said.
        language: BCP 47 tag.
        speaker: Who says it.
        sound: How the speech becomes a clip.
        store: Folder of the clip store.
    """

    key: str
    sentences: tuple[str, ...]
    language: str
    speaker: Speaker
    sound: Sound
    store: Path

    def run(self) -> Made | Failed:
        """Make the clip, if the engine wants it in a fresh process; a failure is a value, as it travels."""
        try:
            engine = load_engine(self.speaker.engine)
            voice = voice_for(engine, self.language, self.speaker.voice)
            engine.prepare(voice)
            making = _Making(self)
            return in_fresh_process(making, _TIME_S) if engine.alone else making.run()
        except SpeechError as error:
            return Failed(error, _culprit(engine, voice, self))
        except AudiobookError as error:
            return Failed(error, 0)


@dataclass(frozen=True, slots=True)
class _Making:
    """A clip being made, in whatever process that is done."""

    job: Job

    def run(self) -> Made:
        """Speak, encode, and put the clip into the store."""
        job = self.job
        engine = load_engine(job.speaker.engine)
        voice = voice_for(engine, job.language, job.speaker.voice)
        speeches = _speak(engine, voice, job, job.sentences)
        clip = make_clip(((speech.pcm, speech.marks) for speech in speeches), job.speaker.rate_hz, job.sound)
        ClipStore(job.store).put(job.key, clip)
        return Made(clip.shape.length_samples / clip.shape.rate_hz)


@dataclass(frozen=True, slots=True)
class Made:
    """A clip was made, and sounds for so long."""

    length_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A clip could not be made: why, and which sentence of its passage is the culprit."""

    error: AudiobookError
    sentence: int


def _speak(engine: Engine, voice: Voice, job: Job, sentences: tuple[str, ...]) -> Iterator[Speech]:
    """Speak sentences and hold what comes against what was asked for."""
    passage = bare_passage(sentences, job.language)
    count = 0
    try:
        for speech in engine.speak(passage, voice, job.speaker.speed):
            if not len(speech.pcm) or speech.pcm.rate_hz != job.speaker.rate_hz:
                raise SpeechError(f"the engine {engine.name} gave no sound, or one of another sample rate")
            count += 1
            yield speech
    except AudiobookError:
        raise
    except Exception as error:
        # An engine of somebody else's may raise anything; it fails this passage, not the build.
        raise SpeechError(f"the engine {engine.name} failed: {type(error).__name__}: {error}") from error
    if count != len(sentences):
        raise SpeechError(f"the engine {engine.name} gave {count} of {len(sentences)} sentences")


def _culprit(engine: Engine, voice: Voice, job: Job) -> int:
    """Halve a passage that failed until one sentence is left that fails on its own.

    Where no half fails on its own, the first sentence of what is left stands for it.
    """
    start, end = 0, len(job.sentences)
    while end - start > 1:
        middle = (start + end) // 2
        for low, high in ((start, middle), (middle, end)):
            try:
                deque(_speak(engine, voice, job, job.sentences[low:high]), maxlen=0)
            except AudiobookError:
                start, end = low, high
                break
        else:
            return start
    return start
