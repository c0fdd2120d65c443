"""Dividing the documents of a book into chapters by its table of contents."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest
from typing import Final

from audiobook.document import Chapter, Kind, Paragraph, is_speakable
from audiobook.layout import Picture
from audiobook.sources.epub.navigation import Entry
from audiobook.sources.markup.pictures.figures import Figures
from audiobook.sources.outline import Block, opening_title
from audiobook.sources.title_text import title_text

_NUMBER: Final = re.compile(
    r"""
    \W{0,3} (?: [^\W\d_]{2,14} [ ] )? (?: \d{1,4} | (?=[ivxlc]) x{0,3}l?x{0,3}(?:ix|iv|v?i{0,3}) ) \W{0,3}  # 01, Luku 2, III.
    | \d{1,4}\. [ ] [^\W\d_]{2,14}  # 3. nodaļa
    | [^\W\d_]{2,14} | (?:chapter|kapitel|chapitre|cap[íi]tulo|capitolo|rozdział|luku|hoofdstuk|glava) [ ] [\w-]{2,20}  # DVA
    | 第.{1,5}[章話回節]
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Matches the number of a chapter, also spelled out: a word alone is one if a title follows right below it."""
_LETTERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the book.

    Attributes:
        member: Its name in the zip.
        blocks: The blocks that are read out.
        anchors: For each `id`, the index of the first block at or after it.
        skipped_anchors: Each `id` in skipped text.
        pictures: The index of each block that follows a picture.
        note_of: The note's `id`, by the index of each block of a note.
        marks: For marks of notes in other documents, the index of the mark's block, by (member, `id`) of the note.
        alone: The pictures of a document without text.
    """

    member: str
    blocks: Sequence[Block]
    anchors: Mapping[str, int]
    skipped_anchors: frozenset[str]
    pictures: frozenset[int] = frozenset()
    note_of: Mapping[int, str] = field(default_factory=dict)
    marks: Mapping[tuple[str, str], int] = field(default_factory=dict)
    alone: tuple[Picture, ...] = ()

    def with_notes(self, notes: Mapping[int, Sequence[Block]]) -> Document:
        """Return the document with notes from other documents inserted after the blocks with the given indices."""
        blocks: list[Block] = []
        places: list[int] = []
        for at, block in enumerate(self.blocks):
            places.append(len(blocks))
            blocks += [block, *notes.get(at, ())]
        places.append(len(blocks))
        return Document(
            self.member,
            blocks,
            {key: places[at] for key, at in self.anchors.items()},
            self.skipped_anchors,
            frozenset(places[at] for at in self.pictures),
        )

    def without(self, removed: Collection[int]) -> Document:
        """Return the document without the blocks with the given indices."""
        if not removed:
            return self
        places = [0]
        for at in range(len(self.blocks)):
            places.append(places[-1] + (at not in removed))
        gone = {key for key, at in self.anchors.items() if at in removed}
        return Document(
            self.member,
            [block for at, block in enumerate(self.blocks) if at not in removed],
            {key: places[at] for key, at in self.anchors.items() if key not in gone},
            self.skipped_anchors | gone,
            frozenset(places[at] for at in self.pictures),
            {places[at]: name for at, name in self.note_of.items() if at not in removed},
            {note: places[at] for note, at in self.marks.items() if at not in removed},
        )


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of a chapter: the index of its first block in the book."""

    at: int
    title: str
    level: int
    is_linked: bool = True
    said: Paragraph | None = None
    """The heading to read first in a part that has no text of its own, or None."""


def with_plates(documents: Sequence[Document]) -> list[Document]:
    """Move the pictures of documents without text to the end of the document before, or else to the start of the next."""
    found, figures = list[Document](), Figures()
    last: list[Block] | None = None
    for document in documents:
        blocks = list(document.blocks)
        if not blocks:
            figures.meet(*document.alone)
        elif last:
            figures.settled(last)
        else:
            blocks[0] = replace(blocks[0], paragraph=figures.on(blocks[0].paragraph))
        last = blocks or last
        found.append(replace(document, blocks=blocks))
    figures.settled(last or [])
    return found


def make_chapters(
    documents: Sequence[Document], entries: Sequence[Entry], title: str, place: str
) -> tuple[list[Chapter], int]:
    """Divide a book into chapters as its table of contents says.

    A document without an entry becomes a chapter if it starts with a heading; otherwise it continues the previous
    chapter. Entries for skipped text make no chapter, and the entries below them move up a level.

    Args:
        documents: In reading order.
        entries: The table of contents; at least one entry points to text.
        title: Title of the work; also the title of text before the first entry.
        place: Position of the table of contents in the file, for titles found only there.

    Returns:
        The chapters in reading order, and how many entries were dropped because they have no text of their own.
    """
    blocks = [block for document in documents for block in document.blocks]
    starts = _with_unlisted(documents, _listed(documents, entries), title)
    starts, dropped = _apart(starts, blocks, place)
    starts = _with_picture_titles(starts, documents, blocks, place)
    ends = [start.at for start in starts[1:]] + [len(blocks)]
    return list(_speakable(starts, ends, blocks, title)), dropped


def _with_picture_titles(
    starts: Sequence[_Start], documents: Sequence[Document], blocks: Sequence[Block], place: str
) -> list[_Start]:
    """Read out the titles of chapters that have a picture in place of their heading."""
    pictures: set[int] = set()
    offset = 0
    for document in documents:
        pictures.update(offset + at for at in document.pictures if at < len(document.blocks))
        offset += len(document.blocks)
    return [
        replace(start, said=Paragraph(start.title, Kind.HEADING, place=place))
        if start.at in pictures and _needs_title(start, blocks[start.at])
        else start
        for start in starts
    ]


def _needs_title(start: _Start, block: Block) -> bool:
    if start.said or not start.is_linked or block.level or not is_speakable(start.title):
        return False
    title, opening = (_LETTERS.sub("", text).casefold() for text in (start.title, block.paragraph.text))
    return not opening or not (opening in title or title in opening)


def hides_headings(documents: Sequence[Document], entries: Sequence[Entry]) -> bool:
    """Return whether a table of contents is so short that headings divide the book better.

    Args:
        documents: In reading order.
        entries: The table of contents.
    """
    members = {document.member for document in documents if document.blocks}
    targets = {(entry.member, entry.fragment) for entry in entries if entry.member in members}
    levels = [block.level for document in documents for block in document.blocks if block.level]
    often = [level for level in sorted(set(levels)) if levels.count(level) > 1]
    if not often or not targets:
        return False
    count = levels.count(often[0])
    return count > 1 if len(targets) == 1 else count >= 4 * len(targets)


def with_whole_titles(blocks: Sequence[Block]) -> list[Block]:
    """Join the number of a chapter and its title, if they are two headings.

    Args:
        blocks: The blocks of a document.
    """
    found: list[Block] = []
    for block in blocks:
        if found and _completes(found[-1], block):
            paragraph = found[-1].paragraph
            start = len(paragraph.text) + 1
            lines = tuple((offset + start, line) for offset, line in block.paragraph.lines)
            whole = replace(
                paragraph, text=f"{paragraph.text}\n{block.paragraph.text}", lines=paragraph.lines + lines
            )
            found[-1] = replace(found[-1], paragraph=whole)
        else:
            found.append(block)
    return found


def _completes(number: Block, title: Block) -> bool:
    """Return whether a heading is the title below a number."""
    if not number.level or not title.level or "\n" in number.paragraph.text:
        return False
    return bool(_NUMBER.fullmatch(number.paragraph.text)) and not _NUMBER.fullmatch(title.paragraph.text)


def _speakable(
    starts: Sequence[_Start], ends: Sequence[int], blocks: Sequence[Block], title: str
) -> Iterator[Chapter]:
    """Yield the chapters. One without words is joined to the previous chapter, or else to the next."""
    held: list[Paragraph] = []
    named: _Start | None = None
    for start, end in zip(starts, ends, strict=True):
        said = [start.said] if start.said else []
        paragraphs = said + [block.paragraph for block in blocks[start.at : end]]
        if any(is_speakable(paragraph.text) for paragraph in paragraphs):
            if named:
                yield _chapter(named, held, title)
                held = []
            named = start
        held += paragraphs
    if named:
        yield _chapter(named, held, title)


def _chapter(start: _Start, paragraphs: list[Paragraph], title: str) -> Chapter:
    return Chapter(start.title or opening_title(paragraphs) or title, start.level, tuple(paragraphs))


def _listed(documents: Sequence[Document], entries: Sequence[Entry]) -> list[_Start]:
    """Return the starts of chapters in reading order. Entries that point to skipped text are dropped."""
    offsets: dict[str, tuple[int, Document]] = {}
    offset = 0
    for document in documents:
        offsets[document.member] = (offset, document)
        offset += len(document.blocks)
    starts: list[_Start] = []
    waiting: list[_Start] = []
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
        start = _Start(at, entry.title, len(above) + 1, entry.member is not None)
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


def _with_unlisted(documents: Sequence[Document], starts: list[_Start], title: str) -> list[_Start]:
    """Add starts for documents that open a chapter without an entry. A heading belongs to the entry after it."""
    found: list[_Start] = []
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
            found.append(_Start(offset, opening or title, level))
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


def _apart(starts: list[_Start], blocks: Sequence[Block], place: str) -> tuple[list[_Start], int]:
    """Assign each start its own text, and count the starts that have none."""
    groups = [list(group) for _, group in groupby(starts, key=lambda start: start.at)]
    found: list[_Start] = []
    for group, after in zip_longest(groups, groups[1:]):
        end = after[0].at if after else len(blocks)
        found += _apart_in_place(group, blocks[group[0].at : end], place)
    return found, len(starts) - len(found)


def _apart_in_place(group: list[_Start], blocks: Sequence[Block], place: str) -> list[_Start]:
    """Distribute the blocks after one position among the chapters that start there.

    A part and its first chapter get a heading each, if there are two headings; otherwise the part's title is read
    out. Chapters on the same level cannot share: the one named like the heading gets everything, or else the first.
    """
    kept: list[_Start] = []
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
    first, second = (_LETTERS.sub("", title_text(text)).casefold() for text in (title, heading))
    return first == second
