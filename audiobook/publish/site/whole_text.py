"""Paragraphs as HTML, for the page with the whole text that needs no JavaScript."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise, takewhile

from audiobook.book.record.chapters import ParagraphRecord
from audiobook.book.record.pictures import PictureRecord
from audiobook.document import Kind
from audiobook.languages import direction
from audiobook.layout import Box
from audiobook.publish.site.reading import ReadPicture, pictures_at

_Part = tuple[int, int, str, str]
"""A part of a text: index of the first character, index after the last, start tag, end tag."""


def chapter_html(
    paragraphs: Iterable[ParagraphRecord], level: int, pictures: Sequence[PictureRecord] = ()
) -> Iterator[str]:
    """Yield the HTML of each paragraph of a chapter, with the lists, quotations and tables that begin or end there.

    Args:
        paragraphs: The paragraphs, in order.
        level: Depth of the chapter in the table of contents, from 1.
        pictures: The pictures of the work.
    """
    opened: list[Box] = []
    for paragraph in paragraphs:
        pairs = zip(opened, paragraph.within, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1][0] and not pair[1][1], pairs))
        ends = map(_end, reversed(opened[same:]))
        starts = [_start(*each) for each in paragraph.within[same:]]
        opened = [box for box, _, _ in paragraph.within]
        shown = list(pictures_at(paragraph, pictures))
        first, last = (
            "".join(_image(each) for each in shown if each.is_first is is_first) for is_first in (True, False)
        )
        yield "".join((*ends, *starts, paragraph_html(paragraph, level, first, last)))
    yield "".join(map(_end, reversed(opened)))


def _element(box: Box) -> str:
    return "div" if box is Box.DETAIL else box.value


def _end(box: Box) -> str:
    return f"</{_element(box)}>" if box is not Box.TABLE else "</table></div>"


def _start(box: Box, is_begun: bool, number: int) -> str:
    name, attributes = _element(box), ""
    if box is Box.DETAIL:
        attributes = ' class="detail"'
    elif box is Box.ITEM:
        attributes = f' value="{number}"' if number else ""
        attributes += "" if is_begun else ' class="rest"'
    return f"<{name}{attributes}>" if box is not Box.TABLE else '<div class="wide" tabindex="0"><table>'


def _image(picture: ReadPicture) -> str:
    size = f'width="{picture.width_px}" height="{picture.height_px}"'
    return f'<img src="{picture.address}" {size} alt="{escape(picture.description)}" loading="lazy">'


def paragraph_html(paragraph: ParagraphRecord, level: int, first: str = "", last: str = "") -> str:
    """Return a paragraph as HTML, without the boxes around it.

    Args:
        paragraph: The paragraph.
        level: Depth of its chapter in the table of contents, from 1.
        first: HTML to put at its beginning; in the last cell of a row.
        last: HTML to put at its end.
    """
    if paragraph.cells:
        return f"<tr>{''.join(_cells(paragraph, first, last))}</tr>"
    if paragraph.kind is Kind.HEADING:
        element = attributes = f"h{min(level + 1, 6)}"
    else:
        element = "p"
        kind = "verse" if "\n" in paragraph.text else ""
        kind = kind if paragraph.kind is Kind.TEXT else paragraph.kind.value
        attributes = f'p class="{kind}"' if kind else "p"
    return f"<{attributes}>{first}{_runs(paragraph, 0, len(paragraph.text))}{last}</{element}>"


def _cells(paragraph: ParagraphRecord, first: str, last: str) -> Iterator[str]:
    next_column = 0
    for column, start, end, is_head in paragraph.cells:
        is_end = column == paragraph.cells[-1][0]
        name = "th" if is_head else "td"
        yield "<td></td>" * (column - next_column)
        text = _runs(paragraph, start, end)
        yield f"<{name}>{first}{text}{last}</{name}>" if is_end else f"<{name}>{text}</{name}>"
        next_column = column + 1


def _runs(paragraph: ParagraphRecord, first: int, last: int) -> str:
    """Return the text between two characters with its links, styles and other languages, in this order from the outside in."""
    parts = [each for each in _parts(paragraph) if each[0] < last and each[1] > first]
    edges = sorted({first, last, *(min(max(at, first), last) for part in parts for at in part[:2])})
    waiting = sorted(range(len(parts)), key=lambda number: parts[number][0], reverse=True)
    numbers: list[int] = []
    html: list[str] = []
    opened: list[_Part] = []
    for start, end in pairwise(edges):
        numbers = [number for number in numbers if parts[number][1] > start]
        while waiting and parts[waiting[-1]][0] <= start:
            insort(numbers, waiting.pop())
        around = [parts[number] for number in numbers]
        pairs = zip(opened, around, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
        html += [part[3] for part in reversed(opened[same:])]
        html += [part[2] for part in around[same:]]
        html.append(escape(paragraph.text[start:end]))
        opened = around
    return "".join((*html, *(part[3] for part in reversed(opened))))


def _parts(paragraph: ParagraphRecord) -> Iterator[_Part]:
    for start, end, address in paragraph.links:
        yield start, end, f'<a href="{escape(address)}" rel="noopener noreferrer">', "</a>"
    for start, end, style in paragraph.styles:
        yield start, end, f"<{style.value}>", f"</{style.value}>"
    for start, end, tag in paragraph.foreign:
        yield start, end, f'<span lang="{escape(tag)}" dir="{direction(tag)}">', "</span>"
