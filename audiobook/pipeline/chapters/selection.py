"""Keeping the chapters of a work that the user has chosen, and counting what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from msgspec.structs import replace

from audiobook.document import Chapter, Choice, Work, chapters_of, count_chars
from audiobook.errors import AudiobookError, SourceError, UsageError
from audiobook.pipeline.texts.catalog import Catalog
from audiobook.ranges import parse_ranges
from audiobook.settings import EVERY_WORK, FILE_NAME, Settings, line_of

NOT_CHOSEN: Final = "chapters not chosen"
"""The reason given for leaving out chapters that were not chosen."""
_PLAIN: Final = Settings()
_MOST_NAMED: Final = 12
_TITLE_CHARS: Final = 40


def effective_choice(given: Choice, work: Work) -> tuple[Choice, str]:
    """Return the choice of chapters that applies to a work, and where it was made, for messages.

    Args:
        given: The choice on the command line or in the settings. If it is empty, the choice in the text applies.
        work: The work as read.
    """
    if given != Choice():
        return given, FILE_NAME
    return work.metadata.choice, work.metadata.choice_where


def unused_choices(settings: Settings, catalog: Catalog) -> Iterator[str]:
    """Yield a message for each work that is named in the settings and does not exist.

    Args:
        settings: Project settings.
        catalog: All texts of the project.
    """
    slugs = {edition.slug for edition in catalog.editions}
    for name in sorted(settings.works.keys() - slugs - {EVERY_WORK}):
        near = get_close_matches(name.lower(), slugs, n=1)
        hint = f"did you mean {near[0]}?" if near else "`audiobook list` shows the names"
        yield f"{FILE_NAME}: [works.{name}] is not used, because no work has that name ({hint})"


def select_chapters(work: Work, choice: Choice, *, where: str, settings: Settings = _PLAIN) -> Work:
    """Return a work with the chosen chapters only. The characters of the others are counted as left out.

    Args:
        work: The work as read.
        choice: The chapters to keep.
        where: Where the choice was made, for messages.
        settings: The settings. They show whether the choice was made on the command line, or on which of their lines.

    Raises:
        UsageError: The command line names a chapter that does not exist, or leaves no chapter.
        SourceError: The settings or the text do this.
    """
    if choice == Choice():
        return work
    try:
        kept = chosen_numbers(work.chapters, choice)
    except LookupError as error:
        message, *key = error.args
        if settings.are_chapters_flagged:
            raise refusal(message, work, None) from error
        raise refusal(message, work, where, settings, *key) from error
    left = sum(_chars(chapter) for number, chapter in enumerate(work.chapters, 1) if number not in kept)
    chapters = chapters_of(chapter for number, chapter in enumerate(work.chapters, 1) if number in kept)
    skipped = {**work.skipped_chars, NOT_CHOSEN: left} if left else work.skipped_chars
    return replace(work, chapters=chapters, skipped_chars=skipped)


def chosen_numbers(chapters: Sequence[Chapter], choice: Choice) -> set[int]:
    """Return the numbers, from 1, of the chosen chapters.

    A number selects one chapter. A title selects every chapter with this title, and the chapters below it.

    Raises:
        LookupError: A chapter does not exist, or no chapter is left. The arguments are the message and the name of the
            setting.
    """
    numbers = range(1, len(chapters) + 1)
    kept = set(numbers)
    if ranges := parse_ranges(choice.chapters):
        for first, last in ranges:
            for number in {first, last or first}:
                if number > len(chapters):
                    raise LookupError(f"there is no chapter {number}", "chapters")
        kept = {
            number
            for number in numbers
            if any(first <= number and (last is None or number <= last) for first, last in ranges)
        }
    for name in choice.skip:
        try:
            kept -= _with_those_below(chapters, name)
        except LookupError as error:
            raise LookupError(*error.args, "skip") from error
    if not kept:
        raise LookupError("no chapter is left to read aloud", "skip" if choice.skip else "chapters")
    return kept


def named_chapters(chapters: Sequence[Chapter], name: str) -> set[int]:
    """Return the numbers, from 1, of the chapters with a title; if there are none, the chapter with this number.

    Raises:
        LookupError: There is no such chapter; the argument is the message.
    """
    found = {number for number, chapter in enumerate(chapters, 1) if _plain(chapter.title) == _plain(name)}
    if not found and name.strip().isdecimal() and 1 <= int(name) <= len(chapters):
        found.add(int(name))
    if not found:
        raise LookupError(f"there is no chapter “{name}”")
    return found


def _with_those_below(chapters: Sequence[Chapter], name: str) -> set[int]:
    """Return the numbers of the chapters with a title and of the chapters below them; or the chapter with this number."""
    found = named_chapters(chapters, name)
    for number in sorted(found):
        if _plain(chapters[number - 1].title) == _plain(name):
            for below in range(number + 1, len(chapters) + 1):
                if chapters[below - 1].level <= chapters[number - 1].level:
                    break
                found.add(below)
    return found


def _plain(title: str) -> str:
    """Return a title for comparison, without regard to case, spaces and a final full stop."""
    return " ".join(title.split()).casefold().rstrip(".")


def _chars(chapter: Chapter) -> int:
    return sum(count_chars(paragraph.text) for paragraph in chapter.paragraphs)


def refusal(
    message: str, work: Work, where: str | None, settings: Settings = _PLAIN, *keys: str
) -> AudiobookError:
    """Return the error for a choice of chapters that does not fit, with a hint that lists the existing chapters.

    Args:
        message: What does not fit, without the name of the work.
        work: The work with all its chapters.
        where: Where the choice was made; None for the command line.
        settings: The settings, to find the line on which the choice was made.
        keys: Keys of the setting, below the table of the work.
    """
    titles = [
        f"{number} “{_short(chapter.title)}”" for number, chapter in enumerate(work.chapters[:_MOST_NAMED], 1)
    ]
    more = f", … {len(work.chapters)}" if len(work.chapters) > _MOST_NAMED else ""
    hint = f"chapters: {', '.join(titles)}{more} (`audiobook list {work.slug}` shows all)"
    if where is None:
        return UsageError(f"{message} in {work.name}", hint=hint)
    if where == FILE_NAME:
        message, where = f"{message} in {work.name}", line_of(settings, "works", work.slug, *keys) or where
    return SourceError(message, where=where, hint=hint)


def _short(title: str) -> str:
    return title if len(title) <= _TITLE_CHARS else f"{title[: _TITLE_CHARS - 1].rstrip()}…"
