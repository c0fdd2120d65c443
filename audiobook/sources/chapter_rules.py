"""Cutting long chapters, joining short ones and leaving out their titles, by the user's rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Final

from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Paragraph, chapters_of, count_chars, is_speakable
from audiobook.sources.base import ChapterRules
from audiobook.sources.parts import cut_in_parts, spoken_min

TITLES: Final = "titles"
_LONGEST_TITLE_CHARS: Final = 190


def shape_chapters(chapters: Iterable[Chapter], rules: ChapterRules) -> tuple[Sequence[Chapter], int]:
    """Apply the user's rules to the chapters of a work.

    Args:
        chapters: In reading order.
        rules: What the user wants.

    Returns:
        The chapters, and the number of characters in titles that are not spoken.
    """
    if rules.merge_min:
        chapters = _merged(chapters, rules.merge_min)
    if rules.split_min:
        most_min = rules.split_min
        chapters = (part for chapter in chapters for part in _split(chapter, most_min))
    if rules.say_titles:
        return chapters_of(chapters), 0
    shaped = chapters_of(chapters)
    silent = chapters_of(map(_without_titles, shaped))
    return silent, sum(map(_chars, shaped)) - sum(map(_chars, silent))


def _minutes(chapter: Chapter) -> float:
    return sum(spoken_min(paragraph.text) for paragraph in chapter.paragraphs)


def _chars(chapter: Chapter) -> int:
    return sum(count_chars(paragraph.text) for paragraph in chapter.paragraphs)


def _merged(chapters: Iterable[Chapter], least_min: float) -> list[Chapter]:
    """Join each short chapter to the next one, and a short last one to the one before."""
    merged: list[Chapter] = []
    for chapter in chapters:
        if merged and _minutes(merged[-1]) < least_min:
            merged[-1] = joined(merged[-1], chapter)
        else:
            merged.append(chapter)
    if len(merged) > 1 and _minutes(merged[-1]) < least_min:
        last = merged.pop()
        merged[-1] = joined(merged[-1], last)
    return merged


def joined(one: Chapter, other: Chapter) -> Chapter:
    """Return two chapters as one, with the title of the first, or of both if the first has no text of its own."""
    only_titles = all(paragraph.kind is not Kind.TEXT for paragraph in one.paragraphs)
    both = f"{one.title}: {other.title}"
    title = both if only_titles and len(both) <= _LONGEST_TITLE_CHARS else one.title
    return Chapter(title, min(one.level, other.level), one.paragraphs + other.paragraphs)


def _split(chapter: Chapter, most_min: float) -> Iterator[Chapter]:
    """Cut a long chapter into parts of about equal length at the ends of paragraphs."""
    minutes = [spoken_min(paragraph.text) for paragraph in chapter.paragraphs]
    starts = cut_in_parts(minutes, ceil(sum(minutes) / most_min))
    starts = [at for at in starts if not at or _may_begin(chapter.paragraphs, at)]
    ends = [*starts[1:], len(chapter.paragraphs)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        title = chapter.title if number == 1 else f"{chapter.title[:_LONGEST_TITLE_CHARS]} ({number})"
        yield Chapter(title, chapter.level, chapter.paragraphs[start:end])


def _may_begin(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """Return whether a part can begin at a paragraph: it has words and does not follow its own heading."""
    return is_speakable(paragraphs[at].text) and paragraphs[at - 1].kind not in (Kind.HEADING, Kind.TITLE)


def _without_titles(chapter: Chapter) -> Chapter:
    kept = tuple(paragraph for paragraph in chapter.paragraphs if paragraph.kind is not Kind.HEADING)
    return replace(chapter, paragraphs=kept) if any(is_speakable(each.text) for each in kept) else chapter
