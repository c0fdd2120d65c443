"""Joining the drop caps at the start of chapters in a PDF to the words they belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Final

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece

_LARGER: Final = 1.6
"""Minimum size of a drop cap, relative to the text."""
_MOST_OF_PAGE: Final = 8
"""Maximum number of drop caps on a page; if there are more large letters, none is a drop cap."""
_OUTER_GAP: Final = 1.2
_INNER_GAP: Final = -0.6
_WORD_GAP: Final = 0.45
"""Minimum gap after a drop cap that is a separate word, relative to the text size. Used only in doubt."""
_WORDS_OF_ONE_LETTER: Final = frozenset("AIOUWZ")
_INITIAL: Final = re.compile(r"\W{0,2}(?P<letter>[^\W\d_])['’]?")
_WORD: Final = re.compile(r"[^\W\d_]+")


class Initials:
    """The drop caps of a document.

    Attributes:
        pages: The document's pages.
    """

    def __init__(self, pages: Sequence[PdfPage]) -> None:
        self.pages = pages

    def joined(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Return a page's pieces with each drop cap joined to its line.

        Lines next to a drop cap get its left edge.
        """
        initials = [piece for piece in pieces if _is_initial(piece)]
        if not 0 < len(initials) <= _MOST_OF_PAGE:
            return list(pieces)
        lines = [copy(piece) for piece in pieces if not any(piece is initial for initial in initials)]
        alone = [initial for initial in initials if not self._join(initial, lines)]
        return [*lines, *alone]

    def _join(self, initial: Piece, lines: Sequence[Piece]) -> bool:
        """Join a drop cap to the topmost line next to it. Return False if there is no such line."""
        beside = [piece for piece in lines if _stands_beside(piece, initial)]
        if not beside:
            return False
        first = max(beside, key=lambda piece: piece.y)
        first.text = f"{initial.text}{' ' if self._is_word(initial, first) else ''}{first.text}"
        for piece in beside:
            piece.left = initial.left
        return True

    def _is_word(self, initial: Piece, first: Piece) -> bool:
        """Return whether a drop cap is a separate word ("A man", not "Alice"), by the book's words or else the gap."""
        following = _WORD.match(first.text)
        if initial.text[-1] not in _WORDS_OF_ONE_LETTER or following is None:
            return False
        alone = following[0].casefold() in self._words
        whole = (initial.text[-1] + following[0]).casefold() in self._words
        return alone if alone != whole else first.left - initial.right > _WORD_GAP * first.size

    @cached_property
    def _words(self) -> frozenset[str]:
        """All words of the document except the first of each line, which may be the rest of a word."""
        return frozenset(
            word.casefold()
            for page in self.pages
            for piece in page.pieces
            for word in _WORD.findall(piece.text.partition(" ")[2])
        )


def _is_initial(piece: Piece) -> bool:
    found = _INITIAL.fullmatch(piece.text)
    return found is not None and found["letter"].isupper()


def _stands_beside(piece: Piece, initial: Piece) -> bool:
    """Return whether a line is to the right of a larger letter and within its height."""
    size = max(piece.size, 1.0)
    gap = piece.left - initial.right
    return (
        initial.size >= _LARGER * size
        and _INNER_GAP * size <= gap <= _OUTER_GAP * size
        and initial.y - 1.1 * size <= piece.y <= initial.y + initial.size
        and piece.text[:1].isalpha()
    )
