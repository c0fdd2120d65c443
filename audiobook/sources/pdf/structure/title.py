"""The title of the work in a PDF, and the page that has nothing else on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audiobook.document import is_speakable
from audiobook.sources.chapters.lines import chapter_line, is_contents_line
from audiobook.sources.pdf.numerals import is_bare_number
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph
from audiobook.sources.pdf.structure.typography import (
    COUNTED,
    LONGEST_HEADING_CHARS,
    SAME_SIZE_PT,
    is_like,
    is_prose,
)

_TITLE_SIZE: Final = 1.3
_LONGEST_TITLE_PAGE_CHARS: Final = 500
_LEAST_TITLE_PAGE_LINES: Final = 4
_TITLE_WITHIN: Final = 12
_TITLE_PAGES: Final = 2


def find_title(paragraphs: Sequence[PdfParagraph], size: float) -> range:
    """Return the paragraphs of the work's title: the largest on the first pages, except chapter headings."""
    first = [at for at, paragraph in enumerate(paragraphs[:_TITLE_WITHIN]) if paragraph.page <= _TITLE_PAGES]
    fitting = [
        at
        for at in first
        if paragraphs[at].size >= _TITLE_SIZE * size
        and is_speakable(paragraphs[at].text)
        and len(paragraphs[at].text) <= LONGEST_HEADING_CHARS
        and not is_contents_line(paragraphs[at].text)
        and not is_bare_number(paragraphs[at].text)
    ]
    if not fitting:
        return range(0)
    start = max(fitting, key=lambda at: (paragraphs[at].size, -at))
    if any(len(paragraphs[at].text) > LONGEST_HEADING_CHARS for at in range(start)):
        return range(0)
    end = start + 1
    while end < len(paragraphs) and end in fitting and is_like(paragraphs[end], paragraphs[start]):
        end += 1
    rest = [
        at
        for at in range(end, len(paragraphs))
        if paragraphs[at].size > paragraphs[start].size - SAME_SIZE_PT
        and sum(map(str.isalnum, paragraphs[at].text)) > 1
    ]
    if not rest:
        return range(start, end)
    if _is_title_page(paragraphs, range(start, end)):
        return range(start, end)
    opens = end == start + 1 and start == 0 and not _is_text(paragraphs, range(end, rest[0]))
    if opens and all(is_bare_number(paragraphs[at].text) or chapter_line(paragraphs[at].text) for at in rest):
        return range(start, end)
    return range(0)


def _is_title_page(paragraphs: Sequence[PdfParagraph], title: range) -> bool:
    """Return whether lines are the only ones of their size on a first page of short lines."""
    top = paragraphs[title.start]
    first = [
        paragraph for paragraph in paragraphs[: _TITLE_WITHIN * 2] if paragraph.page == paragraphs[0].page
    ]
    return (
        top in first
        and _LEAST_TITLE_PAGE_LINES <= len(first) < _TITLE_WITHIN * 2
        and not any(map(is_prose, first))
        and chapter_line(top.text) is None
        and COUNTED.match(top.text) is None
        and sum(abs(each.size - top.size) < SAME_SIZE_PT for each in first) == len(title)
    )


def _is_text(paragraphs: Sequence[PdfParagraph], between: range) -> bool:
    return any(len(paragraphs[at].text) > LONGEST_HEADING_CHARS for at in between)


def title_page(paragraphs: Sequence[PdfParagraph], title: range) -> int | None:
    """Return the page of the title; None if there is also text on it."""
    if not title:
        return None
    page = paragraphs[title.start].page
    others = [
        paragraph
        for at, paragraph in enumerate(paragraphs[: _TITLE_WITHIN * 2])
        if paragraph.page == page and at not in title
    ]
    is_text = (
        page == paragraphs[-1].page
        or any(map(is_prose, others))
        or sum(len(paragraph.text) for paragraph in others) > _LONGEST_TITLE_PAGE_CHARS
    )
    return None if is_text else page
