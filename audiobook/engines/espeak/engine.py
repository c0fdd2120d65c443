"""The built-in engine: espeak-ng from a wheel, offline, in a hundred languages."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Final

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.document import Passage, Phonemes, Sentence
from audiobook.engines.base import Speech, Style, Voice
from audiobook.engines.espeak.library import LibraryVoice, espeak_library, renew_library
from audiobook.engines.espeak.sounds import sounds_of
from audiobook.engines.espeak.speaking import MEMORY_BYTES, Answer, Request, answer_of, say, unpacked
from audiobook.engines.espeak.text import LibraryText, library_texts, plain_text
from audiobook.engines.expendable import in_danger, is_expendable
from audiobook.engines.interpreter import Interpreter
from audiobook.engines.isolation import Launcher, Launchers, Limits, can_fork
from audiobook.engines.word_times import word_marks
from audiobook.errors import SpeechError

_LIMITS: Final = Limits(time_s=60.0, memory_bytes=MEMORY_BYTES)
_ADJUSTS: Final = frozenset({"speed", "pitch"})
_PHONEMES: Final = frozenset({"ipa", "espeak"})
_LATIN_LETTERS: Final = re.compile(r", latin as \w+")
"""Part of some descriptions, about how the voice reads Latin letters; it is left out of names shown to listeners."""


class EspeakEngine:
    """Speaks each passage with a library that has not spoken before, because espeak-ng keeps state between texts.

    Some texts crash it, so it speaks in a separate process, unless this one is expendable.
    """

    name = "espeak"

    @property
    def identity(self) -> str:
        """The versions of the library and of the wheel with its dictionaries."""
        return _identity()

    def voices(self) -> Sequence[Voice]:
        """Return one voice for each language and accent of the library, ordered by name."""
        return _voices()

    def prepare(self, voice: Voice) -> None:
        """Start a launcher with the voice's dictionary loaded, if passages are spoken in forks."""
        if can_fork() and not _speaks_here():
            _launcher(_library_voices()[voice.name])

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterable[Speech]:
        """Speak all sentences one after the other; see `Engine.speak`."""
        texts = tuple(sentence.text for sentence in passage.sentences)
        spoken = _library_voices()[voice.name]
        sentences = tuple(_given(each, spoken) for each in passage.sentences)
        request = Request(sentences, spoken, style.speed, style.pitch)
        answer, samples = _answered(request)
        if answer.error:
            raise SpeechError(answer.error)
        return _speeches(texts, answer, samples, voice.rate_hz)

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        """Return the first symbol that a voice cannot pronounce; see `Phonetic.unknown_sound`."""
        return sounds_of(_library_voices()[voice.name]).written(phonemes)[1]


def _given(sentence: Sentence, voice: LibraryVoice) -> tuple[LibraryText, ...]:
    """Return a sentence as texts for the library."""
    if not sentence.phonemes:
        return (plain_text(sentence.text),)
    return library_texts(sentence, sounds_of(voice))


def _speeches(texts: Sequence[str], answer: Answer, samples: memoryview, rate_hz: int) -> Iterator[Speech]:
    """Yield the speech of each sentence. Its samples are only copied when it is requested."""
    start = 0
    for text, (count, words) in zip(texts, answer.sentences, strict=True):
        if count == 0:
            raise SpeechError(f"the engine produced no sound for “{text[:60]}”")
        end = start + count * SAMPLE_BYTES
        yield Speech(Pcm(bytes(samples[start:end]), rate_hz), word_marks(text, words, count))
        start = end


def _answered(request: Request) -> tuple[Answer, memoryview]:
    """Return the answer to a request, and memory that begins with its samples; the next request may overwrite it."""
    if _speaks_here():
        return _in_this_process(request)
    return _in_fork(request) if can_fork() else _in_interpreter(request)


def _speaks_here() -> bool:
    """Return whether this process speaks passages itself, and has the library forget each of them."""
    return is_expendable() and _is_forgetful()


@lru_cache(maxsize=1)
def _is_forgetful() -> bool:
    """Return whether the library forgets its state when it is loaded again. Some systems never unload a library."""
    espeak_library().set_voice(next(iter(_library_voices().values())))
    return renew_library()


def _in_this_process(request: Request) -> tuple[Answer, memoryview]:
    room = _room()
    with in_danger(_LIMITS.time_s):
        try:
            answer = answer_of(request, room)
        finally:
            if not renew_library():
                os._exit(1)  # the next passage would depend on this one, so another process must speak it
    return answer, memoryview(room)


@lru_cache(maxsize=1)
def _room() -> mmap.mmap:
    return mmap.mmap(-1, MEMORY_BYTES)


_launchers = Launchers(most=1)


def _launcher(voice: LibraryVoice) -> Launcher:
    """Return this process's launcher for a voice."""

    def start() -> Launcher:
        espeak_library().set_voice(voice)
        return Launcher(say, _LIMITS)

    return _launchers.get(voice, start)


def _in_fork(request: Request) -> tuple[Answer, memoryview]:
    launcher = _launcher(request.voice)
    answered, room = launcher.ask(msgspec.msgpack.encode(request))
    return msgspec.msgpack.decode(answered, type=Answer), memoryview(room)


_interpreter = Interpreter("audiobook.engines.espeak.speaking", _LIMITS)


def _in_interpreter(request: Request) -> tuple[Answer, memoryview]:
    return unpacked(_interpreter.ask(msgspec.msgpack.encode(request)))


@lru_cache(maxsize=1)
def _identity() -> str:
    return f"espeak-ng {espeak_library().version}, espeakng-loader {version('espeakng-loader')}"


@lru_cache(maxsize=1)
def _voices() -> tuple[Voice, ...]:
    rate_hz = espeak_library().rate_hz
    return tuple(
        Voice(
            EspeakEngine.name,
            name,
            _tag(name),
            found.description,
            rate_hz,
            adjusts=_ADJUSTS,
            phonemes=_PHONEMES,
            display_name=_LATIN_LETTERS.sub("", found.description),
        )
        for name, found in sorted(_library_voices().items())
    )


@lru_cache(maxsize=1)
def _library_voices() -> dict[str, LibraryVoice]:
    found: dict[str, LibraryVoice] = {}
    library = espeak_library()
    for voice in library.voices():
        if library.has_dictionary(voice):
            found.setdefault(voice.language, voice)
    return found


def _tag(name: str) -> str:
    """Return an espeak-ng language tag in the case that BCP 47 recommends: en-us becomes en-US, and fa-latn fa-Latn.

    Source: RFC 5646, section 2.1.1.
    """
    first, *rest = name.split("-")
    private = False
    parts = [first]
    for part in rest:
        private = private or part.lower() == "x"
        if private:
            parts.append(part.lower())
        elif len(part) == 2:
            parts.append(part.upper())
        elif len(part) == 4:
            parts.append(part.title())
        else:
            parts.append(part)
    return "-".join(parts)
