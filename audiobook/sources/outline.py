"""Arranging blocks as a work with titles and chapters, for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from operator import is_
from typing import Final

import msgspec
from msgspec.structs import replace

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
from audiobook.errors import EmptyText
from audiobook.packed_list import PackedList
from audiobook.sources.base import Source
from audiobook.sources.boilerplate import BOILERPLATE, BOILERPLATE_MESSAGE, find_boilerplate, has_header
from audiobook.sources.chapter_rules import TITLES, shape_chapters
from audiobook.sources.japanese_readings import without_readings
from audiobook.sources.parts import cut_in_parts, part_title, spoken_min
from audiobook.sources.superscripts import without_note_marks
from audiobook.sources.title_page import has_only_headings, may_be_title_page, names_maker
from audiobook.sources.title_text import shorten, title_text

MOST_PARAGRAPHS: Final = 20
"""A text without headings that has more paragraphs is cut into parts."""
_OPENING_CHARS: Final = 48
_FOUND_RULES: Final = ("pattern", "series", "names")
_LONGEST_HEADER: Final = 60


class Block(msgspec.Struct, frozen=True):
    """A paragraph as a reader found it.

    Attributes:
        paragraph: The text and its position.
        level: Depth of a heading, from 1; 0 for anything else.
        is_part: Whether it is a list item or a table row; these never open a chapter.
        chapter: The title of the chapter that a mark begins here; None without a mark.
        role: `link` if it is a link to another place in the text, `inscription` in an epigraph or dedication,
            `bold` if all of it is bold or large; empty for anything else.
        is_marked: Whether it is not marked as a heading, but looks like one: bold, large or centred.
    """

    paragraph: Paragraph
    level: int = 0
    is_part: bool = False
    chapter: str | None = None
    role: str = ""
    is_marked: bool = False


class _Shape:
    """What decides how blocks form chapters.

    Attributes:
        highest_level: The lowest level of a heading; 0 without headings.
        opening: Number of blocks that start a chapter in a text without headings.
        is_speakable: Whether there is anything to read aloud.
        chars: Number of characters, excluding white space.
    """

    def __init__(self, blocks: Iterable[Block]) -> None:
        """Examine blocks, in a single pass."""
        self.highest_level = self.opening = self.chars = 0
        self.is_speakable = False
        for block in blocks:
            if block.level and not 0 < self.highest_level <= block.level:
                self.highest_level = block.level
            self.opening += _opens_by_itself(block)
            self.is_speakable = self.is_speakable or is_speakable(block.paragraph.text)
            self.chars += count_chars(block.paragraph.text)


class _OpenChapter(msgspec.Struct):
    title: str
    level: int
    paragraphs: list[Paragraph] = msgspec.field(default_factory=list)

    def close(self) -> Chapter:
        return Chapter(self.title, self.level, tuple(self.paragraphs))


def build_work(
    source: Source,
    metadata: Metadata,
    blocks: Sequence[Block],
    *,
    problems: Sequence[Problem] = (),
    source_chars: int,
    skipped_chars: Mapping[str, int] | None = None,
    encoding: str | None = None,
    rule: str | None = None,
) -> Work:
    """Arrange blocks into chapters.

    Each heading starts a chapter. Without headings, each paragraph of a short text becomes a chapter named after
    its opening words, and a longer text is cut into parts of about ten minutes. Text before the first heading
    becomes a chapter named after the work; a lone title is merged into the first chapter instead.

    Args:
        source: The file that the blocks came from.
        metadata: Metadata found in the text.
        blocks: In reading order. A `PackedList` is empty afterwards, so that a long text is not in memory twice.
        problems: Problems found by the reader.
        source_chars: Characters of text in the file, excluding white space.
        skipped_chars: How many of these characters are in no block, by reason. Characters in neither place
            are added here as `marks`: the format's own syntax, such as `#` and `*` in Markdown.
        encoding: The encoding used to decode the text, if the user had to name it.
        rule: How headings were found that the format does not mark; see `Work.chapters_by`.

    Raises:
        EmptyText: The text contains nothing to read aloud.
    """
    blocks, added_chars = _without_boilerplate(blocks)
    if added_chars:
        skipped_chars = Counter(skipped_chars or {}) + Counter({BOILERPLATE: added_chars})
        problems = [*problems, Problem(source.name, BOILERPLATE_MESSAGE)]
    shape = _Shape(blocks)
    if not shape.highest_level:
        rule = "paragraphs" if shape.opening <= MOST_PARAGRAPHS else "parts"
    chapters = _divided(blocks, shape, work_title(source, metadata), source.language, rule)
    return assemble_work(
        source,
        metadata,
        chapters if shape.is_speakable else (),
        problems=problems,
        source_chars=source_chars,
        skipped_chars=_with_marks(skipped_chars or {}, source_chars, shape.chars),
        encoding=encoding,
        rule=rule or "marked",
    )


def _divided(
    blocks: Sequence[Block], shape: _Shape, title: str, language: str, rule: str | None
) -> Iterator[Chapter]:
    """Yield the chapters that blocks form by a rule; see `Work.chapters_by`."""
    if rule == "parts":
        yield from _in_parts(blocks, title, language)
        return
    waiting = blocks.taken() if isinstance(blocks, PackedList) else blocks
    found = _chapters(waiting, shape, title, join_title_page=rule in _FOUND_RULES)
    for chapter in _with_title_page(found, title):
        yield chapter.close()


def _without_boilerplate(blocks: Sequence[Block]) -> tuple[Sequence[Block], int]:
    """Return the blocks without what Project Gutenberg adds, and how many characters that is."""
    texts = [block.paragraph.text for block in blocks[:_LONGEST_HEADER]]
    if not has_header(texts):
        return blocks, 0
    start, end = find_boilerplate([block.paragraph.text for block in blocks])
    added = [*blocks[:start], *blocks[end:]]
    return blocks[start:end], sum(count_chars(block.paragraph.text) for block in added)


def _with_title_page(chapters: Iterator[_OpenChapter], title: str) -> Iterator[_OpenChapter]:
    """Join the headings of a title page (author, publisher, the title again) to one chapter named after the work."""
    first: list[_OpenChapter] = []
    for chapter in chapters:
        first.append(chapter)
        if not has_only_headings(chapter.paragraphs, title):
            break
    paragraphs = [paragraph for chapter in first[:-1] for paragraph in chapter.paragraphs]
    if names_maker(paragraphs):  # otherwise it is no more than the title
        first = [_OpenChapter(title, first[-1].level, paragraphs), first[-1]]
    return chain(first, chapters)


def _with_marks(skipped: Mapping[str, int], source_chars: int, shown: int) -> dict[str, int]:
    """Count the characters that are neither in a block nor skipped as marks."""
    marks = source_chars - shown - sum(skipped.values())
    return {**skipped, "marks": skipped.get("marks", 0) + marks} if marks > 0 else dict(skipped)


def assemble_work(
    source: Source,
    metadata: Metadata,
    chapters: Iterable[Chapter],
    *,
    problems: Sequence[Problem] = (),
    source_chars: int,
    skipped_chars: Mapping[str, int] | None = None,
    encoding: str | None = None,
    rule: str = "marked",
) -> Work:
    """Build a work from chapters that the format itself defines.

    Args:
        source: The file that the chapters came from.
        metadata: Metadata found in the text.
        chapters: In reading order; each contains something to read aloud.
        problems: Problems found by the reader.
        source_chars: Characters of text in the file, excluding white space.
        skipped_chars: How many of these characters are in no chapter, by reason.
        encoding: The encoding used to decode the text, if the user had to name it.
        rule: How the chapters were found; see `Work.chapters_by`.

    Raises:
        EmptyText: There are no chapters.
    """
    skipped = Counter(skipped_chars or {})
    cleaned = (_cleaned(chapter, source, skipped) for chapter in chapters)
    shaped, silent_chars = shape_chapters(cleaned, source.chapters)
    if not shaped:
        raise EmptyText(
            "contains no text to read aloud",
            where=source.name,
            hint="add text to the file, or move it elsewhere",
        )
    if silent_chars:
        skipped[TITLES] += silent_chars
    return Work(
        source.slug,
        source.language,
        work_title(source, metadata),
        shaped,
        source.name,
        tuple(problems),
        metadata,
        source_chars,
        dict(skipped),
        encoding,
        rule,
    )


def _cleaned(chapter: Chapter, source: Source, skipped: Counter[str]) -> Chapter:
    """Leave out note marks in raised characters, and the readings of words, and count both."""
    paragraphs = tuple(_clean(paragraph, source, skipped) for paragraph in chapter.paragraphs)
    if all(map(is_, paragraphs, chapter.paragraphs)):
        return chapter
    title = _clean(Paragraph(chapter.title, Kind.HEADING), source, Counter()).text
    return replace(chapter, title=title_text(title) or chapter.title, paragraphs=paragraphs)


def _clean(paragraph: Paragraph, source: Source, skipped: Counter[str]) -> Paragraph:
    if paragraph.text.isascii():
        return paragraph
    if "noterefs" not in source.narrate:
        paragraph, removed = without_note_marks(paragraph)
        if removed:
            skipped["noterefs"] += removed
    if source.language.partition("-")[0].lower() == "ja":
        paragraph, removed = without_readings(paragraph, prefer="ruby" in source.narrate)
        if removed:
            skipped["ruby"] += removed
    return paragraph


def work_title(source: Source, metadata: Metadata) -> str:
    """Return a work's title: its own, else one derived from the file name, else the slug."""
    return title_text(metadata.title or "") or title_text(source.fallback_title) or source.slug


def opening_title(paragraphs: Sequence[Paragraph]) -> str:
    """Return a title for untitled paragraphs: the first heading or opening words among them."""
    for paragraph in paragraphs:
        if is_speakable(paragraph.text):
            return _chapter_title(paragraph.text, int(paragraph.kind is Kind.HEADING))
    return ""


def _chapters(
    blocks: Iterable[Block], shape: _Shape, title: str, *, join_title_page: bool
) -> Iterator[_OpenChapter]:
    """Yield the chapters, with levels from 1."""
    above = max(shape.highest_level - 1, 0)
    chapter: _OpenChapter | None = None
    is_first = True
    for block in blocks:
        text = block.paragraph.text
        level = max(block.level - above, 1)
        opens = bool(block.level) if shape.highest_level else _opens_by_itself(block)
        is_above = is_first and chapter and _is_above(chapter, join_title_page=join_title_page)
        if chapter and (not opens or is_above):
            chapter.paragraphs.append(block.paragraph)
            if opens:
                chapter.title = block.chapter or _chapter_title(text, block.level)
                chapter.level = level
            continue
        if chapter:
            is_first = False
            yield chapter
        name = title if not opens else block.chapter or _chapter_title(text, block.level)
        chapter = _OpenChapter(name or title, level, [block.paragraph])
    if chapter:
        yield chapter


def _opens_by_itself(block: Block) -> bool:
    """Return whether a block starts a chapter in a text without headings."""
    return block.paragraph.kind is Kind.TEXT and not block.is_part


def _in_parts(blocks: Sequence[Block], title: str, language: str) -> Iterator[Chapter]:
    """Yield the parts of a text without headings, which is cut at the ends of paragraphs."""
    starts = cut_in_parts([spoken_min(block.paragraph.text) for block in blocks])
    ends = [*starts, len(blocks)]
    waiting = blocks.taken() if isinstance(blocks, PackedList) else iter(blocks)
    for number, (start, end) in enumerate(pairwise(ends), 1):
        name = part_title(number, language) if len(starts) > 1 else title
        yield Chapter(name, 1, tuple(block.paragraph for block in islice(waiting, end - start)))


def _is_above(chapter: _OpenChapter, *, join_title_page: bool) -> bool:
    """Return whether the first chapter has only the title, breaks or the lines of a title page, which do not make a chapter."""
    is_title_alone = all(paragraph.kind in (Kind.TITLE, Kind.BREAK) for paragraph in chapter.paragraphs)
    return is_title_alone or (join_title_page and may_be_title_page(chapter.paragraphs))


def _chapter_title(text: str, level: int) -> str:
    return title_text(text) if level else shorten(title_text(text), _OPENING_CHARS)
