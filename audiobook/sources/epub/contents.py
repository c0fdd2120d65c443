"""Dividing the documents of a book into chapters by its table of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Paragraph, is_speakable
from audiobook.sources.epub.chapter_starts import Start, find_starts
from audiobook.sources.epub.documents import Document
from audiobook.sources.epub.navigation import Entry
from audiobook.sources.outline import Block, opening_title
from audiobook.sources.title_text import letters_of

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
    starts, dropped = find_starts(documents, blocks, entries, title, place)
    starts = _with_picture_titles(starts, documents, blocks, place)
    ends = [start.at for start in starts[1:]] + [len(blocks)]
    return list(_speakable(starts, ends, blocks, title)), dropped


def _with_picture_titles(
    starts: Sequence[Start], documents: Sequence[Document], blocks: Sequence[Block], place: str
) -> list[Start]:
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


def _needs_title(start: Start, block: Block) -> bool:
    if start.said or not start.is_linked or block.level or not is_speakable(start.title):
        return False
    title, opening = map(letters_of, (start.title, block.paragraph.text))
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
    starts: Sequence[Start], ends: Sequence[int], blocks: Sequence[Block], title: str
) -> Iterator[Chapter]:
    """Yield the chapters. One without words is joined to the previous chapter, or else to the next."""
    held: list[Paragraph] = []
    named: Start | None = None
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


def _chapter(start: Start, paragraphs: list[Paragraph], title: str) -> Chapter:
    return Chapter(start.title or opening_title(paragraphs) or title, start.level, tuple(paragraphs))
