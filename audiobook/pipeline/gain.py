"""What a voice says, and how loud it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10
from typing import Final

import msgspec

from audiobook.audio.pcm import join
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.document import Passage, Sentence
from audiobook.engines.base import Engine, Speech, Style, Voice, engine_failure
from audiobook.engines.registry import voice_for
from audiobook.errors import AudiobookError, EngineMissing, ServiceError, SpeechError
from audiobook.files import digest
from audiobook.pipeline.voices import ChosenVoice, Outfit, equipped
from audiobook.pipeline.workers import WorkerPool

_NUMERALS: Final = (
    "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20.",
    "1 2 3 4 5 6 7 8 9 0.",
    "9 8 7 6 5 4 3 2 1 0.",
)
"""The passage on which every voice is measured: it can be read out in every language."""
_BOOK_BELOW_NUMERALS_LU: Final = 0.3
"""How much quieter a whole book comes out than these numerals, with its pauses and held peaks: between
-0.4 and 1.1 in fifteen texts of six languages."""
_MOST_GAIN_DB: Final = 20.0


def bare_passage(texts: tuple[str, ...], language: str) -> Passage:
    """Give a passage that knows only what is said: enough for an engine, and light to send to a worker."""
    return Passage(tuple(Sentence(text, (), ()) for text in texts), language)


def bare_sentence(sentence: Sentence) -> Sentence:
    """Give what is said of a sentence, without where it came from."""
    return Sentence(sentence.text, (), (), sentence.phonemes)


def spoken(engine: Engine, passage: Passage, voice: Voice, speaker: Speaker) -> Iterator[Speech]:
    """Have an engine speak; whatever it raises is an error of ours.

    Raises:
        SpeechError: It failed.
    """
    try:
        yield from engine.speak(passage, voice, Style(speaker.speed, speaker.pitch))
    except (AudiobookError, GeneratorExit):
        raise
    except Exception as error:
        # It fails this passage, not the build.
        raise engine_failure(engine, error) from error


def gain_db(
    chosen: ChosenVoice, language: str, loudness_lufs: float, store: ClipStore, *, keep: bool
) -> float:
    """Give the gain that brings a voice to a loudness: measured once, then kept in the store.

    It is one number for the voice, not for the text, so that an edit never changes the level of what
    was not edited. Rounded to 0.1 dB, so that machines that differ in the last bit agree.

    Args:
        chosen: The voice.
        language: BCP 47 tag of what it speaks.
        loudness_lufs: What a book should come out at.
        store: Where the measure is kept.
        keep: Whether to keep it; a dry run keeps nothing, and sends nothing away: it goes on with no gain, which
            is no gain that a clip was made with.

    Raises:
        EngineMissing: The voice cannot say the numerals.
        ServiceError: It is a service that failed.
        StorageError: The value cannot be kept.
    """
    name = "loudness-" + digest(
        msgspec.json.encode((msgspec.structs.replace(chosen.speaker, volume=1.0), language, _NUMERALS))
    )
    kept = store.notes.get(name)
    measured = _decoded(kept) if kept else None
    if measured is None and not keep and not chosen.voice.offline:
        return 0.0
    if measured is None:
        measured = _in_worker(MeasureVoice(chosen.outfit, chosen.speaker, language))
        if keep:
            store.notes.put(name, msgspec.json.encode(measured))
    gain = loudness_lufs + _BOOK_BELOW_NUMERALS_LU - measured + 20 * log10(chosen.speaker.volume)
    return round(max(-_MOST_GAIN_DB, min(_MOST_GAIN_DB, gain)), 1)


def _in_worker(measuring: MeasureVoice) -> float:
    with WorkerPool[MeasureVoice, "float | AudiobookError"](1) as pool:
        pool.give(measuring)
        while True:
            for _, result in pool.results(None):
                if isinstance(result, SpeechError) and not isinstance(result, ServiceError):
                    raise _cannot_speak(measuring.speaker, result)
                if isinstance(result, AudiobookError):
                    raise result
                return result


def _decoded(kept: bytes) -> float | None:
    try:
        return msgspec.json.decode(kept, type=float)
    except msgspec.MsgspecError:
        return None


@dataclass(frozen=True, slots=True)
class MeasureVoice:
    """Speak the numerals and measure them; gives LUFS. Done by a worker, so that the driver stays small."""

    outfit: Outfit
    speaker: Speaker
    language: str

    def begin(self) -> None:
        """Begin nothing: it is the only task."""

    def run(self) -> float | AudiobookError:
        """Measure; an error is a value, because it has to travel back to the driver."""
        from audiobook.audio.loudness import measure_loudness

        passage = bare_passage(_NUMERALS, self.language)
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
        if len(speeches) != len(_NUMERALS):
            return _cannot_speak(self.speaker, f"it gave {len(speeches)} of {len(_NUMERALS)} sentences")
        return measure_loudness(sound).integrated_lufs


def _cannot_speak(speaker: Speaker, why: object) -> EngineMissing:
    hint = why.hint if isinstance(why, AudiobookError) else None
    return EngineMissing(f"the voice “{speaker.voice}” of {speaker.engine} cannot speak: {why}", hint=hint)
