"""The title and the author on the title page of plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.document import Kind, Paragraph, is_speakable
from audiobook.sources.chapters.forms import undrawn
from audiobook.sources.outline import Block
from audiobook.sources.text.author_line import begins_byline, find_author, name_in, named_by

_LONGEST_TITLE_CHARS: Final = 100
_QUOTES: Final = "\"'“”„‟‘’‚‛«»‹›「」『』"
_PROSE_END = re.compile(rf"[.:;,…。．，：；।॥۔؛։።፤][{_QUOTES})\]]*$|[{_QUOTES}]$")
"""Matches the end of a sentence or of direct speech, in any script."""
_MOST_TITLE_LINES: Final = 6
_LONGEST_TITLE_PAGE_CHARS: Final = 300
_LONGEST_TITLE_LINE_CHARS: Final = 60
_LONGEST_PARTICLE_CHARS: Final = 3
_MOST_LINES: Final = 6


class TitlePage(msgspec.Struct, frozen=True):
    """The beginning of a text.

    Attributes:
        title: The title.
        author: The author, if the page says so.
        blocks: All blocks of the text, of which those of the page are marked.
    """

    title: str
    author: str | None
    blocks: list[Block]


def read_title_page(
    blocks: Sequence[Block], rule: str | None, known: Sequence[str], named: str, language: str
) -> TitlePage | None:
    """Return the title page at the beginning of a text; None if it begins otherwise.

    The author is a line with a word such as "by", above or below the title, or a line that looks like a name above the
    title. The file name and known authors decide which of two such lines is the title; else it is the one in capitals.

    Args:
        blocks: The blocks of the text, in order.
        rule: How its headings were found; None if it has none.
        known: Authors that are known from elsewhere.
        named: The file name, made readable.
        language: BCP 47 tag of the text.
    """
    if len(blocks) < 2 or blocks[0].level:
        return None
    alone = [block.paragraph for block in _lines_alone(blocks)]
    if alone:
        texts = [_shown(paragraph.text) for paragraph in alone]
        start, end = find_author(texts, known, named, language)
        return _page_of_blocks(blocks, alone, start, end)
    return _page_of_lines(blocks, rule, known, named, language)


def _lines_alone(blocks: Sequence[Block]) -> list[Block]:
    """Return the first blocks, up to the first that is not a line of a title page; the last of a text is never one."""
    found: list[Block] = []
    for block in blocks[: min(_MOST_LINES, len(blocks) - 1)]:
        is_line = _is_title(block.paragraph) and not block.level and block.paragraph.kind is Kind.TEXT
        if not is_line and not (found and begins_byline(block.paragraph.text)):
            break
        found.append(block)
    return found


def _page_of_blocks(
    blocks: Sequence[Block], alone: Sequence[Paragraph], start: int, end: int
) -> TitlePage | None:
    """Return a title page whose lines are paragraphs, given the lines of the author."""
    at = end if start == 0 < end else 0
    if at >= len(alone):
        at, start, end = 0, 0, 0
    count = max(end, at + 1)
    title = alone[at] if alone[at].foreign or alone[at].sayings else _title(alone[at])
    marked = [
        Block(title if n == at else replace(each, kind=Kind.TITLE)) for n, each in enumerate(alone[:count])
    ]
    author = name_in([_shown(each.text) for each in alone[start:end]])
    return TitlePage(title.text, author, [*marked, *blocks[count:]])


def _page_of_lines(
    blocks: Sequence[Block], rule: str | None, known: Sequence[str], named: str, language: str
) -> TitlePage | None:
    """Return a title page that is one paragraph of several lines."""
    first = blocks[0].paragraph
    if first.foreign or first.sayings:
        return None
    starts = [start for start, _ in first.lines]
    lines = [
        (text, number)
        for (start, number), end in zip(first.lines, [*starts[1:], len(first.text) + 1], strict=True)
        if (text := undrawn(first.text[start : end - 1], is_whole=False))
    ]
    texts = [text for text, _ in lines]
    count = _title_lines(texts)
    start, end = find_author(texts, known, named, language) if count else (0, 0)
    if not count or not (rule is not None or len(lines) < 2 or end) or not is_speakable(texts[0]):
        return None
    at = end if start == 0 < end < len(texts) else 0
    count = _title_lines(texts[at:]) or 1
    title = " ".join(texts[at : at + count])
    numbers = [number for _, number in lines]
    shown = [*zip(texts[:at], numbers[:at], strict=True), (title, numbers[at]), *lines[at + count :]]
    marked = [
        Block(replace(first, text=text, kind=Kind.TITLE, lines=((0, number),), styles=()))
        for text, number in shown
    ]
    return TitlePage(title, name_in(texts[start:end]), [*marked, *blocks[1:]])


def _shown(text: str) -> str:
    return undrawn(text, is_whole=False) or text


def _title(paragraph: Paragraph) -> Paragraph:
    return replace(paragraph, text=_shown(paragraph.text), kind=Kind.TITLE, styles=())


def _title_lines(lines: Sequence[str]) -> int:
    """Return how many lines of a title page are the title; 0 if the lines are not a title page."""
    if not 0 < len(lines) <= _MOST_TITLE_LINES or sum(map(len, lines)) > _LONGEST_TITLE_PAGE_CHARS:
        return 0
    if any(len(line) > _LONGEST_TITLE_LINE_CHARS for line in lines) or _PROSE_END.search(lines[0]):
        return 0
    if _PROSE_END.search(lines[-1]) and not named_by(lines[-1]):
        return 0
    count = 1
    while count < len(lines) and len(lines[count - 1].split()[-1]) <= _LONGEST_PARTICLE_CHARS - (
        not lines[count - 1].isupper()
    ):
        count += 1  # THE HISTORY OF THE / QUIET HOUSE
    return count


def _is_title(paragraph: Paragraph) -> bool:
    """Return whether a paragraph looks like a title: one short line that is not a sentence of prose."""
    text = paragraph.text
    if len(paragraph.lines) != 1 or len(text) > _LONGEST_TITLE_CHARS:
        return False
    return is_speakable(text) and not _PROSE_END.search(text)
