"""What the player reads: the text of a work and when it is said, in parts that load quickly."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from math import ceil
from typing import Final

import msgspec

from audiobook.book.record import ChapterRecord, ParagraphRecord, Record, SentenceRecord
from audiobook.document import Kind
from audiobook.languages import direction

PART_CHARS: Final = 24_000
"""About half an hour of speech: a part is fetched and parsed in a moment on a phone."""


class ReadSentence(msgspec.Struct, frozen=True, array_like=True):
    """A sentence; offsets count UTF-16 units of the paragraph's text, as JavaScript does.

    Attributes:
        start: First unit, from 0.
        end: One past the last.
        start_ms: When it begins.
        end_ms: When it ends.
        words: For each word in order of time: first unit, length, milliseconds after the sentence's start; all flat.
    """

    start: int
    end: int
    start_ms: int
    end_ms: int
    words: tuple[int, ...]


class ReadParagraph(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph as it is shown.

    Attributes:
        text: What is shown.
        kind: title, heading, text or break.
        foreign: Parts in another language: first unit, one past the last, BCP 47 tag, `ltr` or `rtl`.
        sentences: Those that are said.
    """

    text: str
    kind: Kind = Kind.TEXT
    foreign: tuple[tuple[int, int, str, str], ...] = ()
    sentences: tuple[ReadSentence, ...] = ()


class ReadSection(msgspec.Struct, frozen=True):
    """Paragraphs of one chapter that follow each other.

    Attributes:
        chapter: Which chapter, from 0.
        level: Its depth in the contents, from 1.
        first: Place of the first of them in the chapter, from 0.
        paragraphs: In order.
    """

    chapter: int
    level: int
    first: int
    paragraphs: tuple[ReadParagraph, ...]


class ReadPart(msgspec.Struct, frozen=True):
    """A part of a work: short chapters together, or a stretch of a long one.

    Attributes:
        start_ms: When it begins; 0 for the first.
        sections: In order; never empty.
    """

    start_ms: int
    sections: tuple[ReadSection, ...]


def reading_parts(record: Record) -> Iterator[ReadPart]:
    """Cut a work into parts of at most about `PART_CHARS` characters.

    Short chapters share a part; a long one is cut between paragraphs into parts of about the same length.

    Args:
        record: The work's.

    Returns:
        The parts in order, one at a time.
    """
    start_ms, held = 0, 0
    sections: list[ReadSection] = []
    for number, chapter in enumerate(record.chapters):
        for first, paragraphs in _stretches(chapter):
            chars = _chars(paragraphs)
            if sections and held + chars > PART_CHARS:
                yield ReadPart(start_ms, tuple(sections))
                begin = paragraphs[0].sentences[0].start_samples if first else chapter.start_samples
                start_ms, sections, held = _ms(begin, record), [], 0
            shown = tuple(_paragraph(paragraph, record) for paragraph in paragraphs)
            sections.append(ReadSection(number, chapter.level, first, shown))
            held += chars
    yield ReadPart(start_ms, tuple(sections))


def _stretches(chapter: ChapterRecord) -> Iterator[tuple[int, tuple[ParagraphRecord, ...]]]:
    """Give the paragraphs of a chapter, in stretches of about the same length, each with the place of its first.

    The first paragraph of each but the first stretch is said.
    """
    paragraphs = chapter.paragraphs
    chars = _chars(paragraphs)
    most = chars / max(1, ceil(chars / PART_CHARS))
    first, held = 0, 0
    for place, paragraph in enumerate(paragraphs):
        length = len(paragraph.text)
        if place > first and paragraph.sentences and held + length / 2 > most:
            yield first, paragraphs[first:place]
            first, held = place, 0
        held += length
    yield first, paragraphs[first:]


def _chars(paragraphs: tuple[ParagraphRecord, ...]) -> int:
    return sum(len(paragraph.text) for paragraph in paragraphs)


def _ms(samples: int, record: Record) -> int:
    return round(samples * 1000 / record.rate_hz)


def _paragraph(paragraph: ParagraphRecord, record: Record) -> ReadParagraph:
    units = _units(paragraph.text)
    return ReadParagraph(
        paragraph.text,
        paragraph.kind,
        tuple((units[start], units[end], tag, direction(tag)) for start, end, tag in paragraph.foreign),
        tuple(_sentence(sentence, units, record.rate_hz) for sentence in paragraph.sentences),
    )


def _units(text: str) -> range | list[int]:
    """Give for each offset in code points, the end too, the one in UTF-16 units."""
    if max(text, default="") <= "\uffff":
        return range(len(text) + 1)
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


def _sentence(sentence: SentenceRecord, units: range | list[int], rate_hz: int) -> ReadSentence:
    start_ms = round(sentence.start_samples * 1000 / rate_hz)
    words: list[int] = []
    for start, length, samples in sentence.words:
        first = units[start]
        words += (first, units[start + length] - first, round(samples * 1000 / rate_hz) - start_ms)
    return ReadSentence(
        units[sentence.start],
        units[sentence.end],
        start_ms,
        round(sentence.end_samples * 1000 / rate_hz),
        tuple(words),
    )
