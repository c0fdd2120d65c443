"""Finding where chapters start, from the table of contents and the headings of documents that it does not list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby, zip_longest

import msgspec
from msgspec.structs import replace

from audiobook.document import Kind, Paragraph
from audiobook.sources.epub.documents import Document
from audiobook.sources.epub.navigation import Entry
from audiobook.sources.outline import Block
from audiobook.sources.title_text import letters_of, title_text


class Start(msgspec.Struct, frozen=True):
    """The start of a chapter.

    Attributes:
        at: Index of its first block in the book.
        title: Its title; "" without one.
        level: Its depth, from 1.
        is_linked: Whether its entry in the table of contents points to text, or it has none.
        said: The heading to read first in a part that has no text of its own, or None.
    """

    at: int
    title: str
    level: int
    is_linked: bool = True
    said: Paragraph | None = None


def find_starts(
    documents: Sequence[Document], blocks: Sequence[Block], entries: Sequence[Entry], title: str, place: str
) -> tuple[list[Start], int]:
    """Find the starts of chapters.

    Args:
        documents: In reading order.
        blocks: The blocks of all documents.
        entries: The table of contents; at least one entry points to text.
        title: Title of the work; also the title of text before the first entry.
        place: Position of the table of contents in the file, for titles found only there.

    Returns:
        The starts in reading order, each with its own text, and how many entries were dropped because they have none.
    """
    return _apart(_with_unlisted(documents, _listed(documents, entries), title), blocks, place)


def _listed(documents: Sequence[Document], entries: Sequence[Entry]) -> list[Start]:
    """Return the starts of chapters in reading order. Entries that point to skipped text are dropped."""
    offsets: dict[str, tuple[int, Document]] = {}
    offset = 0
    for document in documents:
        offsets[document.member] = (offset, document)
        offset += len(document.blocks)
    starts: list[Start] = []
    waiting: list[Start] = []
    above: list[int] = []
    for entry in entries:
        if entry.member is None:
            at: int | None = -1
        else:
            at = _position(entry, *offsets[entry.member]) if entry.member in offsets else None
        while above and above[-1] >= entry.depth:
            above.pop()
        if at is None:
            continue
        start = Start(at, entry.title, len(above) + 1, entry.member is not None)
        above.append(entry.depth)
        waiting = [each for each in waiting if each.level < start.level]
        if at < 0:
            waiting.append(start)
        else:
            starts += [replace(each, at=at) for each in waiting]
            starts.append(start)
            waiting = []
    return sorted(starts, key=lambda start: start.at)


def _position(entry: Entry, offset: int, document: Document) -> int | None:
    """Return the index of the block that an entry points to; None if it points to skipped text."""
    if entry.fragment in document.skipped_anchors and entry.fragment not in document.anchors:
        return None
    index = document.anchors.get(entry.fragment, 0)
    return offset + index if index < len(document.blocks) else None


def _with_unlisted(documents: Sequence[Document], starts: list[Start], title: str) -> list[Start]:
    """Add starts for documents that open a chapter without an entry. A heading belongs to the entry after it."""
    found: list[Start] = []
    listed = [start.at for start in starts]
    offset = taken = 0
    for document in documents:
        end = offset + len(document.blocks)
        first, last = bisect_left(listed, offset), bisect_left(listed, end)
        found += starts[taken:first]
        inside = starts[first:last]
        taken = last
        opening = _opening(document.blocks, inside[0].at - offset if inside else len(document.blocks))
        if inside and opening is None:
            inside[0] = replace(inside[0], at=offset)
        elif opening or (document.blocks and not found and not (inside and inside[0].at == offset)):
            level = found[-1].level if found else 1
            found.append(Start(offset, opening or title, level))
        found += inside
        offset = end
    return found


def _opening(blocks: Sequence[Block], count: int) -> str | None:
    """Return the heading at the start of a document; "" without a heading, None if there is no text before `count`."""
    heading = ""
    for block in blocks[:count]:
        if block.paragraph.kind is Kind.TEXT:
            return heading
        if block.level and not heading:
            heading = title_text(block.paragraph.text)
    return None if count < len(blocks) else heading


def _apart(starts: list[Start], blocks: Sequence[Block], place: str) -> tuple[list[Start], int]:
    """Assign each start its own text, and count the starts that have none."""
    groups = [list(group) for _, group in groupby(starts, key=lambda start: start.at)]
    found: list[Start] = []
    for group, after in zip_longest(groups, groups[1:]):
        end = after[0].at if after else len(blocks)
        found += _apart_in_place(group, blocks[group[0].at : end], place)
    return found, len(starts) - len(found)


def _apart_in_place(group: list[Start], blocks: Sequence[Block], place: str) -> list[Start]:
    """Distribute the blocks after one position among the chapters that start there.

    A part and its first chapter get a heading each, if there are two headings; otherwise the part's title is read
    out. Chapters on the same level cannot share: the one named like the heading gets everything, or else the first.
    """
    kept: list[Start] = []
    taken = 0
    for number, start in enumerate(group[:-1]):
        after = group[number + 1]
        here = replace(start, at=start.at + taken)
        heading, next_heading = (_heading(blocks, at) for at in (taken, taken + 1))
        if after.level <= start.level:
            named = (each for each in group[number:] if heading and _is_same(each.title, heading))
            return [*kept, replace(next(named, start), at=here.at)]
        is_own = _is_same(start.title, heading) or (next_heading and not _is_same(after.title, heading))
        if heading and is_own and taken + 1 < len(blocks):
            kept.append(here)
            taken += 1
        elif start.title and (not heading or not start.is_linked or _is_same(after.title, heading)):
            kept.append(replace(here, said=Paragraph(start.title, Kind.HEADING, place=place)))
        else:
            return [*kept, here]
    return [*kept, replace(group[-1], at=group[-1].at + taken)]


def _heading(blocks: Sequence[Block], at: int) -> str:
    return blocks[at].paragraph.text if at < len(blocks) and blocks[at].level else ""


def _is_same(title: str, heading: str) -> bool:
    """Return whether a table of contents entry and a heading consist of the same words."""
    first, second = (letters_of(title_text(text)) for text in (title, heading))
    return first == second
