"""What a worker does: speak one passage, encode it, and put the clip into the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiobook.clips.clip import Sound, make_clip
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.engines.base import Engine, Speech, Voice
from audiobook.engines.registry import load_engine, voice_for
from audiobook.errors import AudiobookError, SpeechError
from audiobook.pipeline.speakers import bare_passage


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
        """Make the clip; a failure is a value, because it has to travel back to the driver."""
        try:
            engine = load_engine(self.speaker.engine)
            voice = voice_for(engine, self.language, self.speaker.voice)
        except AudiobookError as error:
            return Failed(error, 0)
        try:
            speeches = _speak(engine, voice, self, self.sentences)
        except SpeechError as error:
            return Failed(error, _culprit(engine, voice, self))
        except AudiobookError as error:
            return Failed(error, 0)
        try:
            clip = make_clip([(speech.pcm, speech.marks) for speech in speeches], self.sound)
            ClipStore(self.store).put(self.key, clip)
        except AudiobookError as error:
            return Failed(error, 0)
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


def _speak(engine: Engine, voice: Voice, job: Job, sentences: tuple[str, ...]) -> list[Speech]:
    passage = bare_passage(sentences, job.language)
    try:
        speeches = list(engine.speak(passage, voice, job.speaker.speed))
    except AudiobookError:
        raise
    except Exception as error:
        # An engine of somebody else's may raise anything; it fails this passage, not the build.
        raise SpeechError(f"the engine {engine.name} failed: {type(error).__name__}: {error}") from error
    if len(speeches) != len(sentences):
        raise SpeechError(f"the engine {engine.name} gave {len(speeches)} of {len(sentences)} sentences")
    for speech in speeches:
        if not len(speech.pcm) or speech.pcm.rate_hz != job.speaker.rate_hz:
            raise SpeechError(f"the engine {engine.name} gave no sound, or one of another sample rate")
    return speeches


def _culprit(engine: Engine, voice: Voice, job: Job) -> int:
    """Halve a passage that failed until one sentence is left that fails on its own.

    Where no half fails on its own, the first sentence of what is left stands for it.
    """
    start, end = 0, len(job.sentences)
    while end - start > 1:
        middle = (start + end) // 2
        for low, high in ((start, middle), (middle, end)):
            try:
                _speak(engine, voice, job, job.sentences[low:high])
            except AudiobookError:
                start, end = low, high
                break
        else:
            return start
    return start
