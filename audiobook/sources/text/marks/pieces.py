"""Removing the codes of marks from the paragraphs of a plain text before headings are searched, and restoring them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from audiobook.sources.chapters.headings import Group
from audiobook.sources.chapters.pieces import Line, Piece
from audiobook.sources.text.marks.codes import has_code, uncoded


class MarkedPieces:
    """The paragraphs of a text with marks.

    Attributes:
        pieces: The paragraphs with words, without codes.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        """Separate the words of paragraphs from codes."""
        self.pieces: list[Piece] = []
        self._marked: dict[int, list[Line]] = {}
        """By the number of a line without codes: the line as it is, and the lines of codes alone after it."""
        self._alone: list[Line] = []
        """Lines of codes before a paragraph, in order."""
        for piece in pieces:
            if not any(map(has_code, (text for _, text in piece.lines))):
                self.pieces.append(piece)
            elif words := self._words(piece):
                self.pieces.append(replace(piece, lines=tuple(words)))

    def _words(self, piece: Piece) -> list[Line]:
        words: list[Line] = []
        for number, text in piece.lines:
            bare = uncoded(text)
            if not bare and words:
                self._marked.setdefault(words[-1][0], [words[-1]]).append((number, text))
            elif not bare:
                self._alone.append((number, text))
            else:
                words.append((number, bare))
                if bare != text:
                    self._marked[number] = [(number, text)]
        return words

    def restored(self, groups: Sequence[Group]) -> list[Group]:
        """Return groups of these paragraphs' lines with the codes restored."""
        found = [Group((line,)) for line in self._alone]
        for group in groups:
            lines = [line for own in group.lines for line in self._marked.get(own[0], [own])]
            found.append(replace(group, lines=tuple(lines)))
        return sorted(found, key=lambda group: group.lines[0][0])
