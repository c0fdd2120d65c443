"""The job of a worker: speak a passage, encode it, and store the clip."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.clips.clip import Clip, Sound, make_clip
from audiobook.clips.encoded import Encoding, lack_speech
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore, missing_encodings, put_encoded
from audiobook.document import Mark, Passage, Sentence
from audiobook.engines.base import Anticipating, Engine, Speech, Style, Voice, engine_failure
from audiobook.engines.registry import voice_for
from audiobook.errors import AudiobookError, ServiceError, SpeechError
from audiobook.files import digest
from audiobook.listening.model import Listener
from audiobook.pipeline.voices.gain import spoken
from audiobook.pipeline.voices.outfits import Outfit, equipped
from audiobook.pipeline.voices.replies import replies_of


class Job(msgspec.Struct, frozen=True):
    """One clip to make.

    Attributes:
        key: Clip key.
        sentences: Sentences to speak, without source positions.
        language: BCP 47 tag of the passage.
        outfit: The engine and its options.
        speaker: The voice.
        sound: How speech is turned into a clip.
        store: Folder of the clip store.
        listener: The recogniser that listens to the clip; None if nothing listens.
        is_made: Whether the clip is already in the store, and only has to be listened to or encoded.
        encodings: Encodings of the clip to make besides MP3.
    """

    key: str
    sentences: tuple[Sentence, ...]
    language: str
    outfit: Outfit
    speaker: Speaker
    sound: Sound
    store: Path
    listener: Listener | None = None
    is_made: bool = False
    encodings: frozenset[Encoding] = frozenset()

    def begin(self) -> Connection | None:
        """Start speaking before `run` is called, if the engine supports it. Errors are ignored: `run` reports them.

        Returns:
            A connection that becomes readable when the speech is ready; None if nothing was started.
        """
        with suppress(Exception):
            if self.is_made:
                return None
            engine = equipped(self.outfit)
            if isinstance(engine, Anticipating):
                voice = voice_for(engine, self.language, self.speaker.voice)
                engine.prepare(voice)
                passage = Passage(self.sentences, self.language)
                return engine.begin(passage, voice, Style(self.speaker.speed, self.speaker.pitch))
        return None

    def run(self) -> Made | Failed:
        """Speak, encode and store the clip. A failure is returned, not raised, so that it can be sent to the driver."""
        heard = 0
        store = ClipStore(self.store)
        keeps_speech = lack_speech(self.encodings)
        try:
            clip = store.get(self.key) if self.is_made else None
            if clip and lack_speech(missing_encodings(store, digest(clip.data), self.encodings)):
                clip = None
            if clip and not self.listener:
                self._encode(store, clip)
                return Made(clip.shape.length_samples / clip.shape.rate_hz)
        except AudiobookError as error:
            return Failed(error, 0)

        def made() -> Clip:
            nonlocal heard
            heard = 0
            return make_clip(speeches(), self.speaker.rate_hz, self.sound, keeps_speech=keeps_speech)

        def speeches() -> Iterator[tuple[Pcm, Sequence[Mark]]]:
            nonlocal heard
            for speech in _speak(engine, voice, self, self.sentences):
                heard += 1
                yield speech.pcm, speech.marks

        try:
            engine = equipped(self.outfit)
            voice = voice_for(engine, self.language, self.speaker.voice)
            engine.prepare(voice)
            before = store.head(self.key)
            if clip is None:
                clip = made()
                store.put(self.key, clip)
            is_clear = True
            if self.listener:
                clip, is_clear = self._listened(clip, engine, voice, made)
            self._encode(store, clip)
        except ServiceError as error:
            # After a failure of a service, the parts of the passage are not requested separately.
            return Failed(error, heard)
        except SpeechError as error:
            return Failed(error, _culprit(engine, voice, self))
        except AudiobookError as error:
            return Failed(error, 0)
        is_other = before is None or before[1] != digest(clip.data)
        return Made(clip.shape.length_samples / clip.shape.rate_hz, is_clear, is_other)

    def _encode(self, store: ClipStore, clip: Clip) -> None:
        if self.encodings:
            put_encoded(store, clip, self.encodings)

    def _listened(
        self, clip: Clip, engine: Engine, voice: Voice, made: Callable[[], Clip]
    ) -> tuple[Clip, bool]:
        """Listen to the clip, and return it or a better one, and whether it has no faults."""
        from audiobook.pipeline.listening import ClipCheck, HearJob  # with narration, only needed to listen

        assert self.listener
        texts = tuple(sentence.text for sentence in self.sentences)
        job = HearJob(self.key, texts, self.language, self.listener, self.store)

        def request(sentence: Sentence) -> None:
            deque(_speak(engine, voice, self, (sentence,)), maxlen=0)

        replies = None if voice.offline else replies_of(self.store)
        clip, hearing = ClipCheck(job, made, request, replies).run(clip, self.sentences)
        return clip, not hearing.strength


class Made(msgspec.Struct, frozen=True):
    """The result of a job that made a clip.

    Attributes:
        length_s: Length of the clip in seconds.
        is_clear: Whether no fault was heard in it; True if no recogniser listened to it.
        is_other: Whether its frames differ from those that were in the store before, or there was no clip.
    """

    length_s: float
    is_clear: bool = True
    is_other: bool = False


class Failed(msgspec.Struct, frozen=True):
    """The result of a job that failed: the error, and the index of the sentence that caused it."""

    error: AudiobookError
    sentence: int


def _speak(engine: Engine, voice: Voice, job: Job, sentences: tuple[Sentence, ...]) -> Iterator[Speech]:
    """Yield the speech of each sentence, and check that it is valid.

    Raises:
        SpeechError: The engine failed, or returned invalid speech or the wrong number of sentences.
    """
    passage = Passage(sentences, job.language)
    count = 0
    for speech in spoken(engine, passage, voice, job.speaker):
        try:
            text = sentences[count].text if count < len(sentences) else ""
            _check(engine, speech, text, job.speaker.rate_hz)
        except (AttributeError, TypeError) as error:
            raise engine_failure(engine, error) from error
        count += 1
        yield speech
    if count != len(sentences):
        raise SpeechError(f"the engine {engine.name} returned {count} of {len(sentences)} sentences")


def _check(engine: Engine, speech: Speech, text: str, rate_hz: int) -> None:
    pcm = speech.pcm
    if not len(pcm) or len(pcm.samples) % SAMPLE_BYTES:
        raise SpeechError(f"the engine {engine.name} returned no sound, or an incomplete sample")
    if pcm.rate_hz != rate_hz:
        raise SpeechError(
            f"the engine {engine.name} returned sound at {pcm.rate_hz} Hz instead of {rate_hz} Hz"
        )
    before_samples = 0
    for mark in speech.marks:
        inside = 0 <= mark.start < mark.start + mark.length <= len(text)
        if not inside or not before_samples <= mark.offset_samples <= len(pcm):
            raise SpeechError(
                f"the engine {engine.name} returned a word time outside the sentence, or out of order"
            )
        before_samples = mark.offset_samples


def _culprit(engine: Engine, voice: Voice, job: Job) -> int:
    """Return the index of the sentence that causes a failure, found by bisection.

    If neither half of a part fails alone, this is the first sentence of the part.
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
