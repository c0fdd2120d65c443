"""The title of the front matter at the beginning of a text."""

from __future__ import annotations

from itertools import chain

from msgspec.structs import replace

from audiobook.document import Kind, Paragraph, count_chars, is_speakable
from audiobook.packed_list import PackedList
from audiobook.sources.front_matter.header import FrontMatter
from audiobook.sources.outline import Block
from audiobook.sources.title_text import title_text


def open_with_title(blocks: PackedList[Block], front: FrontMatter) -> tuple[PackedList[Block], int]:
    """Start a text with the title from its front matter, as a printed book does.

    If the text starts with the same words, they become the title; otherwise the title is inserted before them.

    Args:
        blocks: The blocks of the text, in order.
        front: Front matter with a title.

    Returns:
        The blocks, and how many characters of the front matter they contain, excluding white space.
    """
    title = front.metadata.title or ""
    if blocks and _same(blocks[0].paragraph.text, title):
        first = blocks[0].paragraph
        blocks[0] = Block(replace(first, kind=Kind.TITLE))
        return blocks, 0
    if not any(is_speakable(block.paragraph.text) for block in blocks):
        return blocks, 0
    opening = Paragraph(title, Kind.TITLE, ((0, front.line_of("title")),))
    return PackedList(Block, chain([Block(opening)], blocks)), count_chars(title)


def _same(text: str, title: str) -> bool:
    return title_text(text).casefold().rstrip(".") == title.casefold().rstrip(".")
