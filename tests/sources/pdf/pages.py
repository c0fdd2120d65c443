"""Pages of PDF files as the child process returns them, for tests of the layout alone."""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece
from audiobook.sources.pdf.lines.layout import Layout, read_layout
from audiobook.sources.pdf.structure.contents import find_contents
from audiobook.sources.pdf.structure.heading_lines import join_titles
from audiobook.sources.pdf.structure.headings import Headings, find_headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph, build_paragraphs

TOP, BOTTOM, LEFT, LEADING = 540, 60, 50, 12
CHARS = 60
"""Length of a full line; each letter is 5 points wide."""


def piece(text: str, y: float, left: float = LEFT, size: float = 10, *, bold: bool = False) -> Piece:
    """Return a line of text; letters are half as wide as they are high."""
    return Piece(text, left, left + len(text) * size / 2, y, size, bold)


def centred(text: str, y: float, size: float = 10, *, bold: bool = False) -> Piece:
    """Return a line in the middle of a page."""
    return piece(text, y, LEFT + (CHARS * 5 - len(text) * size / 2) / 2, size, bold=bold)


def prose(
    number: int, lines: int = 4, top: float = TOP, left: float = LEFT, chars: int = CHARS
) -> list[Piece]:
    """Return a paragraph whose words all name its number, with an indent, full lines and a last line that ends early."""
    words = (f"w{number} " * chars)[: chars - 3].strip()
    full = [piece(words, top - at * LEADING, left + (15 if at == 0 else 0)) for at in range(lines - 1)]
    return [*full, piece(f"end{number}.", top - (lines - 1) * LEADING, left)]


def page_of(number: int, *more: Piece, paragraphs: int = 8, top: float = TOP) -> PdfPage:
    """Return a page of prose with more pieces on it."""
    step = 5 * LEADING - LEADING
    body = [line for at in range(paragraphs) for line in prose(100 * number + at, top=top - at * step)]
    return PdfPage([*more, *body])


def paragraphs_of(pages: Sequence[PdfPage]) -> tuple[list[PdfParagraph], Headings, Layout]:
    """Return the paragraphs of pages without the table of contents, and their headings."""
    layout = read_layout(pages)
    in_contents, entries = find_contents(layout.lines)
    lines = [line for at, line in enumerate(layout.lines) if at not in in_contents]
    paragraphs = build_paragraphs(lines)
    joined, headings, _ = join_titles(paragraphs, find_headings(paragraphs, layout.size, entries))
    return joined, headings, layout


def chapters(pages: Sequence[PdfPage]) -> list[str]:
    """Return the headings that start chapters, indented by level."""
    paragraphs, headings, _ = paragraphs_of(pages)
    return [" " * (level - 1) + paragraphs[at].text for at, level in sorted(headings.levels.items()) if level]


def texts(pages: Sequence[PdfPage]) -> list[str]:
    """Return the words of all paragraphs."""
    return [paragraph.text for paragraph in paragraphs_of(pages)[0]]
