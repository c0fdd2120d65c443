"""Speak each passage with a neural voice in a fresh process: a child of a launcher that has loaded the network.

A voice may add random noise that continues from one sentence to the next. espeak-ng, which produces the phonemes, also
keeps state, and some plain texts crash it. Each child uses one core. If there are fewer workers than cores, each worker
has several children, which work on its next passages and share the memory of the network.

A network on another device, such as a graphics card, does not survive a fork. So each child then starts a new
interpreter, which loads the network itself.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.document import Passage, PhonemeSpan
from audiobook.engines.base import Speech, Style, Voice
from audiobook.engines.interpreter import in_new_interpreter
from audiobook.engines.isolation import Launcher, Launchers, Limits, can_fork
from audiobook.engines.neural.device import AUTO, PROCESSOR, available_providers, no_device
from audiobook.engines.serving import serve_once
from audiobook.engines.word_times import WordEvent, word_marks
from audiobook.errors import EngineMissing, SpeechError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_LONGEST_S: Final = 1200
_TIME_S: Final = 1800.0
"""Time limit of a passage, which a working voice does not reach on a slow computer."""
_MOST_LOADED: Final = 3
"""How many networks a worker keeps loaded: that of the work, and those of languages that it quotes."""
_MOST_SHOWN_CHARS: Final = 120
_TRIAL_TEXT: Final = "1, 2, 3."
"""Text with which a device is tried, because numerals can be read in every language."""


class Source(msgspec.Struct, frozen=True):
    """The network that a launcher loads, in a form that can be sent to another process.

    Attributes:
        paths: Paths and names from which the engine loads the network; their meaning depends on the engine.
        device: The device that runs it, one of `available_providers()`; empty for the processor.
    """

    paths: tuple[str, ...]
    device: str = ""


class ChosenDevice(NamedTuple):
    """The device that runs a network.

    Attributes:
        device: One of `available_providers()`; empty for the processor.
        note: Why it is not the device in the settings, as a message to the user; empty if it is.
    """

    device: str
    note: str = ""


class SpokenSentence(NamedTuple):
    """A spoken sentence.

    Attributes:
        samples: Mono 16-bit samples.
        words: The start of each word, in order; empty if the voice does not report the times of phonemes.
    """

    samples: bytes
    words: list[WordEvent]


class LoadedVoice(Protocol):
    """A network in memory."""

    def say(self, text: str, spans: Sequence[PhonemeSpan], voice: str, speed: float) -> SpokenSentence:
        """Speak a sentence.

        Args:
            text: The sentence.
            spans: The parts of the sentence that are given as phonemes, in order.
            voice: Name of the voice.
            speed: Pace relative to the voice's normal pace, from 0.5 to 3.0.

        Raises:
            SpeechError: The sentence contains no text to read aloud, or the voice produced no sound.
        """


class _Sentence(msgspec.Struct, frozen=True):
    """A sentence, and its parts that are given as phonemes."""

    text: str
    phonemes: tuple[PhonemeSpan, ...]


class _Request(msgspec.Struct, frozen=True):
    """A request to a child. Without sentences, it only checks that the network is loaded."""

    source: Source
    voice: str = ""
    sentences: tuple[_Sentence, ...] = ()
    speed: float = 1.0


class _Answer(msgspec.Struct, frozen=True):
    """The answer of a child.

    Attributes:
        sentences: Number of samples and words of each sentence.
        error: Message of the error; empty after success.
        where: The file that caused the error; None if it was not a file.
        hint: What the user can do if the voice cannot be used at all; None after other errors.
    """

    sentences: list[tuple[int, list[WordEvent]]] = []
    error: str = ""
    where: str | None = None
    hint: str | None = None


class IsolatedVoices:
    """The voices of an engine, each passage spoken in a separate process."""

    def __init__(self, module: str, load: Callable[[Source], LoadedVoice]) -> None:
        """Describe how networks are loaded; nothing is loaded or started yet.

        Args:
            module: Name of a module that calls `serve` when it is run as a program.
            load: Loads a network. It raises `EngineMissing` if the network cannot be used.
        """
        self._module = module
        self._load = load
        self._launchers = Launchers(_MOST_LOADED)
        self._devices: dict[tuple[tuple[str, ...], str], ChosenDevice] = {}
        """The chosen devices, by the paths of the network and the device in the settings."""
        self._loaded: LoadedVoice | EngineMissing | None = None
        """In a launcher: the network, or why it could not be loaded."""

    def __iter__(self) -> Iterator[Launcher]:
        """Yield the launchers of this process."""
        return iter(self._launchers)

    def device(self, paths: tuple[str, ...], voice: Voice, wanted: str) -> ChosenDevice:
        """Return the device to run a network on: the first that can speak a few words, or else the processor.

        Args:
            paths: Paths of the network; see `Source`.
            voice: The voice to try.
            wanted: The device in the settings: `cpu`, `auto` or `gpu`.

        Raises:
            EngineMissing: The settings require a GPU, but none is available or all of them fail.
        """
        if wanted == PROCESSOR:
            return ChosenDevice("")
        if (paths, wanted) not in self._devices:
            self._devices[paths, wanted] = self._first_working_device(paths, voice, wanted)
        return self._devices[paths, wanted]

    def _first_working_device(self, paths: tuple[str, ...], voice: Voice, wanted: str) -> ChosenDevice:
        available = available_providers()
        if not available and wanted != AUTO:
            raise no_device(voice.engine)
        failures: list[str] = []
        for device in available:
            request = _Request(Source(paths, device), voice.name, (_Sentence(_TRIAL_TEXT, ()),))
            try:
                self._in_interpreter(msgspec.msgpack.encode(request), _limits(voice))
            except (EngineMissing, SpeechError) as error:
                failures.append(f"{device} cannot be used: {error.message[:_MOST_SHOWN_CHARS]}")
            else:
                return ChosenDevice(device)
        if wanted != AUTO:
            raise EngineMissing("; ".join(failures), hint=f'set device = "{AUTO}" or "{PROCESSOR}"')
        return ChosenDevice("", "; ".join((*failures, "the processor is used instead")) if failures else "")

    def prepare(self, source: Source, voice: Voice, threads: int) -> None:
        """Start a launcher, which loads the network.

        Raises:
            EngineMissing: The network cannot be loaded.
        """
        if can_fork():
            self._launcher(source, voice, threads)

    def begin(
        self, source: Source, passage: Passage, voice: Voice, style: Style, threads: int
    ) -> Connection | None:
        """Start another child on a passage if a core is free for it; see `Anticipating.begin`."""
        if threads == 1 or not can_fork():
            return None
        request = _encoded(source, passage, voice, style)
        return self._launcher(source, voice, threads).begin(request)

    def speak(
        self, source: Source, passage: Passage, voice: Voice, style: Style, threads: int
    ) -> Iterator[Speech]:
        """Speak all sentences in one child; see `Engine.speak`."""
        answer, samples = self._ask(source, _encoded(source, passage, voice, style), voice, threads)
        start = 0
        for sentence, (count, words) in zip(passage.sentences, answer.sentences, strict=True):
            end = start + count * SAMPLE_BYTES
            marks = word_marks(sentence.text, words, count)
            yield Speech(Pcm(bytes(samples[start:end]), voice.rate_hz), marks)
            start = end

    def _launcher(self, source: Source, voice: Voice, slots: int) -> Launcher:
        limits = _limits(voice)

        def start() -> Launcher:
            if source.device:
                return Launcher(partial(self._say_in_interpreter, limits), limits, None, slots)
            load = partial(self._load_here, source)
            launcher = Launcher(self._say, limits, load, slots, keeps_memory=True)
            try:
                _checked(launcher.ask(msgspec.msgpack.encode(_Request(source)))[0])
            except BaseException:
                launcher.close()
                raise
            return launcher

        return self._launchers.get((source, slots), start)

    def _ask(self, source: Source, request: bytes, voice: Voice, threads: int) -> tuple[_Answer, memoryview]:
        """Return the answer of a child and its samples; raise the error that it reports."""
        if can_fork():
            answer, memory = self._launcher(source, voice, threads).ask(request)
            return _checked(answer), memoryview(memory)
        return self._in_interpreter(request, _limits(voice))

    def _in_interpreter(self, request: bytes, limits: Limits) -> tuple[_Answer, memoryview]:
        """Return the answer and the samples of a new interpreter that loads the network and speaks."""
        answer, samples = self._output(request, limits)
        return _checked(answer), samples

    def _say_in_interpreter(self, limits: Limits, request: bytes, memory: mmap.mmap) -> bytes:
        """Do what `_say` does in a new interpreter that loads the network."""
        answer, samples = self._output(request, limits)
        memory[: len(samples)] = samples
        return answer

    def _output(self, request: bytes, limits: Limits) -> tuple[bytes, memoryview]:
        output = in_new_interpreter(self._module, struct.pack("<I", limits.memory_bytes) + request, limits)
        (length,) = struct.unpack_from("<I", output)
        return output[4 : 4 + length], memoryview(output)[4 + length :]

    def _load_here(self, source: Source) -> None:
        try:
            self._loaded = self._load(source)
        except EngineMissing as error:
            self._loaded = error

    def _say(self, request: bytes, memory: mmap.mmap) -> bytes:
        """Speak a request into memory, and return an encoded `_Answer`. Runs in a fresh process."""
        return msgspec.msgpack.encode(self._answer(msgspec.msgpack.decode(request, type=_Request), memory))

    def _answer(self, request: _Request, memory: mmap.mmap) -> _Answer:
        assert self._loaded
        if isinstance(self._loaded, EngineMissing):
            return _Answer([], self._loaded.message, self._loaded.where, self._loaded.hint)
        sentences: list[tuple[int, list[WordEvent]]] = []
        filled = 0
        try:
            for sentence in request.sentences:
                spoken = self._loaded.say(sentence.text, sentence.phonemes, request.voice, request.speed)
                end = filled + len(spoken.samples)
                if end > len(memory):
                    return _Answer([], f"the engine produced more than {_LONGEST_S // 60} minutes")
                memory[filled:end] = spoken.samples
                sentences.append((len(spoken.samples) // SAMPLE_BYTES, spoken.words))
                filled = end
        except SpeechError as error:
            return _Answer([], error.message)
        return _Answer(sentences)

    def serve(self) -> None:
        """Serve one request of a parent process. The answer includes the samples."""
        serve_once(self._packed)

    def _packed(self, given: bytes) -> bytes:
        (memory_bytes,) = struct.unpack_from("<I", given)
        request = msgspec.msgpack.decode(given[4:], type=_Request)
        self._load_here(request.source)
        with mmap.mmap(-1, memory_bytes) as memory:
            answer = self._answer(request, memory)
            encoded = msgspec.msgpack.encode(answer)
            samples = sum(count for count, _ in answer.sentences)
            return struct.pack("<I", len(encoded)) + encoded + memory[: samples * SAMPLE_BYTES]


def _encoded(source: Source, passage: Passage, voice: Voice, style: Style) -> bytes:
    sentences = tuple(_Sentence(each.text, each.phonemes) for each in passage.sentences)
    return msgspec.msgpack.encode(_Request(source, voice.name, sentences, style.speed))


def _limits(voice: Voice) -> Limits:
    return Limits(_TIME_S, _LONGEST_S * voice.rate_hz * SAMPLE_BYTES)


def _checked(encoded: bytes) -> _Answer:
    answer = msgspec.msgpack.decode(encoded, type=_Answer)
    if answer.hint:
        raise EngineMissing(answer.error, where=answer.where, hint=answer.hint)
    if answer.error:
        raise SpeechError(answer.error)
    return answer
