"""How a paragraph looks on a page, as the record keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from audiobook.document import Paragraph
from audiobook.layout import MOST_COLUMNS, Box, Style, begun, tidied


class PageLayout(TypedDict):
    """The fields of `ParagraphRecord` with the same names."""

    styles: tuple[tuple[int, int, Style], ...]
    links: tuple[tuple[int, int, str], ...]
    within: tuple[tuple[Box, bool, int], ...]
    cells: tuple[tuple[int, int, int, bool], ...]
    pictures: tuple[tuple[int, bool, str], ...]


def page_layout(paragraph: Paragraph, before: Paragraph | None, numbers: Mapping[str, int]) -> PageLayout:
    """Return the layout of a paragraph.

    Args:
        paragraph: The paragraph.
        before: The paragraph before it in its chapter; None for the first.
        numbers: The indices of pictures in the record, by the name or address of the picture.
    """
    cells, within = paragraph.cells, paragraph.within
    if cells and cells[-1].column >= MOST_COLUMNS:
        cells, within = (), tuple(each for each in within if each.box is not Box.TABLE)
    styles = tidied(paragraph.text, paragraph.styles)  # a reader may be a plugin
    is_near = before is not None and before.place == paragraph.place
    around = begun(before.within if before and is_near else (), within)
    return PageLayout(
        styles=tuple((each.start, each.end, each.style) for each in styles if each.style is not Style.LINK),
        links=tuple((each.start, each.end, each.address) for each in styles if each.style is Style.LINK),
        within=tuple((each.box, is_begun, each.number) for each, is_begun in around),
        cells=tuple((each.column, each.start, each.end, each.is_head) for each in cells),
        pictures=tuple(
            (numbers[each.key], each.is_first, each.description)
            for each in paragraph.pictures
            if each.key in numbers
        ),
    )
