"""Markdown (CommonMark): headings, paragraphs, lists and quotes. Code is skipped; pictures become their alt text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from audiobook.document import Chapter, Kind, Paragraph, Problem, Work, count_chars, is_speakable
from audiobook.errors import SourceError
from audiobook.sources.base import Announcement, Source
from audiobook.sources.encoding.decode import decode_text, needed_encoding
from audiobook.sources.front_matter.header import (
    SKIPPED,
    FrontMatter,
    announce_front_matter,
    open_with_title,
    read_front_matter,
)
from audiobook.sources.outline import Block, assemble_work, build_work, work_title
from audiobook.sources.text.mark_codes import without_codes
from audiobook.sources.text.markdown_marks import add_marks
from audiobook.sources.text.marks import Marks
from audiobook.sources.text.saved_script import is_saved_script, saved_chapters

if TYPE_CHECKING:
    from markdown_it.token import Token


_DEEPEST: Final = 10_000
"""Nesting limit. The parser silently drops deeper content, but Python's recursion limit is hit first and reported."""
_BREAKS: Final = ("softbreak", "hardbreak")
_WORD = re.compile(r"\S+")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


class MarkdownReader:
    """Reads `.md` files.

    HTML is treated as ordinary text and read as written. Code blocks are skipped and reported as problems.
    A picture is read as its alternative text.
    """

    def read(self, source: Source) -> Work:
        """Read Markdown; see `Reader.read`."""
        from markdown_it import MarkdownIt  # takes 40 ms, which plain text does not need

        text = decode_text(source.data, source.name, source.encoding, source.language)
        front = read_front_matter(text, source.name)
        parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
        marks = Marks(source.name)
        add_marks(parser, marks.codes)
        try:
            tokens = parser.parse(without_codes(front.taken_from(text)))
        except RecursionError as error:
            raise SourceError("is nested too deeply to be read", where=source.name) from error
        blocks: list[Block] = []
        problems: list[Problem] = []
        level = code_chars = items = 0
        for token in tokens:
            line = token.map[0] + 1 if token.map else 1
            if token.type == "heading_open":
                level = int(token.tag[1:])
            elif token.type == "heading_close":
                level = 0
            elif token.type in ("list_item_open", "list_item_close"):
                items += token.nesting
            elif token.type == "inline":
                blocks.append(replace(_block(token, line, level), is_part=items > 0))
            elif token.type == "hr":
                blocks.append(Block(Paragraph("* * *", Kind.BREAK, ((0, line),))))
            elif token.type in ("fence", "code_block"):
                problems.append(Problem(f"{source.name}:{line}", "a block of code is not read out"))
                code_chars += count_chars(token.content)
        blocks = [block for block in marks.applied(blocks) if block.paragraph.text]
        problems += marks.problems
        metadata, shown = front.metadata, 0
        if is_saved_script(source.name):
            chapters = saved_chapters(blocks, work_title(source, metadata))
            return _saved_work(source, front, chapters, problems, text)
        if metadata.title:
            blocks, shown = open_with_title(blocks, front)
        else:
            metadata = replace(metadata, title=_take_title(blocks))
        skipped = {"code": code_chars, SKIPPED: front.chars - shown}
        return build_work(
            source,
            metadata,
            blocks,
            problems=problems,
            source_chars=count_chars(text),
            skipped_chars={reason: count for reason, count in skipped.items() if count},
            encoding=needed_encoding(source.data, source.encoding),
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return what the front matter declares; see `Announcer.announce`."""
        return announce_front_matter(data, name, encoding)


def _saved_work(
    source: Source, front: FrontMatter, chapters: list[Chapter], problems: list[Problem], text: str
) -> Work:
    """Return the work in a saved script, which has its chapters and title where they are to be."""
    shown = sum(count_chars(paragraph.text) for chapter in chapters for paragraph in chapter.paragraphs)
    source_chars = count_chars(text)
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


def _block(inline: Token, line: int, level: int) -> Block:
    """Return a paragraph's text without markup, and the source line of each part of it."""
    pieces: list[str] = []
    starts = [(0, line)]
    length = read = 0
    breaks = sum(child.type in _BREAKS for child in inline.children or ())
    hidden = inline.content.count("\n") > breaks
    for child in inline.children or ():
        if child.type in _BREAKS:
            # A hard break ends a line of verse, like `<br>`.
            piece = "\n" if child.type == "hardbreak" and not level else " "
            read = inline.content.find("\n", read) + 1
            starts.append((length + 1, starts[-1][1] + 1))
        else:
            piece = _LINE_END.sub(" ", _shown(child))
            # Code and link addresses may contain line ends: search for their words.
            for match in _WORD.finditer(piece) if hidden else ():
                found = inline.content.find(match.group(), read)
                if found >= 0:
                    if jumped := inline.content.count("\n", read, found):
                        starts.append((length + match.start(), starts[-1][1] + jumped))
                    read = found + len(match.group())
        pieces.append(piece)
        length += len(piece)
    text = "".join(pieces).strip()
    kind = Kind.BREAK if not is_speakable(text) else Kind.HEADING if level else Kind.TEXT
    return Block(Paragraph(text, kind, tuple(starts)), level if kind is Kind.HEADING else 0)


def _shown(child: Token) -> str:
    """Return the visible text of an inline token; for a picture, its alternative text."""
    if child.type == "image":
        return "".join(" " if part.type in _BREAKS else _shown(part) for part in child.children or ())
    return child.content


def _take_title(blocks: list[Block]) -> str | None:
    """Turn the first heading into the title, if it comes first and is the only first-level heading."""
    if not blocks or blocks[0].level != 1 or sum(block.level == 1 for block in blocks) != 1:
        return None
    first = blocks[0].paragraph
    blocks[0] = Block(replace(first, kind=Kind.TITLE))
    return first.text
