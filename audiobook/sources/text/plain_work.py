"""The work in a plain text file."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from audiobook.document import Kind, Metadata, Paragraph, Problem, Work, count_chars, is_speakable
from audiobook.layout import Style, Styled, tidied
from audiobook.packed_list import PackedList
from audiobook.sources.base import Source
from audiobook.sources.chapters.forms import undrawn
from audiobook.sources.chapters.headings import Group, find_headings
from audiobook.sources.encoding.decode import decode_text, needed_encoding
from audiobook.sources.front_matter.header import (
    SKIPPED,
    read_front_matter,
)
from audiobook.sources.front_matter.title import open_with_title
from audiobook.sources.outline import Block, build_work
from audiobook.sources.text.apparatus.gutenberg import agrees_with, declared_encoding
from audiobook.sources.text.apparatus.manuscript import Manuscript
from audiobook.sources.text.marks.effects import Marks, marked_title
from audiobook.sources.text.marks.pieces import MarkedPieces
from audiobook.sources.text.marks.plain import hide_marks
from audiobook.sources.text.paragraphs import paragraphs_of
from audiobook.sources.text.title_and_author import read_title_page
from audiobook.sources.text.underlined import find_underlined
from audiobook.sources.text.verse import Layout, is_verse, measure_layout

_EMPHASIS = re.compile(
    r"""
    (?<![\w_])_(?=[^\s_])([^_]{1,600}+)(?<!\s)_(?![^\W\d_]|_)  # _up_ and, with a note's number, _up_2
    | (?<![\w=])=(?=[^\s=])([^=]{1,600}+)(?<!\s)=(?![\w=])  # =bold=
    | (?<![\w#])\#(?=[^\s#\d])([^#]{1,200}+)(?<!\s)\#(?![\w#])  # #bold#
    """,
    re.X,
)
_STYLES: Final = {1: Style.EMPHASIS, 2: Style.STRONG, 3: Style.STRONG}
"""The style by the group of `_EMPHASIS`."""
_LATIN_1: Final = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252"}
"""Encodings whose files often contain Windows quotation marks."""


def plain_work(source: Source) -> Work:
    """Read plain text; see `Reader.read`."""
    data = _with_single_line_ends(source.data)
    encoding, problems = _encoding(source)
    text = decode_text(data, source.name, encoding, source.language)
    source_chars = sum(map(count_chars, text.split("\n")))
    front = read_front_matter(text, source.name)
    source = front.over(source)
    marks = Marks(source.name)
    shown_text = hide_marks(front.taken_from(text), marks.codes)
    script = Manuscript(source.name, shown_text, narrate=source.narrate)
    del text, shown_text  # a long book is kept in memory once
    script.problems[:0] = problems
    marked = MarkedPieces(paragraphs_of(script.lines))
    underlined = None if source.chapters.pattern else find_underlined(marked.pieces)
    headed = underlined or find_headings(marked.pieces, source.language, source.chapters.pattern)
    script.is_book |= headed is not None
    rule = headed.rule if headed and not underlined else None
    groups = marked.restored(headed.groups if headed else [Group(piece.lines) for piece in marked.pieces])
    del marked, headed
    blocks = PackedList(Block, _blocks(groups, script))
    if marks.codes.marks:
        blocks = marks.applied(blocks)
    del groups
    marks.check_title(front.metadata.title or "", front.line_of("title"))
    script.problems += marks.problems
    metadata, shown = _filled(front.metadata, script.metadata), 0
    if front.metadata.title:
        blocks, shown = open_with_title(blocks, front)
    elif title := marked_title(blocks):
        metadata = replace(metadata, title=title)
    elif page := read_title_page(
        blocks, rule, metadata.authors, source.fallback_title, metadata.language or source.language
    ):
        authors = metadata.authors or ((page.author,) if page.author else ())
        metadata = replace(metadata, title=metadata.title or page.title, authors=authors)
        blocks = PackedList(Block, page.blocks)
    if front.line_count:
        script.skipped[SKIPPED] = front.chars - shown
    return build_work(
        source,
        metadata,
        blocks,
        problems=[*front.problems, *script.problems],
        source_chars=source_chars,
        skipped_chars=script.skipped,
        encoding=needed_encoding(source.data, source.encoding),
        rule=rule,
    )


def _with_single_line_ends(data: bytes) -> bytes:
    """Replace CR CR LF, which some programs write for CR LF, so that it ends one line rather than two."""
    doubled = data.count(b"\r\r\n")
    return data.replace(b"\r\r\n", b"\n") if doubled and 2 * doubled > data.count(b"\n") else data


def _encoding(source: Source) -> tuple[str | None, list[Problem]]:
    """Return the encoding of a text that is not UTF-8: the user's, else that of the header if the text agrees."""
    declared = None if source.encoding else declared_encoding(source.data)
    if declared is None or needed_encoding(source.data, declared[0]) is None:
        return source.encoding, []
    name, line = declared
    for encoding in (name, _LATIN_1.get(name, name)):
        if agrees_with(source.data, encoding):
            message = f"the text is not UTF-8; it is read as {encoding}, the encoding named in its header"
            return encoding, [Problem(f"{source.name}:{line}", message)]
    message = f"the encoding named in the header, {name}, does not fit the text"
    return source.encoding, [Problem(f"{source.name}:{line}", message)]


def _filled(metadata: Metadata, other: Metadata) -> Metadata:
    """Return metadata with missing values filled in from another source."""
    return replace(
        metadata,
        title=metadata.title or other.title,
        authors=metadata.authors or other.authors,
        language=metadata.language or other.language,
    )


def _blocks(groups: list[Group], script: Manuscript) -> Iterator[Block]:
    layout = measure_layout([[text for _, text in group.lines] for group in groups if not group.level])
    for group in groups:
        if group.is_contents:
            script.skip(group)
            continue
        paragraph = _paragraph(_undrawn(group) if group.level else group, script, layout)
        if script.is_book:
            paragraph = _without_emphasis(paragraph)
        if group.level or (group.is_section and paragraph.kind is Kind.TEXT):
            paragraph = replace(paragraph, kind=Kind.HEADING)
        yield Block(paragraph, group.level)


def _undrawn(group: Group) -> Group:
    """Return a heading without signs drawn around it; a heading found by a user's pattern may be only signs."""
    is_whole = len(group.lines) == 1
    lines = tuple(
        (number, text) for number, line in group.lines if (text := undrawn(line, is_whole=is_whole))
    )
    return replace(group, lines=lines or group.lines)


def _paragraph(group: Group, script: Manuscript, layout: Layout) -> Paragraph:
    lines = [text for _, text in group.lines]
    indents = [_indent(script.lines[number - 1]) for number, _ in group.lines]
    end = "\n" if not group.level and is_verse(lines, layout, indents) else " "
    starts: list[tuple[int, int]] = []
    length = 0
    for number, line in group.lines:
        starts.append((length, number))
        length += len(line) + 1
    text = end.join(lines)
    return Paragraph(text, Kind.TEXT if is_speakable(text) else Kind.BREAK, tuple(starts))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_emphasis(paragraph: Paragraph) -> Paragraph:
    """Return a paragraph without the signs that mark italics and bold type."""
    if not any(sign in paragraph.text for sign in "_=#"):
        return paragraph
    pieces: list[str] = []
    removed: list[int] = []
    styles: list[Styled] = []
    end = 0
    for found in _EMPHASIS.finditer(paragraph.text):
        inner = found.lastindex or 1
        pieces += (paragraph.text[end : found.start()], found[inner])
        start = found.start() - len(removed)
        styles.append(Styled(start, start + len(found[inner]), _STYLES[inner]))
        removed += (found.start(), found.end(inner))
        end = found.end()
    if not removed:
        return paragraph
    lines = tuple((start - bisect_left(removed, start), number) for start, number in paragraph.lines)
    text = "".join(pieces) + paragraph.text[end:]
    return replace(paragraph, text=text, lines=lines, styles=tidied(text, styles))
