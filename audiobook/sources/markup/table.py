"""Tables: recognising those used for layout and those that contain mostly numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.document import Paragraph, count_chars, is_speakable
from audiobook.sources.markup.heading_elements import heading_level
from audiobook.sources.markup.semantics import tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

CELLS: Final = ("td", "th")
_NUMBER = re.compile(
    r"""
    [(+−–±<>≈~-]?\s*+ [$€£¥]?\s*+ [+−–-]?  # (, ±, < or $ -
    \d[\d\s.,'’]*+\s*+  # 1 234.5
    (?>(?: [%‰°€$£¥] | [)*†‡] )*)  # %, €) or *
    """,
    re.VERBOSE,
)
_LONGEST_NUMBER: Final = 40


class Table(msgspec.Struct):
    """A table that is being read.

    Attributes:
        line: Line number at which it starts.
        is_shown: Whether it is shown as a table; if not, as text.
        rows: The paragraph of each row, how many of its characters are not in the source, and its role as a block.
    """

    line: int
    is_shown: bool = True
    rows: list[tuple[Paragraph, int, str]] = msgspec.field(default_factory=list)
    _filled: int = 0
    _numbers: int = 0

    def count_cell(self, text: str) -> None:
        """Count a body cell."""
        text = text.strip(", \n")
        if is_speakable(text):
            self._filled += 1
            self._numbers += len(text) <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(text))

    @property
    def is_of_numbers(self) -> bool:
        """Whether more than half of the filled body cells are numbers."""
        return self._numbers * 2 > self._filled

    @property
    def has_links(self) -> bool:
        """Whether a row links to another place in the text, as in a table of contents."""
        return any(role == "link" for _, _, role in self.rows)

    @property
    def source_chars(self) -> int:
        """Number of characters in the rows that come from the source."""
        return sum(count_chars(row.text) - added for row, added, _ in self.rows)

    @property
    def added_chars(self) -> int:
        """Number of characters in the rows that are not in the source."""
        return sum(added for _, added, _ in self.rows)


def is_for_layout(table: _Element) -> bool:
    """Return whether a table is used for layout: by its role, or it has one column, or contains a heading or table."""
    if table.get("role") in ("presentation", "none"):
        return True
    has_columns = False
    for element in table.iterdescendants():
        tag = tag_of(element)
        if tag in ("table", "hr") or heading_level(element, tag):
            return True
        has_columns = has_columns or (tag in CELLS and _follows_cell(element))
    return not has_columns


def _follows_cell(cell: _Element) -> bool:
    before = cell.getprevious()
    return before is not None and tag_of(before) in CELLS
