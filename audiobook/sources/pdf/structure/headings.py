"""The headings of a PDF, found by their type (large, bold, centred, in capitals) or by their words and numbers.

Headings of a kind count only if they are a series: short lines of the same kind with text between them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import msgspec

from audiobook.sources.chapters.lines import CHAPTER, chapter_line
from audiobook.sources.pdf.numerals import (
    count_of,
    is_bare_number,
    is_number,
    is_numbered,
    is_spelled_number,
    label_and_number,
)
from audiobook.sources.pdf.structure.contents import Entry
from audiobook.sources.pdf.structure.larger_headings import larger_headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph
from audiobook.sources.pdf.structure.title import find_title
from audiobook.sources.pdf.structure.typography import (
    CAPTION,
    LONGEST_HEADING_CHARS,
    LONGEST_TITLE_CHARS,
    PROSE_END,
    is_in_capitals,
)
from audiobook.sources.title_text import letters_of

_MOST_SET_APART: Final = 0.12
"""The same for headings in the size of the text."""
_LEAST_BETWEEN_CHARS: Final = 120
"""Minimum mean length of the text after each heading of a series of the size of the text."""
_LEAST_SIZE: Final = 0.85
"""Minimum size of a heading, relative to the text; smaller lines are labels in figures and tables."""
_RISING: Final = 0.8
"""Minimum share of numbers of a series that are one more than the last."""
_SAME_HEIGHT: Final = 0.5
"""Maximum distance between the baselines of two cells of a row, relative to their size."""


class Headings(msgspec.Struct, frozen=True):
    """The headings among the paragraphs of a document.

    Attributes:
        title: Indices of the paragraphs that are the title of the work.
        levels: The level of each heading, from 1, by the index of its paragraph; 0 for one that starts no chapter.
        is_series: Whether there are at least two headings of a kind.
    """

    title: range
    levels: dict[int, int]
    is_series: bool


def find_headings(paragraphs: Sequence[PdfParagraph], size: float, entries: Sequence[Entry]) -> Headings:
    """Find the title and the headings.

    Args:
        paragraphs: In reading order.
        size: The usual font size of the text, in points.
        entries: The table of contents.
    """
    title = find_title(paragraphs, size)
    larger = larger_headings(paragraphs, size, title)
    taken = {*title, *larger}
    small = {at for at, paragraph in enumerate(paragraphs) if paragraph.size < _LEAST_SIZE * size}
    series = [
        found
        for found in (
            _named(paragraphs, taken | small),
            _rising(paragraphs, _of_kind(paragraphs, taken | small, _is_numeral)),
            _of_kind(paragraphs, taken | small, lambda paragraph: is_spelled_number(paragraph.text)),
            _without_table_heads(
                paragraphs, _of_kind(paragraphs, taken | small, lambda paragraph: paragraph.bold)
            ),
            _of_kind(paragraphs, taken | small, is_in_capitals),
            _in_contents(paragraphs, taken, entries),
        )
        if found
    ]
    lowest = max(larger.values(), default=0)
    levels = dict(larger)
    is_numbered = any(is_bare_number(paragraphs[at].text) for at in larger)
    if series and (len(larger) < 2 or (not is_numbered and is_bare_number(paragraphs[min(series[0])].text))):
        first = min(series[0].values())
        levels |= {at: lowest + level - first + 1 for at, level in series[0].items()}
    minor = dict.fromkeys(
        (at for found in series for at in found if at not in levels and paragraphs[at].bold), 0
    )
    return Headings(title, minor | levels, len(levels) > 1)


def _named(paragraphs: Sequence[PdfParagraph], taken: Collection[int]) -> dict[int, int]:
    """Return the headings that are recognised by their words, such as `CHAPTER I`."""
    marks = {
        at: mark
        for at, paragraph in enumerate(paragraphs)
        if at not in taken and (mark := chapter_line(paragraph.text))
    }
    found = {at: mark.level for at, mark in marks.items()}
    if not any(level == CHAPTER for level in found.values()) and not found:
        found = _of_kind(paragraphs, taken, lambda paragraph: is_numbered(paragraph.text))
        found = found if _count_on([label_and_number(paragraphs[at].text) for at in found]) else {}
    return found


def _count_on(labels: Sequence[tuple[str, int] | None]) -> bool:
    """Return whether most numbers are one more than the last with the same word, or the first of a part."""
    last: dict[str, int] = {}
    steps = 0
    for word, number in filter(None, labels):
        steps += number in (1, last.get(word, 0) + 1)
        last[word] = number
    return steps >= _RISING * len(labels)


def _without_table_heads(paragraphs: Sequence[PdfParagraph], found: dict[int, int]) -> dict[int, int]:
    """Leave out lines that are side by side and not above a sentence, like the heads of a table's columns."""
    rows: dict[tuple[int, int], list[int]] = {}
    for at in found:
        height = round(paragraphs[at].y / max(_SAME_HEIGHT * paragraphs[at].size, 1.0))
        rows.setdefault((paragraphs[at].page, height), []).append(at)
    heads = {
        at
        for row in rows.values()
        if len(row) > 1
        and not any(PROSE_END.search(below.text) for each in row for below in paragraphs[each + 1 :][:1])
        for at in row
    }
    return {at: level for at, level in found.items() if at not in heads}


def _of_kind(
    paragraphs: Sequence[PdfParagraph], taken: Collection[int], is_kind: Callable[[PdfParagraph], bool]
) -> dict[int, int]:
    """Return the headings in the size of the text that are set apart in the same way, if they are a series."""
    found = [
        at
        for at, paragraph in enumerate(paragraphs)
        if at not in taken and _may_be_heading(paragraph) and is_kind(paragraph)
    ]
    chars = sum(len(paragraph.text) for paragraph in paragraphs)
    ours = sum(len(paragraphs[at].text) for at in found)
    if len(found) < 2 or ours > _MOST_SET_APART * chars or chars - ours < _LEAST_BETWEEN_CHARS * len(found):
        return {}
    return dict.fromkeys(found, 1)


def _rising(paragraphs: Sequence[PdfParagraph], found: dict[int, int]) -> dict[int, int]:
    """Return the headings that are only numbers, if each is one more than the last, or the first of a part."""
    numbers = [count_of(paragraphs[at].text) for at in found]
    steps = sum(number in (1, before + 1) for before, number in zip([0, *numbers], numbers, strict=False))
    return found if steps >= _RISING * len(numbers) else {}


def _may_be_heading(paragraph: PdfParagraph) -> bool:
    return (
        len(paragraph.text) <= LONGEST_TITLE_CHARS
        and paragraph.lines <= 2
        and any(map(str.isalnum, paragraph.text))
        and not CAPTION.match(paragraph.text)
        and (
            not PROSE_END.search(paragraph.text)
            or is_bare_number(paragraph.text)
            or (paragraph.bold and paragraph.text.endswith(("?", "？", "؟")))
        )
    )


def _is_numeral(paragraph: PdfParagraph) -> bool:
    return is_number(paragraph.text)


def _in_contents(
    paragraphs: Sequence[PdfParagraph], taken: Collection[int], entries: Sequence[Entry]
) -> dict[int, int]:
    """Return the lines that are also entries of the table of contents, if most entries are found."""
    wanted = {key for entry in entries if (key := letters_of(entry.title))}
    found = {
        at: 1
        for at, paragraph in enumerate(paragraphs)
        if at not in taken
        and len(paragraph.text) <= LONGEST_HEADING_CHARS
        and letters_of(paragraph.text) in wanted
    }
    return found if len(found) >= max(2, 0.5 * len(wanted)) else {}
