"""Renaming chapters and merging chapters with the previous one, as the user asks.

The changes are first only noted on the chapters, and applied after voices have been chosen, so that other passages keep
their sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Paragraph, Pause, Work, chapters_of
from audiobook.pipeline.chapters.selection import named_chapters, refusal
from audiobook.pipeline.planning.plan import Plan
from audiobook.settings import FILE_NAME
from audiobook.sources.chapter_rules import joined

RENAMED: Final = "renamed headings"
"""The reason given for leaving out the words of a heading that a new title replaces."""
_MOST_HEADINGS: Final = 3
"""How many adjacent headings can make up a title: a number and the lines below it."""


class Origin(NamedTuple):
    """A chapter of the text, as part of a chapter that is read aloud.

    Attributes:
        title: Title of the chapter in the text.
        first: Index of its first paragraph in the chapter that is read aloud.
        end: Index after its last paragraph there.
    """

    title: str
    first: int
    end: int


def noted(plan: Plan, work: Work) -> Work:
    """Return a work with the changes of its plan noted on its chapters; `with_changes` applies them.

    Args:
        plan: The plan of the work.
        work: The work with all its chapters.

    Raises:
        UsageError: The command line names a chapter that does not exist, or that has no chapter before it to merge with.
        SourceError: The settings name such a chapter.
    """
    merged, renamed = plan.inputs.merged_chapters, plan.inputs.renamed_chapters
    if not merged and not renamed:
        return work
    try:
        chapters = noted_chapters(work.chapters, merged, renamed)
    except LookupError as error:
        message, *keys = error.args
        where = None if plan.settings.are_changes_flagged else FILE_NAME
        raise refusal(message, work, where, plan.settings, *keys) from error
    return replace(work, chapters=chapters)


def noted_chapters(
    chapters: Sequence[Chapter], merged: Sequence[str], renamed: Mapping[str, str]
) -> tuple[Chapter, ...]:
    """Return all chapters of a text with changes noted on them.

    Args:
        chapters: The chapters as read.
        merged: Titles or numbers of chapters to merge with the previous one.
        renamed: New titles by the titles or numbers of chapters. A number takes precedence over a title.

    Raises:
        LookupError: A chapter does not exist, or has no chapter before it. The arguments are the message and the keys of
            the setting.
    """
    made = list(chapters)
    for name, title in sorted(renamed.items(), key=lambda item: item[0].strip().isdecimal()):
        for number in _named(chapters, name, "rename", name):
            made[number - 1] = replace(made[number - 1], new_title=title)
    for name in merged:
        found = _named(chapters, name, "merge")
        if 1 in found:
            raise LookupError(f"nothing comes before chapter “{name}”", "merge")
        for number in found:
            made[number - 1] = replace(made[number - 1], is_merged=True)
    return tuple(made)


def _named(chapters: Sequence[Chapter], name: str, *keys: str) -> set[int]:
    try:
        return named_chapters(chapters, name)
    except LookupError as error:
        raise LookupError(*error.args, *keys) from error


def with_changes(chapters: Sequence[Chapter]) -> Sequence[Chapter]:
    """Return chapters with the noted changes applied: renamed and merged.

    The first chapter is never merged, even if the chapters before it are left out.
    """
    if not any(chapter.new_title or chapter.is_merged for chapter in chapters):
        return chapters
    return chapters_of(map(_merged, _groups(chapters)))


def _groups(chapters: Iterable[Chapter]) -> Iterator[list[Chapter]]:
    """Yield groups of chapters, each of which is merged into one."""
    group: list[Chapter] = []
    for chapter in chapters:
        if group and not chapter.is_merged:
            yield group
            group = []
        group.append(chapter)
    if group:
        yield group


def _merged(group: Sequence[Chapter]) -> Chapter:
    first, *more = group
    made = renamed_chapter(first)
    for chapter in more:
        whole = joined(made, renamed_chapter(chapter))
        made = replace(whole, title=made.title) if first.new_title else whole
    return made


def origins(chapters: Sequence[Chapter]) -> tuple[tuple[Origin, ...], ...]:
    """Return the chapters of the text in each chapter that `with_changes` returns."""
    return tuple(tuple(_origins(group)) for group in _groups(chapters))


def _origins(group: Sequence[Chapter]) -> Iterator[Origin]:
    first = 0
    for chapter in group:
        end = first + len(renamed_chapter(chapter).paragraphs)
        yield Origin(chapter.title, first, end)
        first = end


def renamed_chapter(chapter: Chapter) -> Chapter:
    """Return a chapter with its new title, which also replaces the headings with the old one."""
    if not chapter.new_title:
        return chapter
    paragraphs = chapter.paragraphs
    if span := _title_headings(chapter):
        heading = _heading(paragraphs[span], chapter.new_title)
        paragraphs = (*paragraphs[: span.start], heading, *paragraphs[span.stop :])
    return Chapter(chapter.new_title, chapter.level, paragraphs)


def _title_headings(chapter: Chapter) -> slice | None:
    """Return the headings that together are the title of a chapter; None if there are none."""
    paragraphs, title = chapter.paragraphs, _letters(chapter.title)
    for start, first in enumerate(paragraphs):
        if first.kind is Kind.HEADING:
            run = [*takewhile(_is_heading, paragraphs[start : start + _MOST_HEADINGS])]
            for count in range(1, len(run) + 1):
                if "".join(_letters(each.text) for each in run[:count]) == title:
                    return slice(start, start + count)
    return None


def _is_heading(paragraph: Paragraph) -> bool:
    return paragraph.kind is Kind.HEADING


def _heading(before: Sequence[Paragraph], title: str) -> Paragraph:
    """Return a heading with a new title that replaces other headings, and keeps the pauses after them."""
    first, last = before[0], before[-1]
    pauses = [pause for pause in last.pauses if pause.offset == len(last.text)]
    return Paragraph(
        title,
        Kind.HEADING,
        first.lines[:1],
        first.place,
        pauses=tuple(Pause(len(title), pause.length_ms) for pause in pauses),
        voice=first.voice,
        pictures=tuple(picture for paragraph in before for picture in paragraph.pictures),
        is_added=True,
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
