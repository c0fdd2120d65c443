"""The chapters of a record: their text, and the times of its sentences and words."""

from __future__ import annotations

import msgspec

from audiobook.document import Kind
from audiobook.layout import Box, Style


class SentenceRecord(msgspec.Struct, frozen=True):
    """The times of a sentence and its words.

    Attributes:
        start: Index of its first character in the paragraph's text.
        end: Index after its last character.
        start_samples: When it begins.
        end_samples: When it ends.
        words: For each word in order of time: index of its first character, length, and when it begins in samples.
    """

    start: int
    end: int
    start_samples: int
    end_samples: int
    words: tuple[tuple[int, int, int], ...]


class ParagraphRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph as shown on a page, with the times of its sentences; without sentences if it is not spoken.

    Attributes:
        kind: title, heading, text or break.
        place: Where in the source, for formats with many parts: `!OEBPS/chapter-1.xhtml`, or `#12` for a page.
        line: Line of the source on which it begins, from 1; 0 if the format has no lines.
        text: The text as shown.
        foreign: Parts in another language: index of the first character, index after the last, BCP 47 tag.
        clips: Keys of its clips in order.
        sentences: In order.
        styles: Parts that look different: index of the first character, index after the last, style. In order.
        links: Links, in the same form; the address is that of a web page or a mailbox.
        within: The boxes around it, from the outermost in: kind, whether it begins here rather than continues from the
            paragraph before, and the number of an item in a numbered list, else 0.
        cells: The cells of the row that it is: column from 0, index of the first character, index after the last,
            whether it is a heading. In order.
        pictures: The pictures at it: index in `Record.pictures`, whether it is at the beginning rather than the end, and
            alternative text. In order.
    """

    kind: Kind
    place: str
    line: int
    text: str
    foreign: tuple[tuple[int, int, str], ...]
    clips: tuple[str, ...]
    sentences: tuple[SentenceRecord, ...]
    styles: tuple[tuple[int, int, Style], ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()
    within: tuple[tuple[Box, bool, int], ...] = ()
    cells: tuple[tuple[int, int, int, bool], ...] = ()
    pictures: tuple[tuple[int, bool, str], ...] = ()


class ChapterRecord(msgspec.Struct, frozen=True):
    """A chapter: title, depth from 1, start, end, and paragraphs."""

    title: str
    level: int
    start_samples: int
    end_samples: int
    paragraphs: tuple[ParagraphRecord, ...]
