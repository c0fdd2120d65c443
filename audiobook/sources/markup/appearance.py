"""What a page shows around and inside its paragraphs: lists, quotations and tables, and the style of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.casting import Role
from audiobook.document import Paragraph
from audiobook.layout import MOST_COLUMNS, Box, Boxes, Style, is_address
from audiobook.sources.markup.context import State
from audiobook.sources.markup.flow import Flow
from audiobook.sources.markup.styles import BOLD, ITALIC, Styles
from audiobook.sources.markup.table import Table

if TYPE_CHECKING:
    from lxml.etree import _Element

_STYLES: Final = {
    "em": Style.EMPHASIS,
    "i": Style.EMPHASIS,
    "cite": Style.EMPHASIS,
    "dfn": Style.EMPHASIS,
    "var": Style.EMPHASIS,
    "emphasis": Style.EMPHASIS,
    "strong": Style.STRONG,
    "b": Style.STRONG,
    "code": Style.CODE,
    "kbd": Style.CODE,
    "samp": Style.CODE,
    "tt": Style.CODE,
    "sup": Style.RAISED,
    "sub": Style.LOWERED,
}
"""The style of the text in an element; `emphasis` is that of FB2."""
_BOXES: Final = {
    "blockquote": Box.QUOTATION,
    "ul": Box.BULLETS,
    "ol": Box.NUMBERS,
    "li": Box.ITEM,
    "dd": Box.DETAIL,
}
_ITALIC_CLASSES: Final = frozenset(("i", "ital", "italic", "italics", "italique"))
_BOLD_CLASSES: Final = frozenset(("b", "bold", "gras"))
_LONGEST_NUMBER_CHARS: Final = 6


BOXED_OR_STYLED: Final = frozenset((*_STYLES, *_BOXES, "a"))
"""Elements that begin a box, a style or a link, whatever their attributes."""


class Appearance:
    """The boxes, styles and links that are open around the text being read."""

    def __init__(self, sheet: Styles) -> None:
        """Begin a page with the given style sheets."""
        self._italic = sheet.italic | _ITALIC_CLASSES
        self._bold = sheet.bold | _BOLD_CLASSES
        self.boxes = Boxes()
        self._numbers: list[int] = []

    def enter(self, element: _Element, tag: str, edge: str, state: State, around: State, flow: Flow) -> str:
        """Enter an element, and return what that opened, for `leave`: `box`, `style`, or nothing.

        Args:
            element: The element.
            tag: Its name, as returned by `tag_of`.
            edge: What it delimits, as returned by `edge_of`.
            state: The state inside it.
            around: The state around it.
            flow: The paragraph so far.
        """
        if state.skip or state.mute:
            return ""
        if edge == "paragraph":
            return self._enter_block(element, tag, state, around)
        if tag == "a":
            address = (element.get("href") or "").strip()
            style = Style.LINK if is_address(address) else None
        else:
            address, style = "", _STYLES.get(tag) or self._style_of_class(element)
        if style is None or (style is Style.RAISED and state.is_raised):
            return ""
        flow.styles.open(style, flow.length, address)
        return "style"

    def _style_of_class(self, element: _Element) -> Style | None:
        """Return the style that a style sheet or an attribute gives to words."""
        names = set((element.get("class") or "").lower().split())
        attribute = (element.get("style") or "")[:1000]
        if not names.isdisjoint(self._italic) or ITALIC.search(attribute):
            return Style.EMPHASIS
        return Style.STRONG if not names.isdisjoint(self._bold) or BOLD.search(attribute) else None

    def leave(self, opened: str, flow: Flow) -> None:
        """Leave an element that opened something."""
        if opened == "style":
            flow.styles.close(flow.length)
        elif opened == "box":
            self.boxes.close()
            self._numbers.pop()

    def placed(self, paragraph: Paragraph, table: Table | None) -> Paragraph:
        """Return a paragraph with the boxes around it. Only rows are in a table, unless that is shown as text."""
        around = self.boxes.around
        if not around and not paragraph.cells:
            return paragraph
        is_row = bool(paragraph.cells and table and table.is_shown)
        within = around if is_row else tuple(each for each in around if each.box is not Box.TABLE)
        return replace(paragraph, within=within, cells=paragraph.cells if is_row else ())

    def _enter_block(self, element: _Element, tag: str, state: State, around: State) -> str:
        box = _BOXES.get(tag)
        if box is None and state.role is Role.QUOTATION is not around.role:
            box = Box.QUOTATION
        if box is None:
            return ""
        number = 0
        if box is Box.ITEM and self._numbers and self._numbers[-1]:
            number = _number(element.get("value")) or self._numbers[-1]
            self._numbers[-1] = number + 1
        self.boxes.open(box, number)
        self._numbers.append((_number(element.get("start")) or 1) if box is Box.NUMBERS else 0)
        return "box"


def columns_of(cell: _Element) -> int:
    """Return the number of columns that a cell takes."""
    return min(_number(cell.get("colspan")) or 1, MOST_COLUMNS)


def has_columns(table: _Element) -> bool:
    """Return whether each cell of a table belongs to one row, so that its column follows from those before it."""
    return all(cell.get("rowspan", "1").strip() == "1" for cell in table.iter("{*}td", "{*}th"))


def _number(value: str | None) -> int:
    """Return a positive number in an attribute; 0 without one."""
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER_CHARS else 0
