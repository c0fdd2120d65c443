"""What a worker does: speak one passage, encode it, and put the clip into the store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.clips.clip import Sound, make_clip
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.document import Mark, Passage, Sentence
from audiobook.engines.base import Anticipating, Engine, Speech, Style, Voice, engine_failure
from audiobook.engines.registry import voice_for
from audiobook.errors import AudiobookError, ServiceError, SpeechError
from audiobook.pipeline.gain import spoken
from audiobook.pipeline.voices import Outfit, equipped


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to make.

    Attributes:
        key: Its key.
        sentences: What is said, without where it came from.
        language: BCP 47 tag.
        outfit: The engine that says it.
        speaker: Who says it.
        sound: How the speech becomes a clip.
        store: Folder of the clip store.
    """

    key: str
    sentences: tuple[Sentence, ...]
    language: str
    outfit: Outfit
    speaker: Speaker
    sound: Sound
    store: Path

    def begin(self) -> Connection | None:
        """Have an engine that can begin to speak; what goes wrong goes wrong again in `run`, which says so.

        Returns:
            What can be read from when it is said; None where nothing was begun.
        """
        with suppress(Exception):
            engine = equipped(self.outfit)
            if isinstance(engine, Anticipating):
                voice = voice_for(engine, self.language, self.speaker.voice)
                engine.prepare(voice)
                passage = Passage(self.sentences, self.language)
                return engine.begin(passage, voice, Style(self.speaker.speed, self.speaker.pitch))
        return None

    def run(self) -> Made | Failed:
        """Speak, encode, and put the clip into the store; a failure is a value, because it travels back."""
        heard = 0

        def speeches() -> Iterator[tuple[Pcm, Sequence[Mark]]]:
            nonlocal heard
            for speech in _speak(engine, voice, self, self.sentences):
                heard += 1
                yield speech.pcm, speech.marks

        try:
            engine = equipped(self.outfit)
            voice = voice_for(engine, self.language, self.speaker.voice)
            engine.prepare(voice)
            clip = make_clip(speeches(), self.speaker.rate_hz, self.sound)
            ClipStore(self.store).put(self.key, clip)
        except ServiceError as error:
            # A service that failed is not asked again for parts of what it did not answer.
            return Failed(error, heard)
        except SpeechError as error:
            return Failed(error, _culprit(engine, voice, self))
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


def _speak(engine: Engine, voice: Voice, job: Job, sentences: tuple[Sentence, ...]) -> Iterator[Speech]:
    """Speak sentences and hold what comes against what was asked for."""
    passage = Passage(sentences, job.language)
    given = 0
    for speech in spoken(engine, passage, voice, job.speaker):
        try:
            text = sentences[given].text if given < len(sentences) else ""
            _check(engine, speech, text, job.speaker.rate_hz)
        except (AttributeError, TypeError) as error:
            raise engine_failure(engine, error) from error
        given += 1
        yield speech
    if given != len(sentences):
        raise SpeechError(f"the engine {engine.name} gave {given} of {len(sentences)} sentences")


def _check(engine: Engine, speech: Speech, text: str, rate_hz: int) -> None:
    pcm = speech.pcm
    if not len(pcm) or len(pcm.samples) % SAMPLE_BYTES:
        raise SpeechError(f"the engine {engine.name} gave no sound, or half a sample")
    if pcm.rate_hz != rate_hz:
        raise SpeechError(
            f"the engine {engine.name} gave sound at a rate of {pcm.rate_hz} Hz, not {rate_hz} Hz"
        )
    before_samples = 0
    for mark in speech.marks:
        inside = 0 <= mark.start < mark.start + mark.length <= len(text)
        if not inside or not before_samples <= mark.offset_samples <= len(pcm):
            raise SpeechError(
                f"the engine {engine.name} timed a word that is not in the sentence, or not in order"
            )
        before_samples = mark.offset_samples


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
