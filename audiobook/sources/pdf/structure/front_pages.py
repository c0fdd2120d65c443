"""Title page and imprint of a PDF, which are left out as in other formats."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Final

from audiobook.sources.pdf.structure.headings import Headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph

_MOST_PAGES: Final = 8
_LONGEST_IMPRINT_CHARS: Final = 4000
_LONGEST_LINE_CHARS: Final = 80
_SIGNS: Final = re.compile(r"©|\(c\)\s|\bcopyright\b|\bISBN\b|\ball rights reserved\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[.!?…][\"”’»)]*$")


def front_pages(paragraphs: Sequence[PdfParagraph], headings: Headings, narrate: Set[str]) -> dict[int, str]:
    """Return the paragraphs to leave out, with the reason: `titlepage` or `imprint`.

    The title itself and sentences on its page, such as a dedication, are kept.

    Args:
        paragraphs: In reading order.
        headings: The title and the headings among them.
        narrate: The reasons for which nothing is left out.
    """
    starts = [at for at, level in headings.levels.items() if level]
    end = min(starts, default=0)
    by_page: dict[int, list[int]] = {}
    for at in range(end):
        if paragraphs[at].page < _MOST_PAGES:
            by_page.setdefault(paragraphs[at].page, []).append(at)
    left_out: dict[int, str] = {}
    for places in by_page.values():
        others = [at for at in places if at not in headings.title]
        if _is_imprint(" ".join(paragraphs[at].text for at in places)):
            left_out |= dict.fromkeys(others, "imprint")
        elif len(others) < len(places) and all(
            len(paragraphs[at].text) <= _LONGEST_LINE_CHARS for at in others
        ):
            lines = (at for at in others if not _SENTENCE.search(paragraphs[at].text))
            left_out |= dict.fromkeys(lines, "titlepage")
    return {at: reason for at, reason in left_out.items() if reason not in narrate}


def _is_imprint(text: str) -> bool:
    signs = {found[0].casefold() for found in _SIGNS.finditer(text[:_LONGEST_IMPRINT_CHARS])}
    return len(text) <= _LONGEST_IMPRINT_CHARS and len(signs) > 1
