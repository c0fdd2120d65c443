"""What the recogniser hears in a clip: faults, and when each word begins. Stored by the key of the clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.audio.decode import decode
from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES
from audiobook.audio.pcm import Pcm
from audiobook.clips.clip import Clip, ClipSentence
from audiobook.clips.store import ClipStore
from audiobook.document import Kind, Paragraph
from audiobook.engines.word_times import words_of
from audiobook.errors import SpeechError
from audiobook.files import digest
from audiobook.listening.evidence import gain_with_inserted, gain_without, word_evidence
from audiobook.listening.excerpts import SentencePart, excerpts
from audiobook.listening.faults import Kind as FaultKind
from audiobook.listening.faults import (
    Suspicion,
    inserted_words,
    invented,
    is_doubtful,
    lowered,
    missing_runs,
    normalised,
    replaced_words,
    suspicions,
    transcribed_words,
    words_per_sentence,
)
from audiobook.listening.model import Listener
from audiobook.listening.recogniser import LONGEST_S, RATE_HZ, Recogniser, Sound, loaded
from audiobook.listening.sounding import sound_alike
from audiobook.listening.wording import Word, align_words, spoken_words
from audiobook.narration.passages import narrate

if TYPE_CHECKING:
    from audiobook.listening.recogniser import Samples

_LEAD_S: Final = 0.07
"""How long before a word begins the recogniser's attention moves to it: a compromise between the 100 ms measured with
voices of Piper and the 40 ms with espeak-ng, which both report the times of words."""
_LEAD_AFTER_PAUSE_S: Final = 0.02
"""The same after a pause."""
_MARGIN_S: Final = 0.05
"""How much sound is added before and after the words of an excerpt."""
_LONGEST_CLIP_S: Final = 3600.0
_MOST_INVENTED: Final = 4
"""How many inserted parts of an excerpt are examined."""
_FULL_SCALE: Final = 32768


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """A part of a sentence that does not sound as it should.

    Attributes:
        kind: What is wrong.
        start: Index of the part's first character in the text of the sentence.
        length: Length of the part in characters. If there are extra words, the part is the word that follows them, or
            the last word if none follows.
        strength: How clear the fault is: how far a log-likelihood ratio is above its threshold; above 0.
    """

    kind: FaultKind
    start: int
    length: int
    strength: float


class HeardSentence(msgspec.Struct, frozen=True, array_like=True):
    """What is heard of one sentence.

    Attributes:
        heard: The transcript.
        faults: Parts that do not sound as they should, in order.
        words: For each word: index of its first character in the spoken text, its length in characters, and when it
            begins in the clip, in samples at the clip's rate.
    """

    heard: str
    faults: tuple[Fault, ...]
    words: tuple[tuple[int, int, int], ...]


class Hearing(msgspec.Struct, frozen=True, array_like=True):
    """What is heard in a clip.

    Attributes:
        sentences: One entry for each sentence; empty if the recogniser does not know the language.
    """

    sentences: tuple[HeardSentence, ...]

    @property
    def strength(self) -> float:
        """The number of faults and the sum of their strengths, added up; 0 if there are no faults."""
        return sum(1 + fault.strength for sentence in self.sentences for fault in sentence.faults)


_hearings: Final = msgspec.msgpack.Decoder(Hearing)


def hearing_name(key: str, listener: str, texts: Sequence[str], language: str) -> str:
    """Return the name under which a hearing is stored: letters, digits and a hyphen.

    Args:
        key: The key of the clip.
        listener: The identity of the recogniser.
        texts: What the sentences of the clip should say.
        language: BCP 47 tag of the passage.
    """
    inputs = digest(msgspec.json.encode((listener, language, texts)))
    return f"{key}-{inputs[:32]}"


def stored_hearing(store: ClipStore, name: str) -> Hearing | None:
    """Return a hearing from the store; None if it is missing or damaged.

    Raises:
        StorageError: The store cannot be read.
    """
    data = store.heard.get(name)
    try:
        return _hearings.decode(data) if data is not None else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def store_hearing(store: ClipStore, name: str, hearing: Hearing) -> None:
    """Put a hearing into the store, under a name from `hearing_name`.

    Raises:
        StorageError: The store cannot be written.
    """
    store.heard.put(name, msgspec.msgpack.encode(hearing))


def hear(clip: Clip, texts: Sequence[str], language: str, listener: Listener) -> Hearing:
    """Listen to a clip, and return what is heard in each sentence.

    Args:
        clip: The clip.
        texts: What each sentence of the clip should say.
        language: BCP 47 tag of a language that the recogniser knows.
        listener: The recogniser, which is loaded once in each process.

    Raises:
        EngineMissing: The recogniser cannot be loaded.
        SpeechError: The clip cannot be decoded.
    """
    return hear_with(loaded(listener.folder), clip, texts, language)


def hear_with(recogniser: Recogniser, clip: Clip, texts: Sequence[str], language: str) -> Hearing:
    """Listen to a clip with a loaded recogniser; see `hear`."""
    pcm, shape = decode(clip.data, "mp3", RATE_HZ, _LONGEST_CLIP_S), clip.shape
    rate_hz = shape.rate_hz
    heard: list[list[str]] = [[] for _ in texts]
    faults: list[list[Fault]] = [[] for _ in texts]
    words: list[list[tuple[int, int, int]]] = [[] for _ in texts]
    for parts in excerpts(shape.sentences, texts, rate_hz):
        samples = _samples(pcm, parts[0].start_samples, parts[-1].end_samples, rate_hz)
        excerpt = _Excerpt(recogniser, samples, parts, language)
        for part, transcript in zip(parts, excerpt.transcripts(), strict=True):
            heard[part.sentence].append(transcript)
        for part, fault in excerpt.faults():
            faults[part.sentence].append(fault)
        for part, word in excerpt.words(rate_hz):
            words[part.sentence].append(word)
    return Hearing(
        tuple(
            HeardSentence(" ".join(transcripts), tuple(found), _ordered(times))
            for transcripts, found, times in zip(heard, faults, words, strict=True)
        )
    )


def with_word_times(sentences: Sequence[ClipSentence], hearing: Hearing) -> tuple[ClipSentence, ...]:
    """Return sentences with the word times that were heard, where the voice reported none.

    Args:
        sentences: The sentences of a clip.
        hearing: What was heard in it; without sentences, nothing changes.
    """
    if not hearing.sentences:
        return tuple(sentences)
    return tuple(
        sentence
        if sentence.marks
        else ClipSentence(sentence.start_samples, sentence.end_samples, found.words)
        for sentence, found in zip(sentences, hearing.sentences, strict=True)
    )


class _Excerpt:
    """A section of a clip with its expected text, which consists of the texts of its parts in order."""

    def __init__(
        self, recogniser: Recogniser, samples: Samples, parts: Sequence[SentencePart], language: str
    ) -> None:
        self._recogniser = recogniser
        self._samples = samples
        self._sound = sound = recogniser.listen(samples, language)
        self._parts = parts
        self._language = language
        own = [spoken_words(part.text) for part in parts]
        self._words = [word for words in own for word in _ended(words)]
        self._spans = [(part, *span) for part in parts for span in words_of(part.text)]
        self._aligned = align_words(sound, self._words)
        self._transcript = sound.transcribe(len(self._words))
        self._heard = spoken_words(_in_words(self._transcript, language))
        self._counts = [len(words) for words in own]

    def transcripts(self) -> list[str]:
        """Return the transcript of each part."""
        transcribed = self._transcript.split()
        words = iter([normalised(word.text) for word in self._words])
        counts = words_per_sentence(
            [list(islice(words, count)) for count in self._counts],
            [normalised(word) for word in transcribed],
        )
        rest = iter(transcribed)
        return [" ".join(islice(rest, count)) for count in counts]

    def faults(self) -> list[tuple[SentencePart, Fault]]:
        """Return the faults of all parts in order, each with the part in which it begins."""
        silence = self._recogniser.silence(self._language)
        words = [normalised(word.text) for word in self._words]
        heard = [normalised(word.text) for word in self._heard]
        replaced = replaced_words(words, heard)
        evidence = lowered(
            word_evidence(self._sound, silence, self._words, self._aligned, self._near), replaced
        )
        doubtful = [is_doubtful(word) for word in evidence]
        transcribed = transcribed_words(words, heard, doubtful, partial(sound_alike, language=self._language))
        without = partial(gain_without, self._sound, silence, self._words)
        found = suspicions(evidence, transcribed, without)
        found += missing_runs(transcribed, found, replaced, without)
        doubled = {suspicion.end for suspicion in found if suspicion.kind is FaultKind.DOUBLED}
        found += [
            suspicion
            for suspicion in self._invented(silence, words, heard)
            if doubled.isdisjoint((suspicion.first, suspicion.end))
        ]
        return [self._placed(suspicion) for suspicion in sorted(found, key=lambda suspicion: suspicion.first)]

    def _near(self, first: int, end: int, speed: float) -> Sound:
        """Return the sound from one word to another (exclusive) with a small margin, played at a speed."""
        begins_s = max(0.0, self._aligned[first].begins_s - _MARGIN_S)
        ends_s = self._aligned[end].begins_s + _MARGIN_S if end < len(self._aligned) else LONGEST_S
        part = self._samples[int(begins_s * RATE_HZ) : int(ends_s * RATE_HZ)]
        return self._recogniser.listen(part if speed == 1 else _played(part, speed), self._language)

    def _invented(self, silence: Sound, words: Sequence[str], heard: Sequence[str]) -> Iterator[Suspicion]:
        for before, first, last in islice(inserted_words(words, heard), _MOST_INVENTED if words else 0):
            more = self._heard[first:last]
            gain = gain_with_inserted(self._sound, silence, self._words, before, more, self._near)
            suspicion = invented(before, len(words), gain)
            if suspicion:
                yield suspicion

    def _placed(self, suspicion: Suspicion) -> tuple[SentencePart, Fault]:
        """Return the part in which a fault begins, and the fault up to the end of that part."""
        part, start, end = self._spans[suspicion.first]
        for other, _, last in self._spans[suspicion.first + 1 : suspicion.end]:
            end = last if other is part else end
        return part, Fault(suspicion.kind, part.start + start, end - start, suspicion.strength)

    def words(self, rate_hz: int) -> list[tuple[SentencePart, tuple[int, int, int]]]:
        """Return each word with its part, in order: see `HeardSentence.words`. The first word begins with its part."""
        base = self._parts[0].start_samples
        found: list[tuple[SentencePart, tuple[int, int, int]]] = []
        before: SentencePart | None = None
        for index, (part, start, end) in enumerate(self._spans):
            lead_s = _LEAD_AFTER_PAUSE_S if index and self._words[index - 1].after.strip() else _LEAD_S
            when = base + round((self._aligned[index].begins_s + lead_s) * rate_hz)
            when = (
                part.start_samples
                if part is not before
                else min(max(when, part.start_samples), part.end_samples)
            )
            found.append((part, (part.start + start, end - start, when)))
            before = part
        return found


def _ended(words: Sequence[Word]) -> Iterator[Word]:
    """Yield the words of a part, with a space after the last one."""
    yield from words[:-1]
    for word in words[-1:]:
        yield Word(word.text, word.after if word.after.endswith(" ") else f"{word.after} ")


def _in_words(heard: str, language: str) -> str:
    """Return a transcript with its numbers spelled out, as they are in the texts of clips."""
    try:
        passages = narrate(Paragraph(heard, Kind.TEXT), language)
    except SpeechError:
        return heard
    return " ".join(sentence.text for passage in passages for sentence in passage.sentences)


def _samples(pcm: Pcm, start: int, end: int, rate_hz: int) -> Samples:
    """Return a part of a decoded clip at `RATE_HZ`; `start` and `end` are in samples at the rate of the clip."""
    import numpy as np

    first, last = ((at + STITCH_DELAY_SAMPLES) * RATE_HZ // rate_hz for at in (start, end))
    part = pcm.part(first, last)
    return np.frombuffer(part.samples, np.int16).astype(np.float32) / np.float32(_FULL_SCALE)


def _played(samples: Samples, speed: float) -> Samples:
    """Return a sound played at another speed, which changes its pitch too."""
    import numpy as np

    places = np.arange(int(len(samples) / speed)) * speed
    played: Samples = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    return played


def _ordered(words: Sequence[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    """Return words with times that never decrease."""
    latest, found = 0, []
    for start, length, when in words:
        latest = max(latest, when)
        found.append((start, length, latest))
    return tuple(found)
