"""Matching the outline of a PDF with the headings on its pages."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import msgspec

from audiobook.document import is_speakable
from audiobook.sources.pdf.extraction.text import Entry
from audiobook.sources.pdf.structure.headings import Headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph
from audiobook.sources.pdf.structure.typography import LONGEST_HEADING_CHARS
from audiobook.sources.title_text import letters_of

_PARAGRAPHS_OF_PAGE: Final = 200
_LEAST_SHARED: Final = 3
_LEAST_FOUND: Final = 0.5
"""Minimum share of entries that must be found as headings on their pages, if the pages have other headings."""
_FEWER: Final = 2
"""If headings outnumber the entries of an outline by this factor, the outline is not a list of chapters."""
_COUNT: Final = re.compile(r"^(?:\d+|[ivxlc]+)")
_NO_NAME: Final = re.compile(
    r"""
    (?: page | p\.? | seite | sivu | strona | slide | folie             # Page 12
      | untitled | bookmark | _?Toc | _GoBack | blank )                 # _Toc123
    [\s_-]*\d*
    | \d+                                                               # 12
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Placed(msgspec.Struct, frozen=True):
    """Where the entries of an outline belong.

    Attributes:
        levels: The levels of the headings found, by paragraph index.
        missing: The remaining entries, by the index of the first paragraph on or after their page.
    """

    levels: dict[int, int]
    missing: dict[int, list[Entry]]


def place_bookmarks(
    paragraphs: Sequence[PdfParagraph], outline: Sequence[Entry], headings: Headings
) -> Placed | None:
    """Find the heading of each outline entry on its page.

    Args:
        paragraphs: In reading order.
        outline: The entries in the order of the file.
        headings: The headings found by their type.

    Returns:
        The places; None if there is no outline, or if it disagrees with the headings and they are a series.
    """
    named = [entry for entry in outline if is_speakable(entry.title)]
    if not named or all(_NO_NAME.fullmatch(entry.title.strip()) for entry in named):
        return None
    placed = _place(paragraphs, named)
    found = len(placed.levels)
    if headings.is_series:
        agrees = found >= _LEAST_FOUND * (found + sum(map(len, placed.missing.values())))
        missed = len(headings.levels.keys() - placed.levels.keys())
        top = sum(level == 1 for level in headings.levels.values())
        if not agrees or (missed >= _FEWER * found and top > _FEWER * len(named)):
            return None
        _take_unnamed(paragraphs, headings, placed)
    return placed


def _take_unnamed(paragraphs: Sequence[PdfParagraph], headings: Headings, placed: Placed) -> None:
    """Assign the entries that were not found to headings on their pages that have no entry."""
    free: dict[int, list[int]] = {}
    for at, level in sorted(headings.levels.items(), reverse=True):
        if level and at not in placed.levels:
            free.setdefault(paragraphs[at].page, []).append(at)
    for start, entries in list(placed.missing.items()):
        places = free.get(paragraphs[start].page, [])
        while entries and places:
            placed.levels[places.pop()] = entries.pop(0).level
        if not entries:
            del placed.missing[start]


def _place(paragraphs: Sequence[PdfParagraph], outline: Sequence[Entry]) -> Placed:
    first: dict[int, int] = {}
    for at, paragraph in enumerate(paragraphs):
        first.setdefault(paragraph.page, at)
    found: dict[int, int] = {}
    missing: dict[int, list[Entry]] = {}
    pages = sorted(first)
    for entry in outline:
        following = bisect_left(pages, entry.page)
        if following == len(pages):
            continue
        start = first[pages[following]]
        heading = _heading_of(entry, paragraphs, start, found)
        if heading is None:
            missing.setdefault(start, []).append(entry)
        else:
            found[heading] = entry.level
    return Placed(found, missing)


def _heading_of(
    entry: Entry, paragraphs: Sequence[PdfParagraph], start: int, taken: dict[int, int]
) -> int | None:
    wanted = letters_of(entry.title)
    for at in range(start, min(start + _PARAGRAPHS_OF_PAGE, len(paragraphs))):
        paragraph = paragraphs[at]
        if paragraph.page > paragraphs[start].page:
            return None
        if at in taken or len(paragraph.text) > LONGEST_HEADING_CHARS:
            continue
        if _is_same(letters_of(paragraph.text), wanted):
            return at
    return None


def _is_same(shown: str, wanted: str) -> bool:
    """Return whether a paragraph has the same letters as an entry; either may lack the chapter number."""
    if shown == wanted or (wanted and _COUNT.sub("", shown) == wanted):
        return True
    if min(len(shown), len(wanted)) <= _LEAST_SHARED:
        return False
    return (
        wanted.endswith(shown)
        or shown.startswith(wanted)
        or (shown.endswith(wanted) and len(shown) - len(wanted) < 2 * _LEAST_SHARED)
    )
