"""The loudness and noise floor of a voice, measured once, and the gain that brings the voice to the target loudness."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import log10
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.audio.noise_floor import Floor
from audiobook.audio.pcm import join
from audiobook.clips.key import Speaker
from audiobook.clips.sealed import SealedFolder
from audiobook.clips.store import ClipStore
from audiobook.document import Passage, Sentence
from audiobook.engines.base import Engine, Speech, Style, Voice, engine_failure
from audiobook.engines.registry import voice_for
from audiobook.errors import AudiobookError, EngineMissing, ServiceError, SpeechError, StorageError
from audiobook.files import digest
from audiobook.pipeline.voices.outfits import Outfit, equipped
from audiobook.pipeline.voices.speaking_speed import Measured as Took
from audiobook.pipeline.voices.speaking_speed import add_measurement, user_notes
from audiobook.pipeline.workers import WorkerPool

if TYPE_CHECKING:
    # Imports the settings, which workers do not need.
    from audiobook.pipeline.voices.choosing import ChosenVoice

NUMERALS: Final = (
    "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20.",
    "1 2 3 4 5 6 7 8 9 0.",
    "9 8 7 6 5 4 3 2 1 0.",
)
"""The sentences with which voices are measured: numerals, because they can be read in every language."""
_BOOK_BELOW_NUMERALS_LU: Final = 0.3
"""How much quieter a whole book is than these numerals, because of its pauses and limited peaks."""
_MOST_GAIN_DB: Final = 20.0
_TICK_S: Final = 0.2


def bare_passage(texts: tuple[str, ...], language: str) -> Passage:
    """Return a passage with texts only, which is enough for an engine and small to send to a worker."""
    return Passage(tuple(Sentence(text, (), ()) for text in texts), language)


def bare_sentence(sentence: Sentence) -> Sentence:
    """Return a sentence without its source positions."""
    return Sentence(sentence.text, (), (), sentence.phonemes)


def spoken(engine: Engine, passage: Passage, voice: Voice, speaker: Speaker) -> Iterator[Speech]:
    """Yield the speech of each sentence, and turn any exception of the engine into one of our errors.

    Raises:
        SpeechError: The engine failed.
    """
    try:
        yield from engine.speak(passage, voice, Style(speaker.speed, speaker.pitch))
    except (AudiobookError, GeneratorExit):
        raise
    except Exception as error:
        # A bug in an engine must fail this passage only, not the build.
        raise engine_failure(engine, error) from error


class Measured(msgspec.Struct, frozen=True, array_like=True):
    """Measurements of a voice.

    Attributes:
        loudness_lufs: Loudness in LUFS.
        floor: The noise floor; None if pauses are silent.
        length_s: Length of the speech that was measured, in seconds.
    """

    loudness_lufs: float
    floor: Floor | None
    length_s: float = 0.0


class VoiceLevel(msgspec.Struct, frozen=True):
    """How to bring a voice to the target loudness.

    Attributes:
        gain_db: Gain to apply, in dB, rounded to 0.1.
        floor: The noise floor after the gain; None if pauses are silent.
    """

    gain_db: float
    floor: Floor | None


UNMEASURED: Final = VoiceLevel(0.0, None)
"""Level of a voice that was not measured, because no clips are made."""


def voice_level(
    chosen: ChosenVoice,
    language: str,
    loudness_lufs: float,
    store: ClipStore,
    *,
    keep: bool,
    tick: Callable[[], object] = lambda: None,
) -> VoiceLevel:
    """Return the gain that brings a voice to a loudness, and its noise floor.

    An offline voice is measured once for all projects of the user, and an online voice once for each project. The gain
    belongs to the voice and not to the text, so an edit never changes the level of other passages. It is rounded to
    0.1 dB, so that computers whose results differ in the last bit agree.

    Args:
        chosen: The voice.
        language: BCP 47 tag of the language that it speaks.
        loudness_lufs: Target loudness of a book, in LUFS.
        store: The project's store, which caches the measurement.
        keep: Whether to save the measurement. A dry run saves and sends nothing: an online voice that was not measured
            before gets a gain of 0.0, which only affects the reported number of clips.
        tick: Called a few times a second while the voice is measured.

    Raises:
        EngineMissing: The voice cannot speak the numerals.
        ServiceError: The online service of the voice failed.
        StorageError: The measurement cannot be stored.
    """
    name = "loudness-" + digest(
        msgspec.json.encode((msgspec.structs.replace(chosen.speaker, volume=1.0), language, NUMERALS))
    )
    measured = _known(store.notes, name)
    if measured is None and not keep and not chosen.voice.offline:
        return UNMEASURED
    if measured is None:
        # An online voice may be louder or quieter tomorrow, so each project measures it.
        shared = user_notes() if chosen.voice.offline else None
        if shared:
            with suppress(StorageError):  # if the cache cannot be used, the voice is measured again
                measured = _known(shared, name)
        if measured is None:
            began_s = time.monotonic()
            measured = _in_worker(MeasureVoice(chosen.outfit, chosen.speaker, language), tick)
            took = Took(measured.length_s, time.monotonic() - began_s)
            add_measurement(chosen.speaker, took, keep=keep)
            if keep and shared:
                with suppress(StorageError):
                    shared.put(name, msgspec.json.encode(measured))
        if keep:
            store.notes.put(name, msgspec.json.encode(measured))
    gain = loudness_lufs + _BOOK_BELOW_NUMERALS_LU - measured.loudness_lufs
    gain += 20 * log10(chosen.speaker.volume)
    rounded = round(max(-_MOST_GAIN_DB, min(_MOST_GAIN_DB, gain)), 1)
    return VoiceLevel(rounded, measured.floor.amplified(rounded) if measured.floor else None)


def _in_worker(measuring: MeasureVoice, tick: Callable[[], object]) -> Measured:
    with WorkerPool[MeasureVoice, "Measured | AudiobookError"](1, leaves_workers=True) as pool:
        pool.submit(measuring)
        while True:
            for _, result in pool.results(_TICK_S):
                if isinstance(result, SpeechError) and not isinstance(result, ServiceError):
                    raise _cannot_speak(measuring.speaker, result)
                if isinstance(result, AudiobookError):
                    raise result
                return result
            tick()


def _known(notes: SealedFolder, name: str) -> Measured | None:
    kept = notes.get(name)
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(kept, type=Measured) if kept else None
    return None


class MeasureVoice(msgspec.Struct, frozen=True):
    """A task that measures the loudness and noise floor of a voice, in a worker, so that the driver uses little memory."""

    outfit: Outfit
    speaker: Speaker
    language: str

    def begin(self) -> None:
        """Do nothing: this is the only task."""

    def run(self) -> Measured | AudiobookError:
        """Return the measurements. An error is returned, not raised, so that it can be sent to the driver."""
        from audiobook.audio.loudness import loudness_lufs
        from audiobook.audio.noise_floor import measure_floor

        passage = bare_passage(NUMERALS, self.language)
        try:
            engine = equipped(self.outfit)
            voice = voice_for(engine, self.language, self.speaker.voice)
            engine.prepare(voice)
            speeches = list(spoken(engine, passage, voice, self.speaker))
            sound = join([speech.pcm for speech in speeches], voice.rate_hz)
        except ServiceError as error:
            return error
        except (AudiobookError, ValueError) as error:
            return _cannot_speak(self.speaker, error)
        if len(speeches) != len(NUMERALS):
            return _cannot_speak(self.speaker, f"it returned {len(speeches)} of {len(NUMERALS)} sentences")
        return Measured(loudness_lufs(sound), measure_floor(sound), len(sound) / sound.rate_hz)


def _cannot_speak(speaker: Speaker, why: object) -> EngineMissing:
    hint = why.hint if isinstance(why, AudiobookError) else None
    return EngineMissing(f"the voice “{speaker.voice}” of {speaker.engine} cannot speak: {why}", hint=hint)
