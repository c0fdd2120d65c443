"""The player's data: the text of a work with its times, in parts small enough to load quickly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import ceil
from typing import Final

import msgspec

from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.pictures import PICTURES, PictureRecord
from audiobook.book.record.works import Record
from audiobook.document import Kind
from audiobook.languages import direction
from audiobook.layout import Box, Style
from audiobook.publish.values import xml_text

PART_CHARS: Final = 24_000
"""About half an hour of speech, which a phone fetches and parses without a noticeable wait."""
MOST_WIDE_PX: Final = 800
MOST_HIGH_PX: Final = 600


class ReadSentence(msgspec.Struct, frozen=True, array_like=True):
    """A sentence. Offsets count UTF-16 code units of the paragraph's text, as JavaScript does.

    Attributes:
        start: Offset of the first unit, from 0.
        end: Offset after the last unit.
        start_ms: When the sentence starts.
        end_ms: When the sentence ends.
        words: Three numbers for each word, in order of time: offset of its first unit, length in units, and
            milliseconds from the start of the sentence.
    """

    start: int
    end: int
    start_ms: int
    end_ms: int
    words: tuple[int, ...]


class ReadPicture(msgspec.Struct, frozen=True, array_like=True):
    """A picture at a paragraph.

    Attributes:
        address: Its address, relative to the page.
        width_px: Its width on the page, in pixels of CSS.
        height_px: Its height.
        description: Its alternative text; may be empty.
        is_first: Whether it is at the beginning of the paragraph rather than the end.
    """

    address: str
    width_px: int
    height_px: int
    description: str
    is_first: bool


class ReadParagraph(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph as the page shows it.

    Attributes:
        text: The displayed text.
        kind: Kind of paragraph.
        foreign: Parts in another language: offset of the first unit, offset after the last, BCP 47 tag, `ltr` or `rtl`.
        sentences: The spoken sentences, in order.
        styles: Parts that look different: offset of the first unit, offset after the last, name of the HTML element.
        links: Links, in the same form, with their addresses.
        within: The boxes around it, from the outermost in: name of the HTML element, whether it begins here, and the
            number of an item in a numbered list, else 0.
        cells: The cells of the row that it is: column from 0, offset of the first unit, offset after the last, whether it
            is a heading.
        pictures: The pictures at it: address relative to the page, width and height, alternative text, and whether it is
            at the beginning.
    """

    text: str
    kind: Kind = Kind.TEXT
    foreign: tuple[tuple[int, int, str, str], ...] = ()
    sentences: tuple[ReadSentence, ...] = ()
    styles: tuple[tuple[int, int, Style], ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()
    within: tuple[tuple[Box, bool, int], ...] = ()
    cells: tuple[tuple[int, int, int, bool], ...] = ()
    pictures: tuple[ReadPicture, ...] = ()


class ReadSection(msgspec.Struct, frozen=True):
    """Consecutive paragraphs of one chapter.

    Attributes:
        chapter: Index of the chapter, from 0.
        level: Depth of the chapter in the table of contents, from 1.
        first: Index of the first paragraph within the chapter, from 0.
        paragraphs: The paragraphs, in order.
    """

    chapter: int
    level: int
    first: int
    paragraphs: tuple[ReadParagraph, ...]


class ReadPart(msgspec.Struct, frozen=True):
    """A part of a work: several short chapters, or a piece of a long one.

    Attributes:
        start_ms: When the part starts; 0 for the first.
        sections: The sections, in order; never empty.
    """

    start_ms: int
    sections: tuple[ReadSection, ...]


def reading_parts(record: Record) -> Iterator[ReadPart]:
    """Yield the parts of a work in order, each of about `PART_CHARS` characters at most.

    Short chapters share a part. A long chapter is cut between paragraphs into parts of similar length.

    Args:
        record: Record of the work.
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
    """Yield stretches of a chapter's paragraphs, of similar length, each with the index of its first paragraph.

    Every stretch after the first begins with a spoken paragraph, so that it has a start time.
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
        tuple((units[start], units[end], style) for start, end, style in paragraph.styles),
        tuple((units[start], units[end], address) for start, end, address in paragraph.links),
        paragraph.within,
        tuple((column, units[start], units[end], head) for column, start, end, head in paragraph.cells),
        tuple(pictures_at(paragraph, record.pictures)),
    )


def picture_address(picture: PictureRecord) -> str:
    """Return the address of a picture, relative to the page of its work."""
    folder, _, name = picture.name.partition("/")
    return f"{folder.removesuffix(PICTURES)}.read/{name}"


def pictures_at(paragraph: ParagraphRecord, pictures: Sequence[PictureRecord]) -> Iterator[ReadPicture]:
    """Yield the pictures at a paragraph that have a file, no larger than a page can show without scrolling.

    Args:
        paragraph: The paragraph.
        pictures: The pictures of the work.
    """
    for index, is_first, description in paragraph.pictures:
        picture = pictures[index]
        if not picture.name:
            continue
        width, height = picture.width_px, picture.height_px
        shown_width = max(1, round(width * min(1, MOST_WIDE_PX / width, MOST_HIGH_PX / height)))
        yield ReadPicture(
            picture_address(picture),
            shown_width,
            max(1, round(shown_width * height / width)),
            xml_text(description),
            is_first,
        )


def _units(text: str) -> range | list[int]:
    """Return the offset in UTF-16 units for each offset in code points, including the end of the text."""
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
