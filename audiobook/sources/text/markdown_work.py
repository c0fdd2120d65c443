"""The work in a Markdown file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from markdown_it import MarkdownIt
from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Problem, Work, count_chars
from audiobook.errors import SourceError
from audiobook.packed_list import PackedList
from audiobook.sources.base import Source
from audiobook.sources.encoding.decode import needed_encoding
from audiobook.sources.encoding.text_pieces import TextPieces
from audiobook.sources.front_matter.header import (
    SKIPPED,
    FrontMatter,
    read_front_matter,
)
from audiobook.sources.front_matter.title import open_with_title
from audiobook.sources.markup.pictures.figures import without_empty
from audiobook.sources.outline import Block, assemble_work, build_work, work_title
from audiobook.sources.text.markdown_blocks import MarkdownBlocks
from audiobook.sources.text.markdown_dialects import add_dialects
from audiobook.sources.text.markdown_tokens import DEFINES, tokens_of
from audiobook.sources.text.marks.codes import without_codes
from audiobook.sources.text.marks.effects import Marks, marked_title
from audiobook.sources.text.marks.markdown import add_marks
from audiobook.sources.text.saved_script import saved_chapters
from audiobook.sources.text.script_name import is_saved_script

_DEEPEST: Final = 10_000
"""Nesting limit. The parser silently drops deeper content, but Python's recursion limit is hit first and reported."""


def markdown_work(source: Source) -> Work:
    """Read Markdown; see `Reader.read`."""
    text = TextPieces(source.data, source.name, source.encoding, source.language)
    front = read_front_matter(text.opening, source.name)
    source = front.over(source)
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    marks = Marks(source.name)
    add_marks(parser, marks.codes)
    if not is_saved_script(source.name):
        add_dialects(parser)
    tokens = tokens_of(parser, partial(_pieces, text, front), has_definitions=text.has(DEFINES))
    try:
        found = MarkdownBlocks(source, tokens)
    except RecursionError as error:
        raise SourceError("is nested too deeply to be read", where=source.name) from error
    blocks = without_empty(marks.applied(found.blocks)) if marks.codes.marks else found.blocks
    if not is_saved_script(source.name):
        marks.check_title(front.metadata.title or "", front.line_of("title"))
    problems = [*front.problems, *found.problems, *marks.problems]
    metadata, shown = front.metadata, 0
    if is_saved_script(source.name):
        metadata = replace(metadata, title=metadata.title or marked_title(blocks))
        front = replace(front, metadata=metadata)
        chapters = saved_chapters(blocks, work_title(source, metadata))
        return _saved_work(source, front, chapters, problems, text)
    if metadata.title:
        blocks, shown = open_with_title(blocks, front)
    else:
        metadata = replace(metadata, title=_take_title(blocks))
    skipped = {**found.skipped, SKIPPED: front.chars - shown}
    return build_work(
        source,
        metadata,
        blocks,
        problems=problems,
        source_chars=text.count_chars() + found.added_chars,
        skipped_chars={reason: count for reason, count in skipped.items() if count},
        encoding=needed_encoding(source.data, source.encoding),
    )


def _pieces(text: TextPieces, front: FrontMatter) -> Iterator[str]:
    """Yield a text without its front matter and without what looks like the code of a mark."""
    for number, piece in enumerate(text):
        yield without_codes(piece if number else front.taken_from(piece))


def _saved_work(
    source: Source, front: FrontMatter, chapters: list[Chapter], problems: list[Problem], text: TextPieces
) -> Work:
    """Return the work in a saved script, which marks its chapters and title."""
    shown = sum(count_chars(paragraph.text) for chapter in chapters for paragraph in chapter.paragraphs)
    source_chars = text.count_chars()
    skipped = {SKIPPED: front.chars, "marks": max(source_chars - front.chars - shown, 0)}
    return assemble_work(
        source,
        front.metadata,
        chapters,
        problems=problems,
        source_chars=source_chars,
        skipped_chars={reason: count for reason, count in skipped.items() if count},
        encoding=needed_encoding(source.data, source.encoding),
    )


def _take_title(blocks: PackedList[Block]) -> str | None:
    """Return the title: the heading marked as title, else the first if it begins the text, alone on its level."""
    if marked := marked_title(blocks):
        return marked
    if not blocks or blocks[0].level != 1 or sum(block.level == 1 for block in blocks) != 1:
        return None
    first = blocks[0].paragraph
    blocks[0] = Block(replace(first, kind=Kind.TITLE))
    return first.text
