"""Listening to built works: what their clips should say according to the record, and what is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from audiobook.book.record import ParagraphRecord, Record, SentenceRecord
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
    """A clip of a built work that was heard.

    Attributes:
        where: `path:line` of its paragraph.
        key: The key of the clip.
        texts: What its sentences should say.
        hearing: What is heard.
    """

    where: str
    key: str
    texts: tuple[str, ...]
    hearing: Hearing

    def differences(self) -> Iterator[tuple[str, HeardSentence, tuple[str, ...]]]:
        """Yield each sentence with a fault: its text, what is heard, and its faults in words."""
        for text, heard in zip(self.texts, self.hearing.sentences, strict=True):
            if heard.faults:
                yield text, heard, tuple(_told(fault, text) for fault in heard.faults)


class DoubtedSentence(NamedTuple):
    """A sentence of a built work that was heard earlier and does not sound like its text.

    Attributes:
        chapter: Title of its chapter.
        paragraph: Number of its paragraph in the chapter, from 1.
        sentence: Number of the sentence in the paragraph, from 1.
        written: The sentence as written.
        key: Key of its clip.
        heard: What is heard.
        faults: What is wrong, in words.
    """

    chapter: str
    paragraph: int
    sentence: int
    written: str
    key: str
    heard: str
    faults: tuple[str, ...]


def _told(fault: Fault, text: str) -> str:
    words = text[fault.start : fault.start + fault.length]
    match fault.kind:
        case FaultKind.INVENTED:
            return f"words before “{words}” that are not in the text"
        case _:
            return f"{fault.kind.value} “{words}”"


@dataclass(frozen=True, slots=True)
class _Place:
    """A clip in a work: where its paragraph is, the number of its first sentence there, and the job that listens to it."""

    where: str
    chapter: str
    paragraph: int
    first: int
    written: tuple[str, ...]
    job: HearJob


@dataclass(slots=True)
class Heard:
    """What was heard in one work.

    Attributes:
        passages: Every clip that was heard, the one with the clearest faults first.
        clip_count: Number of clips that were heard, now or before.
        unknown_count: Number of clips in a language that the recogniser does not know.
        missing_count: Number of clips that are not in the store.
        errors: Clips that could not be heard.
    """

    passages: list[HeardPassage]
    clip_count: int = 0
    unknown_count: int = 0
    missing_count: int = 0
    errors: tuple[AudiobookError, ...] = ()

    @property
    def different(self) -> list[HeardPassage]:
        """The clips in which something else is heard."""
        return [passage for passage in self.passages if passage.hearing.strength]


class Listening:
    """Listens to the clips of built works, once to each."""

    def __init__(self, store: ClipStore, listener: Listener, workers: int) -> None:
        """Use a store, a recogniser, and a number of worker processes."""
        self._store = store
        self._listener = listener
        self._workers = workers

    def unheard(self, record: Record) -> int:
        """Return how many clips of a work have not been heard yet."""
        jobs = {place.job.name: place.job for place in self._places(record) if place}
        return sum(known_hearing(job) is None for job in jobs.values())

    def hear(self, record: Record, tell: Callable[[float], None], tick: Callable[[], None]) -> Heard:
        """Listen to a work.

        Args:
            record: Its record.
            tell: Called with the length in seconds of each clip that was heard.
            tick: Called a few times a second.

        Raises:
            EngineMissing: The recogniser cannot be loaded.
            StorageError: The store cannot be read or written.
        """
        places = list(self._places(record))
        jobs = {place.job.name: place.job for place in places if place}
        found = {name: hearing for name, job in jobs.items() if (hearing := known_hearing(job)) is not None}
        errors = self._run([job for name, job in jobs.items() if name not in found], found, tell, tick)
        passages = [
            HeardPassage(place.where, place.job.key, place.job.texts, hearing)
            for place in places
            if place and (hearing := found.get(place.job.name)) and hearing.sentences
        ]
        passages.sort(key=lambda passage: -passage.hearing.strength)
        unknown = sum(not hearing.sentences for hearing in found.values())
        return Heard(passages, len(found) - unknown, unknown, places.count(None), errors)

    def doubted(self, record: Record, keys: Set[str]) -> Iterator[DoubtedSentence]:
        """Yield the sentences of a work that were heard and do not sound like their text. Nothing is listened to.

        Args:
            record: Its record.
            keys: Keys of clips that may have been heard.

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
                    faults = tuple(_told(fault, text) for fault in heard.faults)
                    yield DoubtedSentence(
                        place.chapter, place.paragraph, number, written, place.job.key, heard.heard, faults
                    )

    def _run(
        self,
        jobs: Sequence[HearJob],
        found: dict[str, Hearing],
        tell: Callable[[float], None],
        tick: Callable[[], None],
    ) -> tuple[AudiobookError, ...]:
        if not jobs:
            return ()
        waiting, errors = iter(jobs), list[AudiobookError]()
        with WorkerPool[HearJob, Hearing | AudiobookError](min(self._workers, len(jobs))) as pool:
            while True:
                for job in islice(waiting, pool.room):
                    pool.give(job)
                if not pool.busy:
                    return tuple(errors)
                for job, result in pool.results(_TICK_S):
                    if isinstance(result, Hearing):
                        found[job.name] = result
                        shape = self._store.shape(job.key)
                        tell(shape.length_samples / shape.rate_hz if shape else 0.0)
                    elif isinstance(result, SpeechError):
                        errors.append(result)
                    else:
                        raise result
                tick()

    def _places(self, record: Record, keys: Set[str] | None = None) -> Iterator[_Place | None]:
        """Yield the clips of a work in order, None for one that is not in the store.

        Args:
            record: Its record.
            keys: Leave out paragraphs without any of these clips; None for all of them.
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
        said = _said(paragraph, record.language) if any(shapes) else {}
        sentences = iter(paragraph.sentences)
        first = 1
        for key, shape in zip(paragraph.clips, shapes, strict=True):
            if shape is None or None in shapes[: paragraph.clips.index(key)]:
                yield None  # it is unknown which sentences it contains
                continue
            own = list(islice(sentences, len(shape.sentences)))
            texts = tuple(_text(sentence, paragraph, said) for sentence in own)
            tag = (
                said[(own[0].start, own[0].end)][1]
                if own and (own[0].start, own[0].end) in said
                else record.language
            )
            written = tuple(paragraph.text[each.start : each.end] for each in own)
            job = HearJob(key, texts, tag, self._listener, self._store.folder)
            yield _Place(where, chapter, number, first, written, job)
            first += len(own)


_Said = dict[tuple[int, int], tuple[str, str]]
"""What a sentence says and in which language, by its start and end in the paragraph."""


def _said(record: ParagraphRecord, language: str) -> _Said:
    """Narrate the paragraph of a record again.

    Pronunciations given by the user are not in the record, but they do not change which words should be heard.
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


def _text(sentence: SentenceRecord, paragraph: ParagraphRecord, said: _Said) -> str:
    found = said.get((sentence.start, sentence.end))
    return found[0] if found else paragraph.text[sentence.start : sentence.end]
