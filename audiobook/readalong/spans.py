"""The parts of a chapter's text that are highlighted, each with the piece of audio in which it is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

import msgspec

from audiobook.book.excerpts.excerpt import excerpt_samples
from audiobook.book.record.chapters import ParagraphRecord, SentenceRecord
from audiobook.book.record.works import Record


class Sync(str, Enum):
    """What is highlighted: sentences or words. A sentence whose words have no times is always highlighted as a whole."""

    SENTENCE = "sentence"
    WORD = "word"


class Span(msgspec.Struct, frozen=True):
    """A part of a paragraph that is highlighted while it is spoken.

    Attributes:
        id: Its id, unique within the chapter.
        start: Index of its first character in the paragraph's text.
        end: Index after its last character.
        start_samples: When it begins, in samples of the book.
    """

    id: str
    start: int
    end: int
    start_samples: int


class SoundPiece(msgspec.Struct, frozen=True):
    """A piece of a chapter's audio file: the span spoken in it, its start and its end in milliseconds."""

    span_id: str
    start_ms: int
    end_ms: int


def spans_of(paragraph: ParagraphRecord, number: int, sync: Sync) -> Iterator[Span]:
    """Yield the spans of a paragraph, in order and disjoint.

    A word within the span of the word before it, such as the 5 of “2.5”, belongs to that span.

    Args:
        paragraph: The paragraph.
        number: Its number within the chapter, from 1.
        sync: Whether sentences or words are highlighted.
    """
    done = 0
    for sentence_number, sentence in enumerate(paragraph.sentences, 1):
        for name, start, end, at in _parts(sentence, sync):
            begin = max(start, done)
            if begin < end:
                yield Span(f"p{number}s{sentence_number}{name}", begin, end, at)
                done = end


def _parts(sentence: SentenceRecord, sync: Sync) -> Iterator[tuple[str, int, int, int]]:
    """Yield the suffix of the id, the start and end in characters, and the time in samples of each part of a sentence."""
    if sync is Sync.SENTENCE or not sentence.words:
        yield "", sentence.start, sentence.end, sentence.start_samples
        return
    for number, (start, length, at) in enumerate(sentence.words, 1):
        yield f"w{number}", start, start + length, at


def sound_pieces(record: Record, number: int, sync: Sync) -> list[SoundPiece]:
    """Return the pieces of audio of a chapter, in order.

    Each ends where the next begins, so that a player keeps the pauses and never has to seek; the last one ends with
    the file. The silence before the first is left out.

    Args:
        record: Record of the work.
        number: Index of the chapter, from 0.
        sync: Whether sentences or words are highlighted.
    """
    chapter, rate_hz = record.chapters[number], record.rate_hz
    end_ms = excerpt_samples(record, number, number + 1) * 1000 // rate_hz
    starts: list[tuple[str, int]] = []
    before_ms = -1
    for place, paragraph in enumerate(chapter.paragraphs, 1):
        for span in spans_of(paragraph, place, sync):
            # Two spans can begin within a millisecond, but no piece may be empty.
            start_ms = max(before_ms + 1, (span.start_samples - chapter.start_samples) * 1000 // rate_hz)
            if start_ms < end_ms:
                starts.append((span.id, start_ms))
                before_ms = start_ms
    ends = pairwise([*starts, ("", end_ms)])
    return [SoundPiece(name, start_ms, next_ms) for (name, start_ms), (_, next_ms) in ends]


def length_ms(pieces: list[SoundPiece]) -> int:
    """Return the total length of a chapter's pieces of audio in milliseconds."""
    return pieces[-1].end_ms - pieces[0].start_ms if pieces else 0


def sentences_without_words(record: Record) -> int:
    """Return how many sentences have no word times, so that they are highlighted as a whole."""
    return sum(
        not sentence.words
        for chapter in record.chapters
        for paragraph in chapter.paragraphs
        for sentence in paragraph.sentences
    )
