"""Side notes of a PDF: smaller lines next to the text, in the margin of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audiobook.sources.pdf.extraction.pieces import Piece
from audiobook.sources.pdf.lines.rows import median

_SMALLER: Final = 0.93
"""Maximum size of side notes, relative to the text."""
_NARROW: Final = 0.7
"""Maximum width of the margin with notes, relative to the text."""


def split_side_notes(pages: Sequence[Sequence[Piece]], size: float) -> list[tuple[list[Piece], list[Piece]]]:
    """Separate the lines in the margins from the text.

    Args:
        pages: The pieces of each page, without running heads.
        size: The usual font size of the text, in points.

    Returns:
        For each page, the pieces of the text, and those in the margin.
    """
    texts = [[piece for piece in page if piece.size > _SMALLER * size] for page in pages]
    edges = []
    for side in (0, 1):  # the margins of left and right pages may differ
        filled = [text for text in texts[side::2] if text]
        lefts = [min(piece.left for piece in text) for text in filled]
        rights = [max(piece.right for piece in text) for text in filled]
        edges.append((median(lefts), median(rights)) if filled else (0.0, 0.0))
    return [
        _split(page, text, *edges[number % 2], size)
        for number, (page, text) in enumerate(zip(pages, texts, strict=True))
    ]


def _split(
    page: Sequence[Piece], text: Sequence[Piece], left: float, right: float, size: float
) -> tuple[list[Piece], list[Piece]]:
    if not text:
        return list(page), []
    left = min(left, *(piece.left for piece in text))
    right = max(right, *(piece.right for piece in text))
    top, bottom = max(piece.y for piece in text), min(piece.y for piece in text)
    notes = [
        piece
        for piece in page
        if piece.size <= _SMALLER * size
        and (piece.left > right or piece.right < left)
        and bottom - size < piece.y < top + size
    ]
    if not notes or max(piece.right - piece.left for piece in notes) > _NARROW * (right - left):
        return list(page), []
    is_note = {id(piece) for piece in notes}
    return [piece for piece in page if id(piece) not in is_note], notes
