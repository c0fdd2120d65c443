"""Headings of a PDF in larger type than the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from audiobook.sources.pdf.numerals import (
    is_bare_number,
    is_number,
)
from audiobook.sources.pdf.structure.paragraphs import BULLETS, PdfParagraph
from audiobook.sources.pdf.structure.title import title_page
from audiobook.sources.pdf.structure.typography import (
    CAPTION,
    COUNTED,
    LONGEST_HEADING_CHARS,
    LONGEST_TITLE_CHARS,
    PROSE_END,
    SAME_SIZE_PT,
    STOP,
    is_prose,
)

_LARGER: Final = 1.12
"""Minimum size of a heading, relative to the text."""
_MOST_CHARS: Final = 0.25
"""If more than this share of all characters is in large type, large type does not mark headings."""
_NO_HEADING: Final = ("—", "―", "– ", "- ", *BULLETS)
_WIDE: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_SENTENCE: Final = re.compile(r"[.!?…][\"”’»)\]]*\s+[^\W\d_]")
_LEAST_SENTENCE_SPACES: Final = 4


def larger_headings(paragraphs: Sequence[PdfParagraph], size: float, title: range) -> dict[int, int]:
    """Return the level of each heading in larger type, the largest first; empty if that does not mark headings."""
    found = {
        at: paragraph.size
        for at, paragraph in enumerate(paragraphs)
        if paragraph.size >= _LARGER * size
        and at not in title
        and len(paragraph.text) <= LONGEST_HEADING_CHARS
        and any(map(str.isalnum, paragraph.text))
        and not _is_quotation(paragraph)
        and not CAPTION.match(paragraph.text)
        and (sum(map(str.isalnum, paragraph.text)) > 1 or is_number(paragraph.text))
    }
    if not _marks_headings(paragraphs, found, title):
        return {}
    page_of_title = title_page(paragraphs, title)
    sizes = _steps(found.values())
    found = _without_epigraphs(paragraphs, found, sizes)
    kept = {
        at: sizes[each]
        for at, each in found.items()
        if paragraphs[at].page != page_of_title or is_bare_number(paragraphs[at].text)
    }
    if title:
        kept = _without_authors(paragraphs, kept, title)
    ranks = sorted(set(kept.values()), reverse=True)
    return {at: ranks.index(each) + 1 for at, each in kept.items()}


def _without_authors(
    paragraphs: Sequence[PdfParagraph], found: Mapping[int, float], title: range
) -> dict[int, float]:
    """Leave out lines in large type on the title's page, unless there are others like them, or text on both sides."""
    first = paragraphs[title.start].page
    elsewhere = {(size, paragraphs[at].bold) for at, size in found.items() if paragraphs[at].page > first}
    counts = Counter(
        size for at, size in found.items() if paragraphs[at].page == first and _is_above_prose(paragraphs, at)
    )
    opening = next((at for at in sorted(found) if _is_opening(paragraphs, at)), 0)
    return {
        at: size
        for at, size in found.items()
        if paragraphs[at].page > first
        or (at >= opening and (size, paragraphs[at].bold) in elsewhere)
        or (_is_above_prose(paragraphs, at) and (counts[size] > 1 or is_prose(paragraphs[at - 1])))
    }


def _is_opening(paragraphs: Sequence[PdfParagraph], at: int) -> bool:
    """Return whether a line may be the first heading: it is above text, or has a chapter number."""
    text = paragraphs[at].text
    return _is_above_prose(paragraphs, at) or is_bare_number(text) or COUNTED.match(text) is not None


def _is_above_prose(paragraphs: Sequence[PdfParagraph], at: int) -> bool:
    if at + 1 == len(paragraphs):
        return False
    below = paragraphs[at + 1]
    return is_prose(below) or (below.size < paragraphs[at].size and bool(STOP.search(below.text)))


def _is_quotation(paragraph: PdfParagraph) -> bool:
    """Return whether a paragraph in large type is a sentence or the name of its author, or an item of a list."""
    if paragraph.text.startswith(_NO_HEADING):
        return True
    is_long = len(paragraph.text) + len(_WIDE.findall(paragraph.text)) > LONGEST_TITLE_CHARS
    return is_long and bool(_SENTENCE.search(paragraph.text) or STOP.search(paragraph.text))


def _without_epigraphs(
    paragraphs: Sequence[PdfParagraph], found: Mapping[int, float], sizes: Mapping[float, float]
) -> dict[int, float]:
    """Leave out sentences in large type directly below larger headings."""
    epigraphs = {
        at: sizes[size]
        for at, size in found.items()
        if at - 1 in found
        and sizes[found[at - 1]] > sizes[size]
        and paragraphs[at].text.count(" ") >= _LEAST_SENTENCE_SPACES
        and STOP.search(paragraphs[at].text)
    }
    counts, alike = Counter(epigraphs.values()), Counter(sizes[size] for size in found.values())
    return {
        at: size
        for at, size in found.items()
        if at not in epigraphs or 2 * counts[sizes[size]] <= alike[sizes[size]]
    }


def _marks_headings(paragraphs: Sequence[PdfParagraph], found: Collection[int], title: range) -> bool:
    """Return whether large type marks headings: little text is set in it, or only short lines above smaller text."""
    chars = sum(len(paragraph.text) for paragraph in paragraphs)
    if sum(len(paragraphs[at].text) for at in found) <= _MOST_CHARS * chars:
        return True
    large = {*found, *title}
    above_text = [at for at in found if at + 1 < len(paragraphs) and at + 1 not in large]
    return len(above_text) > 1 and all(
        at in above_text
        and len(paragraphs[at].text) <= LONGEST_TITLE_CHARS
        and not PROSE_END.search(paragraphs[at].text)
        for at in found
    )


def _steps(sizes: Collection[float]) -> dict[float, float]:
    """Map each size to the largest one that looks the same."""
    steps: dict[float, float] = {}
    largest = float("inf")
    for each in sorted(set(sizes), reverse=True):
        if largest - each >= SAME_SIZE_PT:
            largest = each
        steps[each] = largest
    return steps
