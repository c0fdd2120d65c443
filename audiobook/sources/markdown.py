"""Markdown (CommonMark): headings, paragraphs, lists, quotes; code and pictures by a stated rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiobook.document import Kind, Paragraph, Problem, Work, is_speakable
from audiobook.sources.base import Source
from audiobook.sources.decode import decode_text
from audiobook.sources.outline import Block, build_work

if TYPE_CHECKING:
    from markdown_it.token import Token


class MarkdownReader:
    """Reads `.md` files.

    HTML is text like any other and is shown and spoken as it stands. Blocks of code are left out, with a
    problem that says so; a picture is its alternative text.
    """

    suffixes = (".md", ".markdown")

    def read(self, source: Source) -> Work:
        """Read Markdown; see `Reader.read`."""
        from markdown_it import MarkdownIt  # noqa: PLC0415 - 40 ms that plain text does not need

        text = decode_text(source.data, source.name)
        tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
        blocks: list[Block] = []
        problems: list[Problem] = []
        level = 0
        for token in tokens:
            line = token.map[0] + 1 if token.map else 1
            if token.type == "heading_open":
                level = int(token.tag[1:])
            elif token.type == "heading_close":
                level = 0
            elif token.type == "inline":
                blocks.append(_block(token.children or (), line, level))
            elif token.type == "hr":
                blocks.append(Block(Paragraph("* * *", Kind.BREAK, ((0, line),))))
            elif token.type in ("fence", "code_block"):
                problems.append(Problem(f"{source.name}:{line}", "a block of code is not read out"))
        title = _take_title(blocks)
        return build_work(source, title, [block for block in blocks if block.paragraph.text], problems)


def _block(children: Sequence[Token], line: int, level: int) -> Block:
    pieces: list[str] = []
    starts = [(0, line)]
    length = 0
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
            piece = " "
            starts.append((length + 1, line))
        else:
            piece = " ".join(child.content.split("\n"))
        pieces.append(piece)
        length += len(piece)
    text = "".join(pieces)
    if not is_speakable(text):
        return Block(Paragraph(text, Kind.BREAK, tuple(starts)))
    return Block(Paragraph(text, Kind.HEADING if level else Kind.TEXT, tuple(starts)), level)


def _take_title(blocks: list[Block]) -> str | None:
    """Make the first heading the title, if it stands first and is the only one of the first level."""
    if not blocks or blocks[0].level != 1 or sum(block.level == 1 for block in blocks) != 1:
        return None
    first = blocks[0].paragraph
    blocks[0] = Block(Paragraph(first.text, Kind.TITLE, first.lines))
    return first.text
