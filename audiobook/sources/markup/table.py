"""Tables of a page: which are there for layout, and which hold nothing but numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from audiobook.document import Paragraph, count_chars, is_speakable
from audiobook.sources.markup.semantics import heading_level, tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

CELLS: Final = ("td", "th")
_NUMBER = re.compile(r"[(+−–±<>≈~-]?\s*+[$€£¥]?\s*+[+−–-]?\d[\d\s.,'’]*+\s*+(?:[%‰°€$£¥]|[)*†‡])*+")
_LONGEST_NUMBER: Final = 40


@dataclass(slots=True)
class Table:
    """A table that is being read.

    Attributes:
        line: Where it begins.
        rows: The paragraph of each row, and how many signs in it are not in the source.
    """

    line: int
    rows: list[tuple[Paragraph, int]] = field(default_factory=list)
    _filled: int = 0
    _numbers: int = 0

    def count_cell(self, text: str) -> None:
        """Count a cell of the body."""
        text = text.strip(", \n")
        if is_speakable(text):
            self._filled += 1
            self._numbers += len(text) <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(text))

    @property
    def is_of_numbers(self) -> bool:
        """Whether more than half of the filled cells of its body are numbers."""
        return self._numbers * 2 > self._filled

    @property
    def source_chars(self) -> int:
        """How many characters of the source its rows hold."""
        return sum(count_chars(row.text) - added for row, added in self.rows)

    @property
    def added_chars(self) -> int:
        """How many signs of its rows are not in the source."""
        return sum(added for _, added in self.rows)


def is_for_layout(table: _Element) -> bool:
    """Whether a table only places what is in it: it says so, has one column, or holds a heading or a table."""
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
