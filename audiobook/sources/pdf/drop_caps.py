"""Large letters at the beginning of chapters of a PDF, joined to the words that they begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Final

from audiobook.sources.pdf.text import PdfPage, Piece

_LARGER: Final = 1.6
"""How much larger than the text an initial is at least."""
_MOST_OF_PAGE: Final = 8
"""More large letters than that on a page are no initials."""
_OUTER_GAP: Final = 1.2
_INNER_GAP: Final = -0.6
_WORD_GAP: Final = 0.45
"""From here on, in sizes of the text, a letter that may be a word is one, where the rest of the book does not tell."""
_WORDS_OF_ONE_LETTER: Final = frozenset("AIOUWZ")
_INITIAL: Final = re.compile(r"\W{0,2}(?P<letter>[^\W\d_])['’]?")
_WORD: Final = re.compile(r"[^\W\d_]+")


class Initials:
    """The initials of a document.

    Attributes:
        pages: Its pages.
    """

    def __init__(self, pages: Sequence[PdfPage]) -> None:
        self.pages = pages

    def joined(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Give the pieces of a page with each initial joined to its line; the lines beside it begin where it does."""
        initials = [piece for piece in pieces if _is_initial(piece)]
        if not 0 < len(initials) <= _MOST_OF_PAGE:
            return list(pieces)
        lines = [copy(piece) for piece in pieces if not any(piece is initial for initial in initials)]
        alone = [initial for initial in initials if not self._join(initial, lines)]
        return [*lines, *alone]

    def _join(self, initial: Piece, lines: Sequence[Piece]) -> bool:
        """Join an initial to the uppermost of the lines beside it, if there is one."""
        beside = [piece for piece in lines if _stands_beside(piece, initial)]
        if not beside:
            return False
        first = max(beside, key=lambda piece: piece.y)
        first.text = f"{initial.text}{' ' if self._is_word(initial, first) else ''}{first.text}"
        for piece in beside:
            piece.left = initial.left
        return True

    def _is_word(self, initial: Piece, first: Piece) -> bool:
        """Whether an initial is a word of its own: "A man", not "Alice"; the words of the book tell, or else the gap."""
        following = _WORD.match(first.text)
        if initial.text[-1] not in _WORDS_OF_ONE_LETTER or following is None:
            return False
        alone = following[0].casefold() in self._words
        whole = (initial.text[-1] + following[0]).casefold() in self._words
        return alone if alone != whole else first.left - initial.right > _WORD_GAP * first.size

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words of all lines but the first of each, which may be the rest of one."""
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
    """Whether a line stands right of a letter that is larger, and no higher or lower than it."""
    size = max(piece.size, 1.0)
    gap = piece.left - initial.right
    return (
        initial.size >= _LARGER * size
        and _INNER_GAP * size <= gap <= _OUTER_GAP * size
        and initial.y - 0.5 * size <= piece.y <= initial.y + initial.size
        and piece.text[:1].isalpha()
    )
