"""The appearance of a text on a page: the style of its words, and the lists, quotations and tables around a paragraph.

None of this is spoken, and no clip depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import takewhile
from typing import Final

import msgspec
from msgspec.structs import replace

MOST_BOXES: Final = 8
"""Maximum nesting of boxes; deeper ones are dropped."""
MOST_STYLES: Final = 2000
"""Maximum number of styles in a paragraph; further ones are dropped."""
MOST_COLUMNS: Final = 200
"""Maximum number of columns of a table; cells further to the right are dropped."""
LONGEST_ADDRESS_CHARS: Final = 2000
MOST_PICTURES: Final = 100
"""Maximum number of pictures at a paragraph; further ones are dropped."""
LONGEST_DESCRIPTION_CHARS: Final = 2000
_ADDRESS: Final = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@)\S*\Z", re.IGNORECASE)


class Style(str, Enum):
    """The style of words; the values are names of HTML elements."""

    EMPHASIS = "em"
    STRONG = "strong"
    CODE = "code"
    RAISED = "sup"
    LOWERED = "sub"
    LINK = "a"


class Box(str, Enum):
    """The kinds of boxes around paragraphs; the values are names of HTML elements."""

    QUOTATION = "blockquote"
    BULLETS = "ul"
    NUMBERS = "ol"
    ITEM = "li"
    DETAIL = "dd"
    TABLE = "table"


_LISTS: Final = (Box.BULLETS, Box.NUMBERS)


class Styled(msgspec.Struct, frozen=True):
    """A part of a paragraph with a style.

    Attributes:
        start: Index of the first character.
        end: Index after the last character.
        style: The style.
        address: Where a link leads; see `is_address`.
    """

    start: int
    end: int
    style: Style
    address: str = ""


class Around(msgspec.Struct, frozen=True):
    """A box around a paragraph.

    Attributes:
        box: Its kind.
        key: Its number in the page; paragraphs in the same box have the same key.
        number: The number of an item in a numbered list; 0 for anything else.
    """

    box: Box
    key: int
    number: int = 0


class Cell(msgspec.Struct, frozen=True):
    """A cell of the row that a paragraph is.

    Attributes:
        column: Index of its column, from 0.
        start: Index of its first character in the paragraph.
        end: Index after its last character.
        is_head: Whether it is the heading of a column or row.
    """

    column: int
    start: int
    end: int
    is_head: bool = False


class Picture(msgspec.Struct, frozen=True):
    """A picture at the beginning or the end of a paragraph.

    Attributes:
        name: Its path in the archive that the text is, or relative to the folder of the text; for formats that contain
            pictures in another way, what their reader finds it by. Empty if it is at a web address, or outside.
        address: Its address as the text gives it, for messages.
        description: Its alternative text, on one line; may be empty.
        place: Where the text refers to it, as in `Paragraph.place`.
        line: The line there, from 1; 0 if the format has no lines.
        is_first: Whether it is at the beginning.
    """

    name: str
    address: str
    description: str = ""
    place: str = ""
    line: int = 0
    is_first: bool = True

    @property
    def key(self) -> str:
        """What identifies it in a text: its name, or the address of one that cannot be shown."""
        return self.name or self.address


def is_address(address: str) -> bool:
    """Return whether a link may lead to an address: a web page or a mailbox, in an absolute form."""
    return len(address) <= LONGEST_ADDRESS_CHARS and bool(_ADDRESS.match(address)) and address.isprintable()


class Boxes:
    """The boxes around the text that is being read."""

    def __init__(self) -> None:
        self._open: list[Around] = []
        self._last = 0

    @property
    def around(self) -> tuple[Around, ...]:
        """The boxes, from the outermost in; items are in lists, and lists contain nothing but items."""
        return _sound(self._open) if self._open else ()

    def open(self, box: Box, number: int = 0) -> None:
        """Enter a box."""
        self._last += 1
        self._open.append(Around(box, self._last, number))

    def close(self) -> None:
        """Leave the innermost box."""
        self._open.pop()

    def adopted(self, boxes: Iterable[Sequence[Around]]) -> Iterator[tuple[Around, ...]]:
        """Yield, for each paragraph of another page in this place, its boxes there within those here."""
        shift = self._last
        for inner in boxes:
            moved = [Around(each.box, each.key + shift, each.number) for each in inner]
            self._last = max([self._last, *(each.key for each in moved)])
            yield _sound([*self._open, *moved])


def _sound(boxes: Sequence[Around]) -> tuple[Around, ...]:
    kept: list[Around] = []
    for each in boxes[:MOST_BOXES]:
        in_list = bool(kept) and kept[-1].box in _LISTS
        if in_list and each.box is not Box.ITEM:
            kept.pop()
        if in_list or each.box is not Box.ITEM:
            kept.append(each)
    if kept and kept[-1].box in _LISTS:
        kept.pop()
    return tuple(kept)


class Styles:
    """The styles of a paragraph under construction."""

    __slots__ = ("_found", "_starts", "opened")

    def __init__(self, opened: Iterable[tuple[Style, str]] = ()) -> None:
        self.opened = list(opened)
        """The styles that apply, with the address of a link, in the order in which they were opened."""
        self._found: list[Styled] = []
        self._starts = [0] * len(self.opened)

    def open(self, style: Style, start: int, address: str = "") -> None:
        """Begin a style."""
        self.opened.append((style, address))
        self._starts.append(start)

    def close(self, end: int) -> None:
        """End the style that was opened last."""
        (style, address), start = self.opened.pop(), self._starts.pop()
        self._found.append(Styled(start, end, style, address))

    def put(self, start: int, end: int, style: Style) -> None:
        """Add a style."""
        self._found.append(Styled(start, end, style))

    def of(self, text: str) -> tuple[Styled, ...]:
        """Return the styles of the finished text, in order."""
        if not self._found and not self.opened:
            return ()
        still = zip(self.opened, self._starts, strict=True)
        rest = [Styled(start, len(text), style, address) for (style, address), start in still]
        return tidied(text, [*self._found, *rest])


def tidied(text: str, styles: Iterable[Styled]) -> tuple[Styled, ...]:
    """Return styles in order, within the text and without white space at their ends; none overlaps its own kind."""
    done: list[Styled] = []
    ends = dict.fromkeys(Style, 0)
    for each in sorted(styles, key=lambda each: (each.start, -each.end)):
        start = max(each.start, ends[each.style])
        piece = text[start : each.end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        may = each.style is not Style.LINK or is_address(each.address)
        if may and start < end and len(done) < MOST_STYLES:
            ends[each.style] = end
            done.append(Styled(start, end, each.style, each.address))
    done.sort(key=lambda each: (each.start, -each.end))
    return tuple(done)


def rearranged(
    styles: Iterable[Styled], cells: Iterable[Cell], moved: Callable[[int], int]
) -> tuple[tuple[Styled, ...], tuple[Cell, ...]]:
    """Return styles and cells for a text that was changed; `moved` returns the new offset of an old one."""
    kept = (replace(each, start=moved(each.start), end=moved(each.end)) for each in styles)
    left = (replace(each, start=moved(each.start), end=moved(each.end)) for each in cells)
    return (
        tuple(each for each in kept if each.start < each.end),
        tuple(each for each in left if each.start < each.end),
    )


def begun(before: Sequence[Around], after: Sequence[Around]) -> Iterator[tuple[Around, bool]]:
    """Yield the boxes around a paragraph, and whether each begins with it, that is, does not continue.

    Args:
        before: The boxes around the previous paragraph.
        after: The boxes around the paragraph.
    """
    pairs = zip(before, after, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    for at, each in enumerate(after):
        yield each, at >= common
