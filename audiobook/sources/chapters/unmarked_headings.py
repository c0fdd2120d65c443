"""Finding the headings of a document that does not mark them although its format has headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.document import Kind, Paragraph, count_chars
from audiobook.layout import rearranged
from audiobook.sources.base import ChapterRules
from audiobook.sources.chapters.forms import CHAPTER, PART, undrawn
from audiobook.sources.chapters.headings import Group, find_headings
from audiobook.sources.chapters.pieces import LONGEST_HEADING_CHARS, Piece
from audiobook.sources.outline import Block
from audiobook.sources.superscripts import cut

_MOST_MARKED: Final = 1
"""Up to this many marked headings, a document has marked only its title."""
_FEW_MARKED: Final = 4
"""Up to this many marked headings do not count against a series of many more that are not marked."""
_MANY_MORE: Final = 3
_LEAST_CHAPTERS: Final = 6
_LEAST_CHAPTER_CHARS: Final = 500
"""Mean length of the chapters of such a series; shorter ones may be the steps of a list."""
_LONGEST_NUMBER_CHARS: Final = 6
_SERIES: Final = "series"
_MOST_TITLE_LINES: Final = 2
"""A title, and the author or a second title below it."""
_LONGEST_TITLE_CHARS: Final = 120


class Outlined(msgspec.Struct, frozen=True):
    """Blocks with the headings found.

    Attributes:
        blocks: In reading order, without tables of contents.
        rule: How headings were found, as in `Work.chapters_by`; None if the document marks its own, or has none.
        contents_chars: Characters of the tables of contents that were left out.
    """

    blocks: list[Block]
    rule: str | None = None
    contents_chars: int = 0


def outline_blocks(blocks: Sequence[Block], language: str, rules: ChapterRules) -> Outlined:
    """Find the headings among blocks, unless the document marks them.

    Args:
        blocks: In reading order.
        language: BCP 47 tag of the text.
        rules: The user's own rules.
    """
    marked = sum(block.level > 0 for block in blocks)
    if marked > _MOST_MARKED:
        series = _series_besides(blocks, language, rules) if marked <= _FEW_MARKED else None
        return series or Outlined(list(blocks))
    start = 1 if marked and blocks[0].level else 0
    if marked > start:
        return Outlined(list(blocks))
    pieces = [_piece(at, block) for at, block in enumerate(blocks[start:], start)]
    found = find_headings(pieces, language, rules.pattern)
    if found is None:
        return Outlined(list(blocks) if marked else _titled(blocks))
    head = [Block(replace(block.paragraph, kind=Kind.TITLE)) for block in blocks[:start]]
    return _arranged(blocks, found.groups, head, found.rule)


def _series_besides(blocks: Sequence[Block], language: str, rules: ChapterRules) -> Outlined | None:
    """Return the blocks of a document that marks a few headings, but not its chapters; None if it marks them.

    Marked headings without text below them are the title; those right above a chapter are parts.
    """
    found = find_headings([_piece(at, block) for at, block in enumerate(blocks)], language, rules.pattern)
    if found is None or found.rule != _SERIES:
        return None
    numbers = [sorted({at for at, _ in group.lines}) for group in found.groups if group.level]
    chapters = [at for at, *_ in numbers if not blocks[at].level]
    marked = sum(block.level > 0 for block in blocks)
    chars = sum(len(block.paragraph.text) for block in blocks[chapters[0] :]) if chapters else 0
    if len(chapters) < max(_LEAST_CHAPTERS, _MANY_MORE * marked) or chars < _LEAST_CHAPTER_CHARS * len(
        chapters
    ):
        return None
    headed = [at for at, block in enumerate(blocks) if block.level]
    parts = [at for at in headed if at + 1 in chapters and at > chapters[0]]
    names = {blocks[at].paragraph.text for at in chapters}
    if parts and len(names) < len(chapters) and max(map(len, names)) <= _LONGEST_NUMBER_CHARS:
        return None  # numbers that begin again in each chapter
    settled = list(blocks)
    for at in headed:
        is_above = at + 1 in chapters
        if at < chapters[0] and (at + 1 in headed or (is_above and not parts)):
            settled[at] = Block(replace(blocks[at].paragraph, kind=Kind.TITLE))
        else:
            settled[at] = replace(blocks[at], level=PART if is_above and parts else CHAPTER)
    return _arranged(settled, found.groups, [], found.rule)


def _titled(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks without headings, the first as their title if it stands out from all below it."""
    standing_out = sum(block.is_marked or block.role == "bold" for block in blocks)
    first = blocks[0] if blocks else None
    if (
        first is None
        or not standing_out
        or standing_out > _MOST_TITLE_LINES
        or len(blocks) <= _MOST_TITLE_LINES
    ):
        return list(blocks)
    text = first.paragraph.text
    is_title = (first.is_marked or first.role == "bold") and first.paragraph.kind is Kind.TEXT
    if not is_title or first.is_part or len(text) > _LONGEST_TITLE_CHARS or text.rstrip()[-1:] in ".,:;":
        return list(blocks)
    return [replace(first, paragraph=replace(first.paragraph, kind=Kind.HEADING), level=1), *blocks[1:]]


def _piece(at: int, block: Block) -> Piece:
    text = block.paragraph.text
    lines = text.split("\n") if len(text) <= LONGEST_HEADING_CHARS else [" ".join(text.split())]
    is_marked = not block.is_part and (block.is_marked or block.role == "bold")
    return Piece(tuple((at, line) for line in lines if line.strip()) or ((at, text),), 1, is_marked)


def _arranged(blocks: Sequence[Block], groups: Sequence[Group], head: list[Block], rule: str) -> Outlined:
    arranged = list(head)
    contents_chars = 0
    done = -1
    for group in groups:
        numbers = sorted({at for at, _ in group.lines} - set(range(done + 1)))
        if not numbers:
            continue
        done = numbers[-1]
        taken = [blocks[at] for at in numbers]
        if group.is_contents:
            contents_chars += sum(count_chars(block.paragraph.text) for block in taken)
        elif group.level:
            arranged += _headed(taken, group.level)
        elif group.is_section and taken[0].paragraph.kind is Kind.TEXT:
            arranged.append(replace(taken[0], paragraph=replace(taken[0].paragraph, kind=Kind.HEADING)))
        else:
            arranged += taken
    return Outlined(arranged, rule, contents_chars)


def _headed(taken: Sequence[Block], level: int) -> list[Block]:
    """Return a heading, joined with the title below it."""
    first = taken[0].paragraph
    if any(block.paragraph.foreign or block.paragraph.sayings for block in taken[1:]):
        rest = [Block(replace(block.paragraph, kind=Kind.HEADING)) for block in taken[1:]]
        return [Block(replace(first, kind=Kind.HEADING), level), *rest]
    for block in taken[1:]:
        first = _joined(first, block.paragraph)
    return [Block(replace(_undrawn(first), kind=Kind.HEADING), level)]


def _undrawn(paragraph: Paragraph) -> Paragraph:
    """Return a heading without the signs drawn around it."""
    text = undrawn(paragraph.text)
    at = paragraph.text.find(text)
    return cut(paragraph, [(0, at), (at + len(text), len(paragraph.text))]) if text and at >= 0 else paragraph


def _joined(one: Paragraph, other: Paragraph) -> Paragraph:
    shift = len(one.text) + 1
    lines = (*one.lines, *((start + shift, line) for start, line in other.lines))
    styles, _ = rearranged(other.styles, (), shift.__add__)
    return replace(one, text=f"{one.text} {other.text}", lines=lines, styles=(*one.styles, *styles))
