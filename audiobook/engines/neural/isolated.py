"""Speak each passage with a neural voice in a fresh process: a child of a launcher that has loaded the network.

A voice may add random noise that continues from one sentence to the next, and espeak-ng, which produces the phonemes,
keeps state and can be crashed by plain text. Each child uses one core. If there are fewer workers than cores, each
worker has several children, which already work on its next passages; they share the memory of the network.

What a network has loaded on another device, such as a graphics card, is lost in a fork. There, each child starts a new
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
"""Time limit: the slowest computers with the best voices take five times as long as the sound, which is two minutes."""
_MOST_LOADED: Final = 3
"""Number of networks that a worker keeps loaded: that of a work, and those of languages that it quotes."""
_MOST_TOLD_CHARS: Final = 120
_TRIED: Final = "1, 2, 3."
"""What a device must be able to speak: numerals can be read aloud in every language."""


class Source(msgspec.Struct, frozen=True):
    """What a launcher loads, in a form that can be sent to a process.

    Attributes:
        paths: Where the network is.
        device: What calculates it, one of `available_providers()`; empty for the processor.
    """

    paths: tuple[str, ...]
    device: str = ""


class Chosen(NamedTuple):
    """The device for a network, and why it is not the wanted one; empty if it is."""

    device: str
    note: str = ""


class Said(NamedTuple):
    """A spoken sentence: its 16-bit samples as bytes, and when its words begin, if the voice reports it."""

    samples: bytes
    words: list[WordEvent]


class LoadedVoice(Protocol):
    """A network in memory."""

    def say(self, text: str, spans: Sequence[PhonemeSpan], voice: str, speed: float) -> Said:
        """Speak a sentence.

        Args:
            text: The sentence.
            spans: Its parts that are given as phonemes, in order.
            voice: Name of the voice.
            speed: Pace relative to the voice's normal pace.

        Raises:
            SpeechError: The sentence contains no text to read aloud, or the voice produced no sound.
        """


class _Sentence(msgspec.Struct, frozen=True):
    """A sentence, and its parts that are given as phonemes."""

    text: str
    phonemes: tuple[PhonemeSpan, ...]


class _Request(msgspec.Struct, frozen=True):
    """A request to a child; without sentences it only checks that the network is loaded."""

    source: Source
    voice: str = ""
    sentences: tuple[_Sentence, ...] = ()
    speed: float = 1.0


class _Answer(msgspec.Struct, frozen=True):
    """The answer of a child: sample count and words of each sentence; or an error, and the file that caused it."""

    sentences: list[tuple[int, list[WordEvent]]] = []
    error: str = ""
    where: str | None = None
    hint: str | None = None
    """What the user can do; if set, the voice as a whole cannot be used."""


class IsolatedVoices:
    """The voices of an engine, each passage spoken in a separate process."""

    def __init__(self, module: str, load: Callable[[Source], LoadedVoice]) -> None:
        """Describe how networks are loaded; nothing is started.

        Args:
            module: Name of the module that calls `serve` when it is run as a program.
            load: Loads a network; raises `EngineMissing` if it cannot be used.
        """
        self._module = module
        self._load = load
        self._launchers = Launchers(_MOST_LOADED)
        self._devices: dict[tuple[tuple[str, ...], str], Chosen] = {}
        """The devices that were chosen, by the network and the wanted device."""
        self._loaded: LoadedVoice | EngineMissing | None = None
        """The network of this launcher, or why it could not be loaded."""

    def __iter__(self) -> Iterator[Launcher]:
        """Yield the launchers of this process."""
        return iter(self._launchers)

    def device(self, paths: tuple[str, ...], voice: Voice, wanted: str) -> Chosen:
        """Choose the device that runs a network: the first that can speak a few words, else the processor.

        Args:
            paths: Where the network is.
            voice: The voice to try.
            wanted: `cpu`, `auto` or `gpu`.

        Raises:
            EngineMissing: A GPU is wanted, but there is none or it fails.
        """
        if wanted == PROCESSOR:
            return Chosen("")
        if (paths, wanted) not in self._devices:
            self._devices[paths, wanted] = self._tried(paths, voice, wanted)
        return self._devices[paths, wanted]

    def _tried(self, paths: tuple[str, ...], voice: Voice, wanted: str) -> Chosen:
        available = available_providers()
        if not available and wanted != AUTO:
            raise no_device(voice.engine)
        failures: list[str] = []
        for device in available:
            request = _Request(Source(paths, device), voice.name, (_Sentence(_TRIED, ()),))
            try:
                self._in_interpreter(msgspec.msgpack.encode(request), _limits(voice))
            except (EngineMissing, SpeechError) as error:
                failures.append(f"{device} cannot be used: {error.message[:_MOST_TOLD_CHARS]}")
            else:
                return Chosen(device)
        if wanted != AUTO:
            raise EngineMissing("; ".join(failures), hint=f'set device = "{AUTO}" or "{PROCESSOR}"')
        return Chosen("", "; ".join((*failures, "the processor is used instead")) if failures else "")

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
        answer, samples = self._asked(source, _encoded(source, passage, voice, style), voice, threads)
        start = 0
        for sentence, (count, words) in zip(passage.sentences, answer.sentences, strict=True):
            end = start + count * SAMPLE_BYTES
            marks = word_marks(sentence.text, words, count)
            yield Speech(Pcm(bytes(samples[start:end]), voice.rate_hz), marks)
            start = end

    def _launcher(self, source: Source, voice: Voice, places: int) -> Launcher:
        limits = _limits(voice)

        def start() -> Launcher:
            if source.device:
                return Launcher(partial(self._say_elsewhere, limits), limits, None, places)
            launcher = Launcher(self._say, limits, partial(self._load_here, source), places)
            try:
                _checked(launcher.ask(msgspec.msgpack.encode(_Request(source)))[0])
            except BaseException:
                launcher.close()
                raise
            return launcher

        return self._launchers.get((source, places), start)

    def _asked(
        self, source: Source, request: bytes, voice: Voice, threads: int
    ) -> tuple[_Answer, memoryview]:
        """Let a child speak, and return its answer and its samples."""
        if can_fork():
            answered, room = self._launcher(source, voice, threads).ask(request)
            return _checked(answered), memoryview(room)
        return self._in_interpreter(request, _limits(voice))

    def _in_interpreter(self, request: bytes, limits: Limits) -> tuple[_Answer, memoryview]:
        """Let a new interpreter load the network and speak, and return its answer and its samples."""
        answered, samples = self._output(request, limits)
        return _checked(answered), samples

    def _say_elsewhere(self, limits: Limits, asked: bytes, room: mmap.mmap) -> bytes:
        """Like `_say`, with a new interpreter that loads the network."""
        answered, samples = self._output(asked, limits)
        room[: len(samples)] = samples
        return answered

    def _output(self, request: bytes, limits: Limits) -> tuple[bytes, memoryview]:
        output = in_new_interpreter(self._module, struct.pack("<I", limits.room_bytes) + request, limits)
        (length,) = struct.unpack_from("<I", output)
        return output[4 : 4 + length], memoryview(output)[4 + length :]

    def _load_here(self, source: Source) -> None:
        try:
            self._loaded = self._load(source)
        except EngineMissing as error:
            self._loaded = error

    def _say(self, asked: bytes, room: mmap.mmap) -> bytes:
        """Speak a request into memory, and return an encoded `_Answer`; runs in a fresh process."""
        return msgspec.msgpack.encode(self._answer(msgspec.msgpack.decode(asked, type=_Request), room))

    def _answer(self, request: _Request, room: mmap.mmap) -> _Answer:
        assert self._loaded
        if isinstance(self._loaded, EngineMissing):
            return _Answer([], self._loaded.message, self._loaded.where, self._loaded.hint)
        sentences: list[tuple[int, list[WordEvent]]] = []
        filled = 0
        try:
            for sentence in request.sentences:
                said = self._loaded.say(sentence.text, sentence.phonemes, request.voice, request.speed)
                end = filled + len(said.samples)
                if end > len(room):
                    return _Answer([], f"the engine produced more than {_LONGEST_S // 60} minutes")
                room[filled:end] = said.samples
                sentences.append((len(said.samples) // SAMPLE_BYTES, said.words))
                filled = end
        except SpeechError as error:
            return _Answer([], error.message)
        return _Answer(sentences)

    def serve(self) -> None:
        """Serve one request in a new interpreter; the answer includes the samples."""
        serve_once(self._packed)

    def _packed(self, given: bytes) -> bytes:
        (room_bytes,) = struct.unpack_from("<I", given)
        request = msgspec.msgpack.decode(given[4:], type=_Request)
        self._load_here(request.source)
        with mmap.mmap(-1, room_bytes) as room:
            answer = self._answer(request, room)
            encoded = msgspec.msgpack.encode(answer)
            samples = sum(count for count, _ in answer.sentences)
            return struct.pack("<I", len(encoded)) + encoded + room[: samples * SAMPLE_BYTES]


def _encoded(source: Source, passage: Passage, voice: Voice, style: Style) -> bytes:
    sentences = tuple(_Sentence(each.text, each.phonemes) for each in passage.sentences)
    return msgspec.msgpack.encode(_Request(source, voice.name, sentences, style.speed))


def _limits(voice: Voice) -> Limits:
    return Limits(_TIME_S, _LONGEST_S * voice.rate_hz * SAMPLE_BYTES)


def _checked(answered: bytes) -> _Answer:
    answer = msgspec.msgpack.decode(answered, type=_Answer)
    if answer.hint:
        raise EngineMissing(answer.error, where=answer.where, hint=answer.hint)
    if answer.error:
        raise SpeechError(answer.error)
    return answer
