"""Plain text: an optional title line, paragraphs separated by blank lines or one per line, and books with chapters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from audiobook.document import Kind, Metadata, Paragraph, Work, count_chars, is_speakable
from audiobook.sources.base import Announcement, Source
from audiobook.sources.chapters.headings import Group, Line, find_headings
from audiobook.sources.encoding.decode import decode_text, needed_encoding
from audiobook.sources.front_matter.header import (
    SKIPPED,
    announce_front_matter,
    open_with_title,
    read_front_matter,
)
from audiobook.sources.outline import Block, build_work
from audiobook.sources.text.gutenberg import header_metadata
from audiobook.sources.text.manuscript import Manuscript
from audiobook.sources.text.marks import Marks
from audiobook.sources.text.plain_marks import hide_marks

_LONGEST_TITLE_CHARS: Final = 100
_QUOTES: Final = "\"'“”„‟‘’‚‛«»‹›「」『』"
_PROSE_END = re.compile(rf"[.:;,…。．，：；।॥۔؛։።፤][{_QUOTES})\]]*$|[{_QUOTES}]$")
"""Matches the end of a sentence or of direct speech, in any script."""
_ITALICS = re.compile(r"(?<![\w_])_(?=[^\s_])([^_]{1,600}+)(?<!\s)_(?![\w_])")
_HEADER_BYTES: Final = 20_000


class PlainReader:
    """Reads `.txt` files."""

    def read(self, source: Source) -> Work:
        """Read plain text; see `Reader.read`."""
        text = decode_text(source.data, source.name, source.encoding, source.language)
        front = read_front_matter(text, source.name)
        marks = Marks(source.name)
        script = Manuscript(source.name, hide_marks(front.taken_from(text), marks.codes))
        groups = _groups(script.lines)
        headed = find_headings(groups)
        script.is_book |= headed is not None
        blocks = marks.applied(list(_blocks(headed or [Group(tuple(group)) for group in groups], script)))
        script.problems += marks.problems
        metadata, shown = _filled(front.metadata, script.metadata), 0
        if front.metadata.title:
            blocks, shown = open_with_title(blocks, front)
        elif len(blocks) > 1 and not blocks[0].level and _is_title(blocks[0].paragraph):
            first = blocks[0].paragraph
            metadata = replace(metadata, title=metadata.title or first.text)
            blocks[0] = Block(replace(first, kind=Kind.TITLE))
        if front.line_count:
            script.skipped[SKIPPED] = front.chars - shown
        return build_work(
            source,
            metadata,
            blocks,
            problems=[*front.problems, *script.problems],
            source_chars=count_chars(text),
            skipped_chars=script.skipped,
            encoding=needed_encoding(source.data, source.encoding),
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return what the front matter or the Project Gutenberg header declares; see `Announcer.announce`."""
        front = announce_front_matter(data, name, encoding)
        if front.language or b"project gutenberg" not in data[:_HEADER_BYTES].lower():
            return front
        lines = data[:_HEADER_BYTES].decode("ascii", "replace").splitlines()
        return replace(front, language=header_metadata(lines).language)


def _filled(metadata: Metadata, other: Metadata) -> Metadata:
    """Return metadata with missing values filled in from another source."""
    return replace(
        metadata,
        title=metadata.title or other.title,
        authors=metadata.authors or other.authors,
        language=metadata.language or other.language,
    )


def _blocks(groups: list[Group], script: Manuscript) -> Iterator[Block]:
    for group in groups:
        if group.is_contents:
            script.skip(group)
            continue
        paragraph = _paragraph(group.lines)
        if script.is_book:
            paragraph = _without_italics(paragraph)
        if group.level:
            paragraph = replace(paragraph, kind=Kind.HEADING)
        yield Block(paragraph, group.level)


def _groups(lines: list[str]) -> list[list[Line]]:
    """Group numbered lines into paragraphs.

    If blank lines separate the paragraphs, consecutive lines are one hard-wrapped paragraph. In a file without
    blank lines, each line is a paragraph.
    """
    numbered = [(number, " ".join(line.split())) for number, line in enumerate(lines, 1)]
    filled = [at for at, (_, text) in enumerate(numbered) if text]
    numbered = numbered[filled[0] : filled[-1] + 1] if filled else []
    if all(text for _, text in numbered):
        return [[line] for line in numbered]
    groups: list[list[Line]] = [[]]
    for number, text in numbered:
        if text:
            groups[-1].append((number, text))
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _paragraph(group: Sequence[Line]) -> Paragraph:
    pieces: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for number, line in group:
        if pieces:
            length += 1
        starts.append((length, number))
        pieces.append(line)
        length += len(line)
    text = " ".join(pieces)
    return Paragraph(text, Kind.TEXT if is_speakable(text) else Kind.BREAK, tuple(starts))


def _without_italics(paragraph: Paragraph) -> Paragraph:
    """Return a paragraph without the underscores that mark italics."""
    pieces: list[str] = []
    removed: list[int] = []
    end = 0
    for found in _ITALICS.finditer(paragraph.text):
        pieces += (paragraph.text[end : found.start()], found[1])
        removed += (found.start(), found.end() - 1)
        end = found.end()
    if not removed:
        return paragraph
    lines = tuple((start - bisect_left(removed, start), number) for start, number in paragraph.lines)
    return replace(paragraph, text="".join(pieces) + paragraph.text[end:], lines=lines)


def _is_title(paragraph: Paragraph) -> bool:
    """Return whether the first paragraph looks like a title: one short line that is not a sentence of prose."""
    text = paragraph.text
    if len(paragraph.lines) != 1 or len(text) > _LONGEST_TITLE_CHARS:
        return False
    return is_speakable(text) and not _PROSE_END.search(text)
