"""What is heard in a clip: its faults, and when each word begins; kept in the store by the key of the clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.audio.decode import decode
from audiobook.audio.mp3_frames import STITCH_DELAY_SAMPLES
from audiobook.audio.pcm import Pcm
from audiobook.clips.clip import Clip, ClipSentence, ClipShape
from audiobook.clips.store import ClipStore
from audiobook.engines.word_times import words_of
from audiobook.files import digest
from audiobook.listening.evidence import extended, weigh
from audiobook.listening.excerpts import Part, excerpts
from audiobook.listening.faults import Fault, Kind, faults_of, heard_instead, invented
from audiobook.listening.model import Listener
from audiobook.listening.recogniser import RATE_HZ, Sound, Token, loaded

if TYPE_CHECKING:
    from audiobook.listening.recogniser import Samples

_LEAD_S: Final = 0.1
"""How much earlier than its word the recogniser's attention moves to it, measured on words of a Piper voice."""
_LEAD_AFTER_PAUSE_S: Final = 0.05
_PAUSES: Final = ".,;:?!…)–—"
_LONGEST_CLIP_S: Final = 3600.0
_MOST_INVENTED: Final = 3
_FULL_SCALE: Final = 32768


class HeardSentence(msgspec.Struct, frozen=True, array_like=True):
    """What is heard of one sentence.

    Attributes:
        heard: What the recogniser wrote down.
        faults: Parts that do not sound as they should, in order.
        words: For each word: index of its first character in the spoken text, its length, and when it begins in the
            clip, in samples at the rate of the clip.
    """

    heard: str
    faults: tuple[Fault, ...]
    words: tuple[tuple[int, int, int], ...]


class Hearing(msgspec.Struct, frozen=True, array_like=True):
    """What is heard in a clip: one entry for each sentence."""

    sentences: tuple[HeardSentence, ...]

    @property
    def strength(self) -> float:
        """How clear the faults are, 0 without any."""
        return sum(1 + fault.strength for sentence in self.sentences for fault in sentence.faults)


_hearings: Final = msgspec.msgpack.Decoder(Hearing)


def hearing_name(key: str, listener: str, texts: Sequence[str], language: str) -> str:
    """Return the name under which a hearing is kept.

    Args:
        key: The key of the clip.
        listener: The identity of the recogniser.
        texts: What the sentences of the clip should say.
        language: BCP 47 tag of the passage.
    """
    told = digest(msgspec.json.encode((listener, language, texts)))
    return f"{key}-{told[:32]}"


def kept_hearing(store: ClipStore, name: str) -> Hearing | None:
    """Return a hearing from the store; None if there is none.

    Raises:
        StorageError: It cannot be read.
    """
    kept = store.heard.get(name)
    try:
        return _hearings.decode(kept) if kept is not None else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def keep_hearing(store: ClipStore, name: str, hearing: Hearing) -> None:
    """Keep a hearing in the store.

    Raises:
        StorageError: It cannot be written.
    """
    store.heard.put(name, msgspec.msgpack.encode(hearing))


def hear(clip: Clip, texts: Sequence[str], language: str, listener: Listener) -> Hearing:
    """Listen to a clip.

    Args:
        clip: The clip.
        texts: What each of its sentences should say.
        language: BCP 47 tag of a language that the recogniser knows.
        listener: The recogniser.

    Raises:
        EngineMissing: The recogniser cannot be loaded.
        SpeechError: The clip cannot be decoded.
    """
    recogniser = loaded(listener.folder)
    pcm = decode(clip.data, "mp3", RATE_HZ, _LONGEST_CLIP_S)
    rate_hz = clip.shape.rate_hz
    heard: list[list[str]] = [[] for _ in texts]
    faults: list[list[Fault]] = [[] for _ in texts]
    words: list[list[tuple[int, int, int]]] = [[] for _ in texts]
    for parts in excerpts(clip.shape.sentences, texts, rate_hz):
        samples = _samples(pcm, parts[0].start_samples, parts[-1].end_samples, rate_hz)
        sound = recogniser.listen(samples, language)
        excerpt = _Excerpt(sound, parts, rate_hz)
        for part, said in zip(
            parts, heard_instead([part.text for part in parts], excerpt.heard), strict=True
        ):
            heard[part.sentence].append(said)
        for part, fault in excerpt.faults():
            faults[part.sentence].append(fault)
        for part, word in excerpt.words():
            words[part.sentence].append(word)
    return Hearing(
        tuple(
            HeardSentence(" ".join(said), tuple(found), _ordered(times))
            for said, found, times in zip(heard, faults, words, strict=True)
        )
    )


def with_word_times(shape: ClipShape, hearing: Hearing) -> ClipShape:
    """Return a shape in which sentences without word times have those that were heard."""
    if not hearing.sentences:
        return shape
    sentences = tuple(
        sentence
        if sentence.marks
        else ClipSentence(sentence.start_samples, sentence.end_samples, found.words)
        for sentence, found in zip(shape.sentences, hearing.sentences, strict=True)
    )
    return msgspec.structs.replace(shape, sentences=sentences)


class _Excerpt:
    """A sound and the text that it should say: the texts of its parts, joined by spaces."""

    def __init__(self, sound: Sound, parts: Sequence[Part], rate_hz: int) -> None:
        self._sound = sound
        self._parts = parts
        self._rate_hz = rate_hz
        self._text = " ".join(part.text for part in parts)
        self._tokens: list[Token] = sound.align(self._text)
        self.heard = sound.transcribe(len(words_of(self._text)))

    def faults(self) -> list[tuple[Part, Fault]]:
        found = [*faults_of(weigh(self._sound, self._text, self._tokens)), *self._invented()]
        return [self._placed(fault) for fault in sorted(found, key=lambda fault: fault.start)]

    def _invented(self) -> list[Fault]:
        words = words_of(self._text)
        found = []
        for index, more in list(invented(self._text, self.heard))[:_MOST_INVENTED] if words else ():
            strength = extended(self._sound, self._text, words, index, more)
            if strength > 0:
                start, end = words[min(index, len(words) - 1)]
                found.append(Fault(Kind.INVENTED, start, end - start, round(strength, 2)))
        return found

    def _placed(self, fault: Fault) -> tuple[Part, Fault]:
        """Return a fault with its place in the sentence in which it begins."""
        at = 0
        for part in self._parts:
            end = at + len(part.text)
            if fault.start <= end:
                break
            at = end + 1
        start = fault.start - at
        length = min(fault.length, len(part.text) - start)
        return part, Fault(fault.kind, part.start + start, length, fault.strength)

    def words(self) -> list[tuple[Part, tuple[int, int, int]]]:
        """Return when each word begins; the first one of a sentence begins with the sentence."""
        base, at = self._parts[0].start_samples, 0
        found: list[tuple[Part, tuple[int, int, int]]] = []
        for part in self._parts:
            begins = {token.start - at: token.begins_s for token in self._tokens}
            for number, (start, end) in enumerate(words_of(part.text)):
                lead_s = (
                    _LEAD_AFTER_PAUSE_S if part.text[:start].rstrip().endswith(tuple(_PAUSES)) else _LEAD_S
                )
                begins_s = begins.get(start)
                if number == 0:
                    when = part.start_samples
                elif begins_s is None:
                    continue
                else:
                    when = base + round((begins_s + lead_s) * self._rate_hz)
                when = min(max(when, part.start_samples), part.end_samples)
                found.append((part, (part.start + start, end - start, when)))
            at += len(part.text) + 1
        return found


def _samples(pcm: Pcm, start: int, end: int, rate_hz: int) -> Samples:
    """Return a part of a decoded clip, given in samples at the rate of the clip."""
    import numpy as np

    first, last = ((at + STITCH_DELAY_SAMPLES) * RATE_HZ // rate_hz for at in (start, end))
    part = pcm.part(first, last)
    return np.frombuffer(part.samples, np.int16).astype(np.float32) / np.float32(_FULL_SCALE)


def _ordered(words: Sequence[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    """Return words whose times never go back."""
    latest, found = 0, []
    for start, length, when in words:
        latest = max(latest, when)
        found.append((start, length, latest))
    return tuple(found)
