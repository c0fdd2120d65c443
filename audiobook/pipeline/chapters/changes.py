"""Rename chapters, and join chapters to the one before them, as the user asks.

The changes are noted on the chapters first and made after casting, so that no other passage sounds different.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final, NamedTuple

from audiobook.document import Chapter, Kind, Paragraph, Pause, Work
from audiobook.pipeline.chapters.selection import named_chapters, refusal
from audiobook.pipeline.planning.plan import Plan
from audiobook.settings import FILE_NAME
from audiobook.sources.chapter_rules import joined

RENAMED: Final = "renamed headings"
"""The reason given for not speaking the words of a heading that a new title replaces."""
_MOST_HEADINGS: Final = 3
"""A title can be made of a number and the lines below it."""


class Origin(NamedTuple):
    """A chapter of the text, in a chapter that is read aloud.

    Attributes:
        title: Its title in the text.
        first: Index of its first paragraph in the chapter that is read aloud.
        end: Index after its last one.
    """

    title: str
    first: int
    end: int


def noted(plan: Plan, work: Work) -> Work:
    """Return a work with the changes that a plan wants noted on its chapters; see `with_changes`.

    Args:
        plan: Its plan.
        work: The work with all its chapters.

    Raises:
        UsageError: The command line names a chapter that does not exist, or nothing is before it.
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
        merged: Titles or numbers of chapters to join to the one before.
        renamed: New titles by the titles or numbers of chapters. A number decides against a title.

    Raises:
        LookupError: A chapter does not exist, or nothing is before it; the arguments are the message and the keys of the setting.
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


def with_changes(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Return chapters with their new titles, and merged.

    A merged chapter remains a chapter if everything before it is left out.
    """
    return tuple(map(_merged, _groups(chapters)))


def _groups(chapters: Sequence[Chapter]) -> list[list[Chapter]]:
    """Return chapters with those that are joined to them."""
    groups: list[list[Chapter]] = []
    for chapter in chapters:
        if chapter.is_merged and groups:
            groups[-1].append(chapter)
        else:
            groups.append([chapter])
    return groups


def _merged(group: Sequence[Chapter]) -> Chapter:
    first, *more = group
    made = renamed_chapter(first)
    for chapter in more:
        whole = joined(made, renamed_chapter(chapter))
        made = replace(whole, title=made.title) if first.new_title else whole
    return made


def origins(chapters: Sequence[Chapter]) -> tuple[tuple[Origin, ...], ...]:
    """Return which chapters of the text are in each of those that `with_changes` returns."""
    return tuple(tuple(_origins(group)) for group in _groups(chapters))


def _origins(group: Sequence[Chapter]) -> Iterator[Origin]:
    first = 0
    for chapter in group:
        end = first + len(renamed_chapter(chapter).paragraphs)
        yield Origin(chapter.title, first, end)
        first = end


def renamed_chapter(chapter: Chapter) -> Chapter:
    """Return a chapter with its new title, also in place of the heading that says the old one."""
    if not chapter.new_title:
        return chapter
    paragraphs = chapter.paragraphs
    if span := _said(chapter):
        heading = _heading(paragraphs[span], chapter.new_title)
        paragraphs = (*paragraphs[: span.start], heading, *paragraphs[span.stop :])
    return Chapter(chapter.new_title, chapter.level, paragraphs)


def _said(chapter: Chapter) -> slice | None:
    """Return the headings that say the title of a chapter; None if no heading says it."""
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
    """Return a heading that says a new title in place of other headings, with the pauses after these."""
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
