"""The text of an RTF file as elements of HTML, built paragraph by paragraph."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from audiobook.document import count_chars

if TYPE_CHECKING:
    from lxml.etree import _Element

_DEEPEST: Final = 6
_MOST_NESTED: Final = 4
"""Maximum nesting of notes; RTF does not allow a note in a note."""


class Body:
    """A document under construction."""

    def __init__(self) -> None:
        """Start with an empty document."""
        from lxml import etree  # takes 20 ms, which other formats do not need

        self._new = etree.SubElement
        self.root: _Element = etree.Element("body")
        self.title = ""
        """The first paragraph with the style Title."""
        self.role = ""
        """The part of the document that paragraphs from now on belong to, such as `doc-toc`; "" for the text."""
        self.skipped: Counter[str] = Counter()
        """Number of characters left out, by reason."""
        self._notes: list[tuple[_Element, _Element | None]] = []
        self._place: _Element = self.root
        self._paragraph: _Element | None = None
        self._table: _Element | None = None
        self._row: _Element | None = None
        self._cell: _Element | None = None

    def add(self, text: str, tag: str = "") -> None:
        """Add text to the current paragraph, in an element (`sup`, `b`) if a tag is given."""
        paragraph = self._opened()
        last = paragraph[-1] if len(paragraph) else None
        if tag:
            if last is None or last.tag != tag or last.tail:
                last = self._new(paragraph, tag)
            last.text = (last.text or "") + text
        elif last is None:
            paragraph.text = (paragraph.text or "") + text
        else:
            last.tail = (last.tail or "") + text

    def skip(self, text: str, reason: str) -> None:
        """Count text that is left out."""
        self.skipped[reason] += count_chars(text)

    def break_line(self) -> None:
        """End a line within a paragraph."""
        self._new(self._opened(), "br")

    def open_note(self, role: str) -> None:
        """Start a note at the current place."""
        if len(self._notes) == _MOST_NESTED:
            return
        paragraph = self._opened()
        self._notes.append((self._place, paragraph))
        self._place = self._new(paragraph, "span", role=role)
        self._paragraph = None

    def name_note(self, role: str) -> None:
        """Change the role of the current note."""
        if self._notes:
            self._place.set("role", role)

    def close_note(self) -> None:
        """End a note, and continue the paragraph around it."""
        if self._notes:
            self._place, self._paragraph = self._notes.pop()

    def end_paragraph(
        self, *, level: int, is_title: bool, is_item: bool, in_table: bool, is_centred: bool
    ) -> None:
        """End the current paragraph.

        Args:
            level: Depth of the heading, from 1; 0 for anything else.
            is_title: Whether it has the style Title.
            is_item: Whether it is a list item.
            in_table: Whether it is in a table cell.
            is_centred: Whether it is centred.
        """
        paragraph, self._paragraph = self._paragraph, None
        if paragraph is None:
            return
        if self._notes:
            return
        if in_table:
            self._cell_place().append(paragraph)
            return
        self._close_table()
        if is_centred:
            paragraph.set("align", "center")
        if level:
            paragraph.tag = f"h{min(level, _DEEPEST)}"
        elif is_item:
            paragraph.tag = "li"
        if is_title and not self.title:
            self.title = "".join(paragraph.itertext())

    def end_cell(self) -> None:
        """End a table cell."""
        self._cell_place()
        self._cell = None

    def end_row(self) -> None:
        """End a table row."""
        self._row = self._cell = None

    def _opened(self) -> _Element:
        if self._paragraph is None:
            self._paragraph = self._new(self._place, "p")
            if self.role:
                self._paragraph.set("role", self.role)
        return self._paragraph

    def _cell_place(self) -> _Element:
        """Return the current cell; a paragraph that has already been opened comes before a new table."""
        if self._table is None:
            self._table = self._new(self.root, "table")
        if self._row is None:
            self._row = self._new(self._table, "tr")
        if self._cell is None:
            self._cell = self._new(self._row, "td")
        return self._cell

    def _close_table(self) -> None:
        self._table = self._row = self._cell = None
