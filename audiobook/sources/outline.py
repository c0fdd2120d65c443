"""Blocks to a work: titles, chapters and their names, the same for every format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from audiobook.document import (
    Chapter,
    Kind,
    Metadata,
    Paragraph,
    Problem,
    Work,
    count_chars,
    is_speakable,
)
from audiobook.errors import SourceError
from audiobook.sources.base import Source

MAX_TITLE_CHARS: Final = 200
_OPENING_CHARS: Final = 48
_TITLE_WITHIN: Final = 10
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LEADING = re.compile(r"\A[\s\x00-\x1f\x7f-\x9f]+")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as a reader found it.

    Attributes:
        paragraph: The text and its place.
        level: Depth of a heading, from 1; 0 for all else.
        is_part: It is an item of a list or a row of a table, which no chapter begins with.
    """

    paragraph: Paragraph
    level: int = 0
    is_part: bool = False


@dataclass(slots=True)
class _OpenChapter:
    title: str
    level: int
    paragraphs: list[Paragraph] = field(default_factory=list)

    def close(self) -> Chapter:
        return Chapter(self.title, self.level, tuple(self.paragraphs))


def title_text(text: str) -> str:
    """Give a text as a title: one line, nothing invisible, at most `MAX_TITLE_CHARS` characters."""
    visible = _LEADING.sub("", _INVISIBLE.sub("", text))
    return shorten(plain_line(visible[: MAX_TITLE_CHARS * 8]), MAX_TITLE_CHARS)


def plain_line(text: str) -> str:
    """Give a text on one line, without what is invisible."""
    return " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", text)).split())


def shorten(text: str, length: int) -> str:
    """Cut a text at a space, ending it with "…", if it is longer than `length` characters."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    at = head.rfind(" ", length // 2)
    return (head[:at] if at > 0 else head).rstrip(" ,;:.–—-") + "…"


def build_work(
    source: Source,
    metadata: Metadata,
    blocks: Sequence[Block],
    *,
    problems: Sequence[Problem] = (),
    source_chars: int,
    skipped_chars: Mapping[str, int] | None = None,
    encoding: str | None = None,
) -> Work:
    """Arrange blocks as chapters.

    Headings begin chapters. A text without headings gets one chapter a paragraph, named by its
    opening words. What stands before the first heading is a chapter with the work's title, or
    belongs to the first chapter when it is the title alone.

    Args:
        source: Where the blocks came from.
        metadata: What the text says of itself.
        blocks: In reading order.
        problems: What the reader noticed.
        source_chars: Characters of text in the file, white space not counted.
        skipped_chars: Those of them that are in no block, by reason. What is in neither is counted here
            as `marks`: signs of the format, such as `#` and `*` in Markdown.
        encoding: How the text was decoded, where the user had to say it.

    Raises:
        SourceError: There is nothing to say in it.
    """
    is_said = any(is_speakable(block.paragraph.text) for block in blocks)
    title = work_title(source, metadata)
    chapters = [chapter.close() for chapter in _chapters(_from_level_1(blocks), title)] if is_said else []
    skipped = dict(skipped_chars or {})
    shown = sum(count_chars(block.paragraph.text) for block in blocks)
    if (marks := source_chars - shown - sum(skipped.values())) > 0:
        skipped["marks"] = skipped.get("marks", 0) + marks
    return assemble_work(
        source,
        metadata,
        chapters,
        problems=problems,
        source_chars=source_chars,
        skipped_chars=skipped,
        encoding=encoding,
    )


def assemble_work(
    source: Source,
    metadata: Metadata,
    chapters: Sequence[Chapter],
    *,
    problems: Sequence[Problem] = (),
    source_chars: int,
    skipped_chars: Mapping[str, int] | None = None,
    encoding: str | None = None,
) -> Work:
    """Make a work of chapters that the format itself tells apart.

    Args:
        source: Where the chapters came from.
        metadata: What the text says of itself.
        chapters: In reading order; something can be said in each.
        problems: What the reader noticed.
        source_chars: Characters of text in the file, white space not counted.
        skipped_chars: Those of them that are in no chapter, by reason.
        encoding: How the text was decoded, where the user had to say it.

    Raises:
        SourceError: There are no chapters.
    """
    if not chapters:
        raise SourceError(
            "holds nothing to say", where=source.name, hint="write something into it, or move it away"
        )
    return Work(
        source.slug,
        source.language,
        work_title(source, metadata),
        tuple(chapters),
        source.name,
        tuple(problems),
        metadata,
        source_chars,
        dict(skipped_chars or {}),
        encoding,
    )


def work_title(source: Source, metadata: Metadata) -> str:
    """Give a work's title: its own, else the file's name made readable, else the slug."""
    return title_text(metadata.title or "") or title_text(source.fallback_title) or source.slug


def says_title(paragraphs: Iterable[Paragraph], title: str) -> bool:
    """Whether a text says its own title: one of its first paragraphs consists of these words."""
    words = title_text(title).casefold().rstrip(".")
    return any(
        title_text(paragraph.text).casefold().rstrip(".") == words
        for paragraph in islice(paragraphs, _TITLE_WITHIN)
    )


def opening_title(paragraphs: Sequence[Paragraph]) -> str:
    """Give a title for paragraphs that have none: their first heading, else their opening words."""
    for paragraph in paragraphs:
        if is_speakable(paragraph.text):
            return _chapter_title(paragraph.text, int(paragraph.kind is Kind.HEADING))
    return ""


def _from_level_1(blocks: Sequence[Block]) -> list[Block]:
    """Count heading levels from 1, wherever the text begins to count."""
    highest = min((block.level for block in blocks if block.level), default=1)
    return [replace(block, level=block.level and block.level - highest + 1) for block in blocks]


def _chapters(blocks: Sequence[Block], title: str) -> list[_OpenChapter]:
    by_heading = any(block.level for block in blocks)
    chapters: list[_OpenChapter] = []
    for block in blocks:
        text, kind = block.paragraph.text, block.paragraph.kind
        opens = bool(block.level) if by_heading else kind is Kind.TEXT and not block.is_part
        if chapters and (not opens or _is_title_alone(chapters)):
            chapters[-1].paragraphs.append(block.paragraph)
            if opens:
                chapters[-1].title, chapters[-1].level = (
                    _chapter_title(text, block.level),
                    max(block.level, 1),
                )
        else:
            name = title if not opens else _chapter_title(text, block.level)
            chapters.append(_OpenChapter(name or title, max(block.level, 1), [block.paragraph]))
    return chapters


def _is_title_alone(chapters: list[_OpenChapter]) -> bool:
    """Whether nothing but the title (and signs) has been seen, which is no chapter of its own."""
    return len(chapters) == 1 and all(
        paragraph.kind in (Kind.TITLE, Kind.BREAK) for paragraph in chapters[0].paragraphs
    )


def _chapter_title(text: str, level: int) -> str:
    return title_text(text) if level else shorten(title_text(text), _OPENING_CHARS)
