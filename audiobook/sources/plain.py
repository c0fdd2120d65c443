"""Plain text: a title on its first line, paragraphs between blank lines or one to a line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from audiobook.document import Kind, Paragraph, Work, count_chars, is_speakable
from audiobook.sources.base import Announcement, Source
from audiobook.sources.decode import decode_text, needed_encoding
from audiobook.sources.front_matter import (
    SKIPPED,
    announce_front_matter,
    open_with_title,
    read_front_matter,
)
from audiobook.sources.outline import Block, build_work

_LONGEST_TITLE_CHARS: Final = 100
_QUOTES: Final = "\"'“”„‟‘’‚‛«»‹›「」『』"
_PROSE_END = re.compile(rf"[.:;,…。．，：；।॥۔؛։።፤][{_QUOTES})\]]*$|[{_QUOTES}]$")
"""How a sentence of prose, or of speech, ends in one script or another."""


class PlainReader:
    """Reads `.txt` files."""

    suffixes = (".txt", ".text")

    def read(self, source: Source) -> Work:
        """Read plain text; see `Reader.read`."""
        text = decode_text(source.data, source.name, source.encoding, source.language)
        front = read_front_matter(text, source.name)
        groups = _groups(front.taken_from(text).split("\n"))
        blocks = [Block(_paragraph(group)) for group in groups]
        metadata, shown = front.metadata, 0
        if metadata.title:
            blocks, shown = open_with_title(blocks, front)
        elif len(groups) > 1 and _is_title(groups[0]):
            first = blocks[0].paragraph
            metadata = replace(metadata, title=first.text)
            blocks[0] = Block(Paragraph(first.text, Kind.TITLE, first.lines))
        return build_work(
            source,
            metadata,
            blocks,
            source_chars=count_chars(text),
            skipped_chars={SKIPPED: front.chars - shown} if front.line_count else None,
            encoding=needed_encoding(source.data, source.encoding),
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Give what the front matter says; see `Announcer.announce`."""
        return announce_front_matter(data, name, encoding)


def _groups(lines: list[str]) -> list[list[tuple[int, str]]]:
    """Group numbered lines into paragraphs.

    Lines that follow each other are one hard-wrapped paragraph if blank lines separate
    paragraphs; in a file without blank lines, each line is one.
    """
    numbered = [(number, " ".join(line.split())) for number, line in enumerate(lines, 1)]
    while numbered and not numbered[-1][1]:
        numbered.pop()
    while numbered and not numbered[0][1]:
        numbered.pop(0)
    if all(text for _, text in numbered):
        return [[line] for line in numbered]
    groups: list[list[tuple[int, str]]] = [[]]
    for number, text in numbered:
        if text:
            groups[-1].append((number, text))
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _paragraph(group: list[tuple[int, str]]) -> Paragraph:
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


def _is_title(group: list[tuple[int, str]]) -> bool:
    """Whether the first paragraph stands as a title: one short line that is no sentence of prose."""
    if len(group) != 1:
        return False
    text = group[0][1]
    return is_speakable(text) and len(text) <= _LONGEST_TITLE_CHARS and not _PROSE_END.search(text)
