"""Piper, neural voices that run offline; installed with the extra `piper`.

A voice adds random noise that continues from one sentence to the next, and espeak-ng, which produces the phonemes,
keeps state and can be crashed by plain text. So each passage is spoken by a fresh process: a child of a launcher that
has loaded the voice. Each child uses one core. If there are fewer workers than cores, each worker has several
children, which already work on its next passages.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.document import Passage, Phonemes, PhonemeSpan
from audiobook.engines.base import Equipment, Speech, Style, Voice
from audiobook.engines.isolation import Launcher, Launchers, Limits, can_fork, in_new_interpreter
from audiobook.engines.piper.clauses import signs_of
from audiobook.engines.piper.voices import (
    VoiceFiles,
    describe_voice,
    installed_voices,
    read_config,
    voice_digest,
    voices_folder,
)
from audiobook.engines.word_times import WordEvent, word_marks
from audiobook.errors import EngineMissing, SpeechError, near

if TYPE_CHECKING:
    from audiobook.engines.piper.speech import LoadedVoice

_LONGEST_S: Final = 1200
_TIME_S: Final = 1800.0
"""Time limit in seconds. A passage lasts two minutes; good voices take five times as long on slow computers."""
_MOST_LOADED: Final = 3
"""Number of voices that a worker keeps loaded: that of the work, and those of other languages in it."""
_OPTIONS: Final = ("voices_folder", "base_url")
_MAKING: Final = 1
"""Version of how the output of piper-tts is processed; increase it when the same voice sounds different."""


class _Sentence(msgspec.Struct, frozen=True):
    """A sentence, and its parts that are given as phonemes."""

    text: str
    phonemes: tuple[PhonemeSpan, ...]


class _Request(msgspec.Struct, frozen=True):
    """A request to a child; without sentences it only checks that the voice is loaded."""

    folder: str
    name: str
    sentences: tuple[_Sentence, ...] = ()
    speed: float = 1.0


class _Answer(msgspec.Struct, frozen=True):
    """The answer of a child: sample count and words of each sentence; or an error, and the file that caused it."""

    sentences: list[tuple[int, list[WordEvent]]] = []
    error: str = ""
    where: str | None = None
    hint: str | None = None
    """What the user can do; if set, the voice as a whole cannot be used."""


class PiperEngine:
    """Speaks with the voices of a folder, each passage in a separate process."""

    name = "piper"

    def __init__(self) -> None:
        """Use the folder from the environment, or else the user's default folder, and one core."""
        self._folder = voices_folder()
        self._threads = 1

    def equip(self, equipment: Equipment) -> None:
        """Use the folder of the voices from the options, and the number of cores for this process."""
        for option, value in equipment.options.items():
            if option not in _OPTIONS:
                raise EngineMissing(
                    f"the engine “piper” has no option “{option}”", hint=near(option, _OPTIONS)
                )
            if not isinstance(value, str):
                raise EngineMissing(f"[engines.piper] {option} must be text in quotes")
        self._folder = voices_folder(str(equipment.options.get("voices_folder", "")))
        self._threads = equipment.threads

    @property
    def identity(self) -> str:
        """Versions of the packages that turn text into sound; voices have their own versions."""
        return f"piper {_MAKING}, piper-tts {_version('piper-tts')}, onnxruntime {_version('onnxruntime')}"

    def version(self, voice: Voice) -> str:
        """Return the digest of a voice's files."""
        files = VoiceFiles(self._folder, voice.name)
        read_config(files)
        return voice_digest(files)

    def voices(self) -> Sequence[Voice]:
        """Return the installed voices by name."""
        _version("piper-tts")
        found = installed_voices(self._folder)
        if not found:
            raise EngineMissing(
                "no Piper voice is installed",
                hint="list the voices to install: audiobook voices --installable",
            )
        return [describe_voice(self.name, files) for files in found]

    def prepare(self, voice: Voice) -> None:
        """Start a launcher, which loads the voice."""
        if can_fork():
            _launcher(VoiceFiles(self._folder, voice.name), _limits(voice), self._threads)

    def begin(self, passage: Passage, voice: Voice, style: Style) -> Connection | None:
        """Start another child on a passage if a core is free for it; see `Anticipating.begin`."""
        if self._threads == 1 or not can_fork():
            return None
        launcher = _launcher(VoiceFiles(self._folder, voice.name), _limits(voice), self._threads)
        return launcher.begin(msgspec.msgpack.encode(self._request(passage, voice, style)))

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterator[Speech]:
        """Speak all sentences in one child; see `Engine.speak`."""
        request = self._request(passage, voice, style)
        answer, samples = _asked(request, _limits(voice), self._threads)
        start = 0
        for sentence, (count, words) in zip(request.sentences, answer.sentences, strict=True):
            end = start + count * SAMPLE_BYTES
            marks = word_marks(sentence.text, words, count)
            yield Speech(Pcm(bytes(samples[start:end]), voice.rate_hz), marks)
            start = end

    def _request(self, passage: Passage, voice: Voice, style: Style) -> _Request:
        sentences = tuple(_Sentence(each.text, each.phonemes) for each in passage.sentences)
        return _Request(os.fspath(self._folder), voice.name, sentences, style.speed)

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        """Return the first symbol that a voice was not trained on; see `Phonetic.unknown_sound`."""
        known = _known_phonemes(VoiceFiles(self._folder, voice.name))
        return next((sign for sign in signs_of(phonemes, known) if sign not in known), "")


@lru_cache(maxsize=8)
def _known_phonemes(files: VoiceFiles) -> frozenset[str]:
    return frozenset(read_config(files).phoneme_id_map)


@lru_cache(maxsize=4)
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise EngineMissing(
            f"the engine “piper” needs {package}", hint='pip install "audiobook-press[piper]"'
        ) from error


def _limits(voice: Voice) -> Limits:
    return Limits(_TIME_S, _LONGEST_S * voice.rate_hz * SAMPLE_BYTES)


_launchers = Launchers(_MOST_LOADED)


def _launcher(files: VoiceFiles, limits: Limits, places: int) -> Launcher:
    """Return this process's launcher for a voice.

    Raises:
        EngineMissing: The voice cannot be loaded.
    """

    def start() -> Launcher:
        launcher = Launcher(_say, limits, partial(_load, files), places)
        try:
            _checked(launcher.ask(msgspec.msgpack.encode(_Request(os.fspath(files.folder), files.name)))[0])
        except BaseException:
            launcher.close()
            raise
        return launcher

    return _launchers.get((files, places), start)


def _asked(request: _Request, limits: Limits, places: int) -> tuple[_Answer, memoryview]:
    """Let a child speak, and return its answer and its samples."""
    asked = msgspec.msgpack.encode(request)
    if can_fork():
        answered, room = _launcher(VoiceFiles(Path(request.folder), request.name), limits, places).ask(asked)
        return _checked(answered), memoryview(room)
    output = in_new_interpreter(__name__, struct.pack("<I", limits.room_bytes) + asked, limits)
    (length,) = struct.unpack_from("<I", output)
    return _checked(output[4 : 4 + length]), memoryview(output)[4 + length :]


def _checked(answered: bytes) -> _Answer:
    answer = msgspec.msgpack.decode(answered, type=_Answer)
    if answer.hint:
        raise EngineMissing(answer.error, where=answer.where, hint=answer.hint)
    if answer.error:
        raise SpeechError(answer.error)
    return answer


_loaded: LoadedVoice | EngineMissing | None = None
"""The voice of this launcher, or why it could not be loaded."""


def _load(files: VoiceFiles) -> None:
    global _loaded
    from audiobook.engines.piper.speech import LoadedVoice  # not needed by commands that never speak

    try:
        _loaded = LoadedVoice(files)
    except EngineMissing as error:
        _loaded = error


def _say(asked: bytes, room: mmap.mmap) -> bytes:
    """Speak a request into memory, and return an encoded `_Answer`; runs in a fresh process."""
    return msgspec.msgpack.encode(_answer(msgspec.msgpack.decode(asked, type=_Request), room))


def _answer(request: _Request, room: mmap.mmap) -> _Answer:
    assert _loaded
    if isinstance(_loaded, EngineMissing):
        return _Answer([], _loaded.message, _loaded.where, _loaded.hint)
    sentences: list[tuple[int, list[WordEvent]]] = []
    filled = 0
    try:
        for sentence in request.sentences:
            said = _loaded.say(sentence.text, sentence.phonemes, request.speed)
            end = filled + len(said.samples)
            if end > len(room):
                return _Answer([], f"the engine produced more than {_LONGEST_S // 60} minutes")
            room[filled:end] = said.samples
            sentences.append((len(said.samples) // SAMPLE_BYTES, said.words))
            filled = end
    except SpeechError as error:
        return _Answer([], error.message)
    return _Answer(sentences)


def _serve() -> None:
    """Serve one request in a new interpreter: request on standard input, answer and samples on standard output."""
    given = sys.stdin.buffer.read()
    (room_bytes,) = struct.unpack_from("<I", given)
    request = msgspec.msgpack.decode(given[4:], type=_Request)
    _load(VoiceFiles(Path(request.folder), request.name))
    with mmap.mmap(-1, room_bytes) as room:
        answer = _answer(request, room)
        encoded = msgspec.msgpack.encode(answer)
        samples = sum(count for count, _ in answer.sentences)
        sys.stdout.buffer.write(struct.pack("<I", len(encoded)) + encoded + room[: samples * SAMPLE_BYTES])
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
