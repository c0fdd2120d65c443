"""Speaking a passage in a process that may crash: an expendable one, a fork, or an interpreter that runs this module."""

from __future__ import annotations

import ctypes
import mmap
import struct
from typing import Final

import msgspec

from audiobook.audio.pcm import SAMPLE_BYTES
from audiobook.engines.espeak.library import LibraryVoice, espeak_library, renew_library
from audiobook.engines.espeak.text import LibraryText
from audiobook.engines.serving import serve
from audiobook.engines.word_times import WordEvent
from audiobook.errors import SpeechError

LONGEST_S: Final = 1200
"""Longest sound of a passage, in seconds: the library would speak some texts for hours."""
MEMORY_BYTES: Final = LONGEST_S * 22050 * SAMPLE_BYTES

_HEAD: Final = struct.Struct("<I")


class Request(msgspec.Struct, frozen=True):
    """A passage to speak.

    Attributes:
        sentences: The texts of each sentence; a sentence with phonemes may have several.
        voice: The voice.
        speed: Pace relative to the normal pace.
        pitch: Pitch relative to the normal pitch.
    """

    sentences: tuple[tuple[LibraryText, ...], ...]
    voice: LibraryVoice
    speed: float
    pitch: float


class Answer(msgspec.Struct, frozen=True):
    """The result of a request.

    Attributes:
        sentences: Number of samples and words of each sentence.
        error: What went wrong; empty if nothing did.
    """

    sentences: list[tuple[int, list[WordEvent]]]
    error: str = ""


def say(asked: bytes, room: mmap.mmap) -> bytes:
    """Speak a request, and return an answer.

    Args:
        asked: A `Request` as MessagePack.
        room: Receives the samples of all sentences; `MEMORY_BYTES` long.

    Returns:
        An `Answer` as MessagePack.
    """
    return msgspec.msgpack.encode(answer_of(msgspec.msgpack.decode(asked, type=Request), room))


def answer_of(request: Request, room: mmap.mmap) -> Answer:
    """Speak a request; see `say`. The library keeps state of it, so it must not speak another one afterwards."""
    library = espeak_library()
    base = ctypes.addressof(ctypes.c_char.from_buffer(room))
    filled = 0
    overflow = False

    def take(address: int, length: int) -> bool:
        nonlocal filled, overflow
        if filled + length > len(room):
            overflow = True
            return False
        ctypes.memmove(base + filled, address, length)
        filled += length
        return True

    sentences = []
    try:
        library.set_voice(request.voice)
        library.set_speed(request.speed)
        library.set_pitch(request.pitch)
        for texts in request.sentences:
            before = filled
            words: list[WordEvent] = []
            for text in texts:
                begun_samples = (filled - before) // SAMPLE_BYTES
                events = library.speak(text.text, take, with_mnemonics=text.with_mnemonics)
                words += (text.in_sentence(event, begun_samples) for event in events)
            sentences.append(((filled - before) // SAMPLE_BYTES, words))
    except SpeechError as error:
        return Answer([], error.message)
    if overflow:
        return Answer([], f"the engine produced more than {LONGEST_S // 60} minutes")
    return Answer(sentences)


def packed(answer: bytes, room: mmap.mmap) -> bytes:
    """Return an encoded `Answer` followed by its samples."""
    counts = (count for count, _ in msgspec.msgpack.decode(answer, type=Answer).sentences)
    return _HEAD.pack(len(answer)) + answer + room[: sum(counts) * SAMPLE_BYTES]


def unpacked(data: bytes) -> tuple[Answer, memoryview]:
    """Return the answer and the samples in the result of `packed`."""
    (length,) = _HEAD.unpack_from(data)
    start = _HEAD.size + length
    return msgspec.msgpack.decode(data[_HEAD.size : start], type=Answer), memoryview(data)[start:]


def _serve() -> None:
    room = mmap.mmap(-1, MEMORY_BYTES)
    serve(lambda asked: packed(say(asked, room), room), renew_library)


if __name__ == "__main__":
    _serve()
