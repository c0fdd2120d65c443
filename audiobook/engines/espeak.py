"""The embedded engine: espeak-ng from a wheel, offline, in a hundred languages."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.document import Mark, Passage
from audiobook.engines.base import Speech, Voice
from audiobook.engines.espeak_library import LibraryVoice, WordEvent, espeak_library
from audiobook.engines.isolation import in_fresh_process, take_freshness
from audiobook.errors import SpeechError

_LONGEST_S: Final = 1200
"""No passage may last longer: text that floods the engine gives hours of sound."""
_TIME_S: Final = 60.0
_HIDDEN_VOICES: Final = {"art/xex"}
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: words stand without spaces between them."""
_TOKEN = re.compile(r"\S+")


class EspeakEngine:
    """Speaks each passage in a process of its own, because espeak-ng is not a pure function."""

    name = "espeak"
    alone = True

    @property
    def identity(self) -> str:
        """The library's version and the wheel's, which carries the dictionaries."""
        return _identity()

    def voices(self) -> Sequence[Voice]:
        """Give one voice for each of the library's languages and accents, ordered by name."""
        return _voices()

    def prepare(self, voice: Voice) -> None:
        """Read the voice's dictionary, so that forked children need not."""
        espeak_library().set_voice(_library_voices()[voice.name])

    def speak(self, passage: Passage, voice: Voice, speed: float) -> Iterable[Speech]:
        """Speak the sentences one after the other; see `Engine.speak`."""
        speaking = _Speaking(passage, voice, speed)
        if take_freshness():
            return speaking.sentences()
        self.prepare(voice)
        return in_fresh_process(speaking, _TIME_S)


@dataclass(frozen=True, slots=True)
class _Speaking:
    """A passage to speak, in a process that has spoken nothing before."""

    passage: Passage
    voice: Voice
    speed: float

    def run(self) -> list[Speech]:
        """Speak all of it."""
        return list(self.sentences())

    def sentences(self) -> Iterator[Speech]:
        """Speak it sentence by sentence."""
        library = espeak_library()
        library.set_voice(_library_voices()[self.voice.name])
        library.set_speed(self.speed)
        left = _LONGEST_S * library.rate_hz
        for sentence in self.passage.sentences:
            speech = _say(sentence.text, left)
            left -= len(speech.pcm)
            yield speech


def _say(text: str, most_samples: int) -> Speech:
    library = espeak_library()
    pieces: list[bytes] = []
    left = most_samples * SAMPLE_BYTES

    def take(address: int, length: int) -> bool:
        nonlocal left
        left -= length
        if left >= 0:
            pieces.append(ctypes.string_at(address, length))
        return left >= 0

    events = library.speak(text, take)
    if left < 0:
        raise SpeechError(f"the engine gave more than {_LONGEST_S // 60} minutes")
    pcm = Pcm(b"".join(pieces), library.rate_hz)
    if not len(pcm):
        raise SpeechError(f"the engine said nothing for “{text[:60]}”")
    return Speech(pcm, word_marks(text, events, len(pcm)))


@lru_cache(maxsize=1)
def _identity() -> str:
    return f"espeak-ng {espeak_library().version}, espeakng-loader {version('espeakng-loader')}"


@lru_cache(maxsize=1)
def _voices() -> tuple[Voice, ...]:
    rate_hz = espeak_library().rate_hz
    return tuple(
        Voice(EspeakEngine.name, name, _tag(name), found.description, rate_hz)
        for name, found in sorted(_library_voices().items())
    )


@lru_cache(maxsize=1)
def _library_voices() -> dict[str, LibraryVoice]:
    found: dict[str, LibraryVoice] = {}
    for voice in espeak_library().voices():
        if voice.identifier not in _HIDDEN_VOICES:
            found.setdefault(voice.language, voice)
    return found


def _tag(name: str) -> str:
    """Write espeak-ng's lower-case tag the way BCP 47 recommends: en-us as en-US, fa-latn as fa-Latn.

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


def word_marks(text: str, events: Sequence[WordEvent], length_samples: int) -> tuple[Mark, ...]:
    """Turn the library's word events into marks on the words of the text.

    espeak-ng reports a number's parts at drifting positions, a hyphenated word in pieces, and some pairs of
    words ("of the") as one. So the first event that falls into a word marks the word, and a word
    without an event belongs to the one before it.

    Args:
        text: The sentence that was spoken.
        events: What the library reported, in its order.
        length_samples: How long the sentence sounds.

    Returns:
        Marks in order of time; each covers whole words, and none reaches into the next.
    """
    tokens = _tokens(text)
    heard: dict[int, int] = {}
    at = 0
    for event in events:
        while at + 1 < len(tokens) and tokens[at + 1][0] <= event.position:
            at += 1
        if tokens and event.sample < length_samples and at not in heard:
            heard[at] = event.sample
    marks: list[Mark] = []
    for index, (start, end) in enumerate(tokens):
        if index in heard and (not marks or heard[index] >= marks[-1].offset_samples):
            marks.append(Mark(start, end - start, heard[index]))
        elif marks:
            marks[-1] = Mark(marks[-1].start, end - marks[-1].start, marks[-1].offset_samples)
    return tuple(marks)


def _tokens(text: str) -> list[tuple[int, int]]:
    """Give the (start, end) of each word without its punctuation; words of signs alone are left out."""
    spans: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while start < end and not _is_spoken(text[start]):
            start += 1
        while end > start and not _is_spoken(text[end - 1]):
            end -= 1
        if start == end:
            continue
        if _NO_SPACES.search(text, start, end):
            spans.extend((position, position + 1) for position in range(start, end))
        else:
            spans.append((start, end))
    return spans


def _is_spoken(character: str) -> bool:
    """Whether a character can be part of a word: letters, marks, digits, and signs that are read out."""
    return unicodedata.category(character)[0] in "LMNS" or character in "%‰&@#§"
