"""Joining pieces of marked-up text into a paragraph with its white space, verse lines, source lines and languages."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from audiobook.casting import Role
from audiobook.document import ForeignText, Kind, Paragraph, Phonemes, Saying, is_speakable
from audiobook.layout import Cell, Styles

_GAPS: Final = ("", " ", "\n")
"""Kinds of gaps; where two meet, the end of a line wins."""
_STOPS: Final = ".,:;!?…"
_CLOSING: Final = ".,:;!?…)]»”’"
_JOINTS: Final = frozenset(",;-–—&/")


class Flow:
    """A paragraph under construction. Runs of white space become one space; leading and trailing ones are dropped."""

    def __init__(self, before: Flow | None = None) -> None:
        """Begin a paragraph. The styles that are open in the one before continue."""
        self.styles: Styles = Styles(before.styles.opened if before else ())
        """The styles of its words."""
        self.added = 0
        """Number of characters that are not in the source: commas between table cells."""
        self.length = 0
        """Number of characters added so far."""
        self._pieces: list[str] = []
        self._gap = ""
        self._next_cell = False
        self._lines: list[tuple[int, int]] = []
        self._foreign: list[ForeignText] = []
        self._sayings: list[Saying] = []
        self._sounds: Phonemes | str | None = None
        self._sounds_from: int | None = None
        self._mark_at: int | None = None
        self._label_chars = 0
        self._cells: list[Cell] = []
        self._cell: tuple[int, bool] | None = None
        self._columns = 0

    @property
    def is_empty(self) -> bool:
        """Whether no text has been added yet."""
        return not self.length

    @property
    def piece_count(self) -> int:
        """The number of pieces added so far; an argument for `since`."""
        return len(self._pieces)

    def since(self, piece_count: int) -> str:
        """Return the text added after the first `piece_count` pieces."""
        return "".join(self._pieces[piece_count:])

    def add(self, text: str, line: int, language: str | None = None) -> int:
        """Add text.

        Args:
            text: The text as in the source, including line breaks.
            line: Line number at which it starts, from 1; 0 for formats without line numbers.
            language: BCP 47 tag, if it differs from the work's.

        Returns:
            Its number of characters, excluding white space.
        """
        chars = 0
        for number, piece in enumerate(text.split("\n"), line):
            if number > line or piece[:1].isspace():
                self.space()
            if words := piece.split():
                joined = " ".join(words)
                chars += len(joined) - len(words) + 1
                self._put(joined, number if line else 0, language)
                if piece[-1].isspace():
                    self.space()
        return chars

    def extend_label(self, length_before: int) -> None:
        """Count what was added since a length as part of the label, the beginning that is set apart."""
        if self._label_chars == length_before:
            self._label_chars = self.length

    def tail(self, count: int) -> str:
        """Return the last characters added, up to `count`; a gap at the end counts as one character."""
        found = self._gap if self.length else ""
        for piece in reversed(self._pieces):
            if len(found) >= count:
                break
            found = piece + found
        return found[-count:]

    def drop_end(self, text: str) -> int:
        """Remove a text from the end of the paragraph, if it ends with that text.

        Returns:
            How many characters were removed, excluding white space.
        """
        if not text or not self._pieces or not self._pieces[-1].endswith(text):
            return 0
        kept = self._pieces[-1][: -len(text)]
        self._pieces[-1] = kept.rstrip()
        self.length -= len(text) + len(kept) - len(self._pieces[-1])
        if kept != self._pieces[-1]:
            self.space()
        if not self._pieces[-1]:
            self._pieces.pop()
            if self._pieces and self._pieces[-1] in _GAPS:
                self._widen(self._pieces.pop())
                self.length -= 1
        self._lines = [each for each in self._lines if each[0] <= self.length] or self._lines[:1]
        self._foreign = [
            ForeignText(each.start, min(each.end, self.length), each.language)
            for each in self._foreign
            if each.start < self.length
        ]
        return len(text)

    def leave_out_mark(self) -> int:
        """Note that a note mark was left out here. A sign that only joins it to the mark before is removed.

        Returns:
            How many characters were removed.
        """
        removed = 0
        if self._mark_at is not None and self._mark_at < self.length:
            between = self.tail(4).strip()[-1:]
            if self.length - self._mark_at <= 2 and between in _JOINTS:
                removed = self.drop_end(between)
        self._mark_at = self.length
        return removed

    def begin_sounds(self, sounds: Phonemes | str) -> None:
        """Start a part that is pronounced with the given phonemes or words."""
        self._sounds, self._sounds_from = sounds, None

    def end_sounds(self) -> bool:
        """End the part with phonemes, and return whether it contains text and started in this paragraph."""
        start, sounds = self._sounds_from, self._sounds
        self._sounds = self._sounds_from = None
        if start is None:
            return False
        text = sounds if isinstance(sounds, str) else None
        phonemes = sounds if isinstance(sounds, Phonemes) else None
        self._sayings.append(Saying(start, self.length, text, phonemes))
        return True

    def space(self) -> None:
        """Separate the text that follows from the text before it."""
        self._widen(" ")

    def end_line(self) -> None:
        """End a line of verse."""
        self._widen("\n")

    def next_cell(self, columns: int = 1, *, is_head: bool = False) -> None:
        """Start a table cell. A comma separates it from the previous cell, unless that ends with punctuation.

        Args:
            columns: How many columns it takes.
            is_head: Whether it is the heading of a column or row.
        """
        self._next_cell = self.length > 0
        self._cell = (self._columns, is_head)
        self._columns += columns
        self.space()

    def close(self, level: int, place: str, role: Role | None = None) -> Paragraph | None:
        """Return the finished paragraph; None if it contains no text.

        Args:
            level: Depth of the heading, from 1; 0 for anything else.
            place: Position in the file, as in `Paragraph.place`.
            role: Whether it is a quotation, a note or a stage direction.
        """
        if self.is_empty:
            return None
        text = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        kind = Kind.BREAK if not is_speakable(text) else Kind.HEADING if level else Kind.TEXT
        return Paragraph(
            text,
            kind,
            tuple(self._lines),
            place,
            tuple(self._foreign),
            tuple(self._sayings),
            label_chars=min(self._label_chars, len(text)) if kind is Kind.TEXT else 0,
            role=role,
            styles=self.styles.of(text),
            cells=tuple(self._cells),
        )

    def _widen(self, gap: str) -> None:
        if not self._gap or gap == "\n":
            self._gap = gap

    def _put(self, words: str, line: int, language: str | None) -> None:
        gap = self._gap if self.length else ""
        if gap == " " and self._mark_at == self.length and words[0] in _CLOSING:
            gap = ""
        if self._next_cell and self._pieces[-1][-1] not in _STOPS:
            self._pieces.append(",")
            self.length += 1
            self.added += 1
        self._gap, self._next_cell = "", False
        if gap:
            self._pieces.append(gap)
        start = self.length + len(gap)
        self._pieces.append(words)
        if self._sounds and self._sounds_from is None:
            self._sounds_from = start
        self.length = start + len(words)
        if self._cell:
            self._cells.append(Cell(self._cell[0], start, self.length, self._cell[1]))
            self._cell = None
        elif self._cells:
            self._cells[-1] = replace(self._cells[-1], end=self.length)
        if line and (not self._lines or self._lines[-1][1] != line):
            self._lines.append((start, line))
        if language:
            before = self._foreign[-1] if self._foreign else None
            if before and before.language == language and before.end == start - len(gap):
                self._foreign[-1] = ForeignText(before.start, self.length, language)
            else:
                self._foreign.append(ForeignText(start, self.length, language))
