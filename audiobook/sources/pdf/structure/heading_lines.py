"""Joining the lines of a heading of a PDF: the number of a chapter and its title, and lines set in one style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from audiobook.document import is_speakable
from audiobook.sources.chapters.lines import chapter_line
from audiobook.sources.pdf.numerals import is_bare_number
from audiobook.sources.pdf.structure.headings import Headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph
from audiobook.sources.pdf.structure.typography import (
    COUNTED,
    LONGEST_TITLE_CHARS,
    PROSE_END,
    is_in_capitals,
    is_like,
)

_MOST_LINES: Final = 5
_WIDEST_STEP: Final = 1.7
"""Maximum distance between the lines of a heading, relative to their size."""


def join_titles(
    paragraphs: Sequence[PdfParagraph], headings: Headings
) -> tuple[list[PdfParagraph], Headings, int]:
    """Join the lines of each heading, the number of a chapter and the title below it, and the parts of the work's title.

    Returns:
        The paragraphs; their headings; and how many characters were added between number and title.
    """
    joined: list[PdfParagraph] = []
    levels: dict[int, int] = {}
    title = range(0)
    added = 0
    at = 0
    counting = _counting_words(paragraphs, headings)
    while at < len(paragraphs):
        paragraph, level = paragraphs[at], headings.levels.get(at)
        if headings.title and at == headings.title.start:
            parts = [paragraphs[part] for part in headings.title]
            paragraph = _with_text(parts, " ".join(part.text for part in parts))
            title = range(len(joined), len(joined) + 1)
            at = headings.title.stop - 1
        elif level and (stop := _end_of_heading(paragraphs, at, headings.levels)) > at + 1:
            counts = is_bare_number(paragraph.text) or _first_word(paragraph.text) in counting
            sign = ":" if counts and not PROSE_END.search(paragraph.text) else ""
            added += len(sign)
            parts = list(paragraphs[at:stop])
            level = min(headings.levels.get(part) or level for part in range(at, stop))
            paragraph = _with_text(
                parts, f"{paragraph.text}{sign} {' '.join(part.text for part in parts[1:])}"
            )
            at = stop - 1
        if level is not None:
            levels[len(joined)] = level
        joined.append(paragraph)
        at += 1
    return joined, Headings(title, levels, headings.is_series), added


def _with_text(parts: Sequence[PdfParagraph], text: str) -> PdfParagraph:
    return replace(parts[0], text=text, hyphens=sum(part.hyphens for part in parts))


def _end_of_heading(paragraphs: Sequence[PdfParagraph], at: int, levels: Mapping[int, int]) -> int:
    """Return the index after the last line of a heading: the title below a number, and lines set like the first."""
    end = at + 1
    if _has_title_below(paragraphs, at, levels):
        end += 1
    while end < min(at + _MOST_LINES, len(paragraphs)) and _goes_on(paragraphs, end, levels):
        end += 1
    return end


def _goes_on(paragraphs: Sequence[PdfParagraph], at: int, levels: Mapping[int, int]) -> bool:
    """Return whether a line of a heading continues the heading above it."""
    before, paragraph = paragraphs[at - 1], paragraphs[at]
    if levels.get(at) != levels.get(at - 1) or not levels.get(at) or not is_like(paragraph, before):
        return False
    if is_bare_number(paragraph.text) or COUNTED.match(paragraph.text) or chapter_line(paragraph.text):
        return False
    return (
        paragraph.bold == before.bold
        and paragraph.above <= _WIDEST_STEP
        and (is_bare_number(before.text) or not PROSE_END.search(before.text))
    )


def _counting_words(paragraphs: Sequence[PdfParagraph], headings: Headings) -> set[str]:
    """Return the words that begin several headings on two lines, such as the word for a chapter."""
    lines = {
        paragraphs[at].text
        for at, level in headings.levels.items()
        if level
        and at + 1 < len(paragraphs)
        and paragraphs[at].text.count(" ") <= 2
        and _goes_on(paragraphs, at + 1, headings.levels)
    }
    words = Counter(map(_first_word, lines))
    return {word for word, count in words.items() if count > 1}


def _first_word(text: str) -> str:
    return text.partition(" ")[0].casefold()


def _has_title_below(paragraphs: Sequence[PdfParagraph], at: int, levels: Mapping[int, int]) -> bool:
    """Return whether a chapter's number is followed by its title, on the same page and before any text."""
    if at + 2 >= len(paragraphs):
        return False
    number, below = paragraphs[at], paragraphs[at + 1]
    if below.page != number.page or not is_bare_number(number.text) or is_bare_number(below.text):
        return False
    if not is_speakable(below.text) or len(below.text) > LONGEST_TITLE_CHARS:
        return False
    if at + 1 in levels:
        return (
            at + 2 not in levels
            or levels[at + 2] > levels[at + 1]
            or not is_bare_number(paragraphs[at + 2].text)
        )
    is_set_apart = below.centred or below.bold or is_in_capitals(below)
    return (
        is_set_apart and not PROSE_END.search(below.text) and len(paragraphs[at + 2].text) > len(below.text)
    )
