"""Listening to built works: compare what is heard in their clips with what the clips should say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from itertools import islice
from typing import NamedTuple

import msgspec

from audiobook.book.record.chapters import ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record
from audiobook.clips.store import ClipStore
from audiobook.document import ForeignText, Kind, Paragraph, Passage
from audiobook.errors import AudiobookError, SpeechError
from audiobook.listening.faults import Kind as FaultKind
from audiobook.listening.hearing import Fault, HeardSentence, Hearing
from audiobook.listening.model import Listener
from audiobook.narration.passages import narrate
from audiobook.pipeline.listening import HearJob, known_hearing
from audiobook.pipeline.workers import WorkerPool

_TICK_S = 0.2


class HeardPassage(NamedTuple):
    """A clip of a built work, and what is heard in it.

    Attributes:
        where: `path:line` of the clip's paragraph.
        key: Key of the clip.
        texts: What each sentence of the clip should say.
        hearing: What is heard in each sentence.
    """

    where: str
    key: str
    texts: tuple[str, ...]
    hearing: Hearing

    def differences(self) -> Iterator[tuple[str, HeardSentence, tuple[str, ...]]]:
        """Yield each sentence with a fault: its text, what is heard, and a description of each fault."""
        for text, heard in zip(self.texts, self.hearing.sentences, strict=True):
            if heard.faults:
                yield text, heard, tuple(_description(fault, text) for fault in heard.faults)


class DoubtedSentence(NamedTuple):
    """A sentence of a built work in which listening found a fault.

    Attributes:
        chapter: Title of the chapter.
        paragraph: Number of the paragraph in the chapter, from 1.
        sentence: Number of the sentence in the paragraph, from 1.
        written: The sentence as written.
        key: Key of the clip.
        heard: The transcript.
        faults: A description of each fault, such as “missing “door””.
    """

    chapter: str
    paragraph: int
    sentence: int
    written: str
    key: str
    heard: str
    faults: tuple[str, ...]


def _description(fault: Fault, text: str) -> str:
    words = text[fault.start : fault.start + fault.length]
    match fault.kind:
        case FaultKind.INVENTED:
            return f"words before “{words}” that are not in the text"
        case _:
            return f"{fault.kind.value} “{words}”"


class _Place(msgspec.Struct, frozen=True):
    """A clip of a work, and where it is in the text.

    Attributes:
        where: `path:line` of the paragraph.
        chapter: Title of the chapter.
        paragraph: Number of the paragraph in the chapter, from 1.
        first: Number of the clip's first sentence in the paragraph, from 1.
        written: The sentences of the clip as written.
        job: The job that listens to the clip.
    """

    where: str
    chapter: str
    paragraph: int
    first: int
    written: tuple[str, ...]
    job: HearJob


class Heard(msgspec.Struct):
    """What is heard in one work.

    Attributes:
        passages: Every clip that was listened to; the clip with the clearest faults comes first.
        clip_count: Number of different clips that were listened to, now or earlier.
        unknown_count: Number of different clips in languages that the recogniser does not know.
        missing_count: Number of clips that are not in the store.
        errors: Why clips could not be decoded, one error for each.
    """

    passages: list[HeardPassage]
    clip_count: int = 0
    unknown_count: int = 0
    missing_count: int = 0
    errors: tuple[AudiobookError, ...] = ()

    @property
    def different(self) -> list[HeardPassage]:
        """The clips with faults; the clip with the clearest faults comes first."""
        return [passage for passage in self.passages if passage.hearing.strength]


class Listening:
    """Listens to the clips of built works, once to each clip."""

    def __init__(self, store: ClipStore, listener: Listener, workers: int) -> None:
        """Set up listening; nothing is loaded yet.

        Args:
            store: The store with the clips, which also keeps what is heard.
            listener: The recogniser.
            workers: Number of worker processes, at least 1.
        """
        self._store = store
        self._listener = listener
        self._workers = workers

    def unheard(self, record: Record) -> int:
        """Return how many clips of a work have not been listened to yet."""
        jobs = {place.job.name: place.job for place in self._places(record) if place}
        return sum(known_hearing(job) is None for job in jobs.values())

    def hear(self, record: Record, on_clip: Callable[[float], None], tick: Callable[[], None]) -> Heard:
        """Listen to the clips of a work, and return what is heard.

        Args:
            record: The record of the work.
            on_clip: Called with the length in seconds of each clip after listening to it.
            tick: Called a few times a second while workers listen.

        Raises:
            EngineMissing: The recogniser cannot be loaded.
            StorageError: The store cannot be read or written.
        """
        places = list(self._places(record))
        jobs = {place.job.name: place.job for place in places if place}
        found = {name: hearing for name, job in jobs.items() if (hearing := known_hearing(job)) is not None}
        errors = self._run([job for name, job in jobs.items() if name not in found], found, on_clip, tick)
        passages = [
            HeardPassage(place.where, place.job.key, place.job.texts, hearing)
            for place in places
            if place and (hearing := found.get(place.job.name)) and hearing.sentences
        ]
        passages.sort(key=lambda passage: -passage.hearing.strength)
        unknown = sum(not hearing.sentences for hearing in found.values())
        return Heard(passages, len(found) - unknown, unknown, places.count(None), errors)

    def doubted(self, record: Record, keys: Set[str]) -> Iterator[DoubtedSentence]:
        """Yield the sentences of a work in which listening found faults earlier. Nothing is listened to now.

        Args:
            record: The record of the work.
            keys: Keys of the clips to include, such as those that were listened to.

        Raises:
            StorageError: The store cannot be read.
        """
        for place in self._places(record, keys):
            hearing = known_hearing(place.job) if place else None
            if place is None or hearing is None:
                continue
            sentences = zip(place.job.texts, place.written, hearing.sentences, strict=False)
            for number, (text, written, heard) in enumerate(sentences, place.first):
                if heard.faults:
                    faults = tuple(_description(fault, text) for fault in heard.faults)
                    yield DoubtedSentence(
                        place.chapter, place.paragraph, number, written, place.job.key, heard.heard, faults
                    )

    def _run(
        self,
        jobs: Sequence[HearJob],
        found: dict[str, Hearing],
        on_clip: Callable[[float], None],
        tick: Callable[[], None],
    ) -> tuple[AudiobookError, ...]:
        """Run jobs in workers, add what is heard to `found` by name, and return the errors of single clips."""
        if not jobs:
            return ()
        waiting, errors = iter(jobs), list[AudiobookError]()
        with WorkerPool[HearJob, Hearing | AudiobookError](min(self._workers, len(jobs))) as pool:
            while True:
                for job in islice(waiting, pool.free_slots):
                    pool.submit(job)
                if not pool.busy:
                    return tuple(errors)
                for job, result in pool.results(_TICK_S):
                    if isinstance(result, Hearing):
                        found[job.name] = result
                        shape = self._store.shape(job.key)
                        on_clip(shape.length_samples / shape.rate_hz if shape else 0.0)
                    elif isinstance(result, SpeechError):
                        errors.append(result)
                    else:
                        raise result
                tick()

    def _places(self, record: Record, keys: Set[str] | None = None) -> Iterator[_Place | None]:
        """Yield the clips of a work in order; None in the place of a clip that is not in the store.

        Args:
            record: The record of the work.
            keys: Only yield paragraphs with one of these clips; None for all paragraphs.
        """
        for chapter in record.chapters:
            for number, paragraph in enumerate(chapter.paragraphs, 1):
                if keys is None or not keys.isdisjoint(paragraph.clips):
                    yield from self._of_paragraph(paragraph, record, chapter.title, number)

    def _of_paragraph(
        self, paragraph: ParagraphRecord, record: Record, chapter: str, number: int
    ) -> Iterator[_Place | None]:
        shapes = [self._store.shape(key) for key in paragraph.clips]
        where = f"{record.source}{paragraph.place}" + (f":{paragraph.line}" if paragraph.line else "")
        spoken = _spoken_sentences(paragraph, record.language) if any(shapes) else {}
        sentences = iter(paragraph.sentences)
        first = 1
        for key, shape in zip(paragraph.clips, shapes, strict=True):
            if shape is None or None in shapes[: paragraph.clips.index(key)]:
                yield None  # it is unknown which sentences it contains
                continue
            own = list(islice(sentences, len(shape.sentences)))
            texts = tuple(_text(sentence, paragraph, spoken) for sentence in own)
            tag = (
                spoken[(own[0].start, own[0].end)][1]
                if own and (own[0].start, own[0].end) in spoken
                else record.language
            )
            written = tuple(paragraph.text[each.start : each.end] for each in own)
            job = HearJob(key, texts, tag, self._listener, self._store.folder)
            yield _Place(where, chapter, number, first, written, job)
            first += len(own)


_SpokenSentences = dict[tuple[int, int], tuple[str, str]]
"""The spoken text of each sentence and its language, by the start and end of the sentence in its paragraph."""


def _spoken_sentences(record: ParagraphRecord, language: str) -> _SpokenSentences:
    """Return what the sentences of a paragraph should say, by narrating the paragraph again.

    The user's pronunciations are not in the record, but they do not change which words should be heard.
    """
    foreign = tuple(ForeignText(*part) for part in record.foreign)
    paragraph = Paragraph(record.text, record.kind, foreign=foreign)
    if record.kind is Kind.BREAK:
        return {}
    try:
        passages: tuple[Passage, ...] = narrate(paragraph, language)
    except SpeechError:
        return {}
    return {
        sentence.span: (sentence.text, passage.language)
        for passage in passages
        for sentence in passage.sentences
    }


def _text(sentence: SentenceRecord, paragraph: ParagraphRecord, spoken: _SpokenSentences) -> str:
    found = spoken.get((sentence.start, sentence.end))
    return found[0] if found else paragraph.text[sentence.start : sentence.end]
