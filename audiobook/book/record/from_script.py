"""The chapters of a record, made from a script and its timeline one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from audiobook.audio.mp3.id3 import ChapterMark
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.page_layout import PageLayout, page_layout
from audiobook.book.script import Script, SpokenParagraph
from audiobook.book.timeline import Timeline
from audiobook.clips.clip import ClipSentence
from audiobook.document import Sentence
from audiobook.files import Place, Spool

_decoder: Final = msgspec.json.Decoder(ChapterRecord)

SentencesOf = Callable[[str], Sequence[ClipSentence]]
"""A function that returns the sentences of a clip by its key."""


class EncodedChapters:
    """The chapters of a record in JSON, which are decoded one at a time when they are needed again.

    Attributes:
        bare: The same chapters without paragraphs.
    """

    def __init__(
        self, bare: Sequence[ChapterRecord], chapters: Iterable[ChapterRecord], spool: Spool
    ) -> None:
        """Prepare to encode chapters into a spool; this happens when `encode` is called, or when they are first needed."""
        self.bare = bare
        self._spool = spool
        self._chapters = iter(chapters)
        self._places: list[Place] = []

    def encode(self) -> None:
        """Take the chapters and encode them, unless this was done before."""
        for chapter in self._chapters:
            self._places.append(self._spool.add(msgspec.json.encode(chapter)))

    def __iter__(self) -> Iterator[ChapterRecord]:
        """Yield the chapters."""
        return map(_decoder.decode, self.encoded())

    def encoded(self) -> Iterator[bytes]:
        """Yield the chapters in JSON."""
        self.encode()
        return map(self._spool.get, self._places)


def bare_chapters(script: Script, timeline: Timeline) -> list[ChapterRecord]:
    """Return the chapters of a script without paragraphs; see `chapter_records`."""
    ends = (*timeline.chapter_starts[1:], timeline.length_samples)
    rows = zip(script.chapters, timeline.chapter_starts, ends, strict=True)
    return [ChapterRecord(chapter.title, chapter.level, start, end, ()) for chapter, start, end in rows]


def chapter_records(
    bare: Iterable[ChapterRecord],
    script: Script,
    timeline: Timeline,
    sentences_of: SentencesOf,
    pictures: Sequence[str],
) -> Iterator[ChapterRecord]:
    """Yield the chapters of a script.

    Args:
        bare: The same chapters without paragraphs.
        script: The script.
        timeline: Its timeline.
        sentences_of: Returns the sentences of a clip by its key.
        pictures: The names or addresses of the pictures in the record.
    """
    starts = iter(timeline.passage_starts)
    numbers = {key: number for number, key in enumerate(pictures)}
    for empty, chapter in zip(bare, script.chapters, strict=True):
        befores = (None, *(spoken.paragraph for spoken in chapter.paragraphs))
        paragraphs = tuple(
            _paragraph(spoken, page_layout(spoken.paragraph, before, numbers), starts, sentences_of)
            for spoken, before in zip(chapter.paragraphs, befores, strict=False)
        )
        yield msgspec.structs.replace(empty, paragraphs=paragraphs)


def _paragraph(
    spoken: SpokenParagraph,
    layout: PageLayout,
    starts: Iterator[int],
    sentences_of: SentencesOf,
) -> ParagraphRecord:
    sentences: list[SentenceRecord] = []
    for entry in spoken.passages:
        at = next(starts)
        for sentence, timed in zip(entry.passage.sentences, sentences_of(entry.key), strict=True):
            words = tuple(_words(sentence, timed.marks, at))
            sentences.append(
                SentenceRecord(*sentence.span, at + timed.start_samples, at + timed.end_samples, words)
            )
    paragraph = spoken.paragraph
    keys = tuple(entry.key for entry in spoken.passages)
    return ParagraphRecord(
        kind=paragraph.kind,
        place=paragraph.place,
        line=paragraph.line_of(0),
        text=paragraph.text,
        foreign=tuple((part.start, part.end, part.language) for part in paragraph.foreign),
        clips=keys,
        sentences=tuple(sentences),
        **layout,
    )


def _words(
    sentence: Sentence, marks: Iterable[tuple[int, int, int]], at: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the words of a sentence, whose clip begins at a sample; see `SentenceRecord.words`."""
    starts, ends = sentence.starts, sentence.ends
    begun = end = when = -1
    for start, length, offset in marks:
        first, last = starts[start], ends[start + length - 1]
        if first < end:  # a number can be spoken as several words, which share its characters
            end = max(end, last)
            continue
        if when >= 0:
            yield begun, end - begun, when
        begun, end, when = first, last, at + offset
    if when >= 0:
        yield begun, end - begun, when


def chapter_marks(chapters: Iterable[ChapterRecord], rate_hz: int) -> list[ChapterMark]:
    """Return chapters in milliseconds, rounded down, each ending where the next begins."""
    return [
        ChapterMark(
            chapter.title, chapter.start_samples * 1000 // rate_hz, chapter.end_samples * 1000 // rate_hz
        )
        for chapter in chapters
    ]
