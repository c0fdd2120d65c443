"""Group the chapters of a work into parts, each of which is an episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from audiobook.publish.works.matching import matching_titles
from audiobook.publish.works.shelf import ShelvedChapter, ShelvedEdition

SHORTEST_S: Final = 60.0
"""Minimum length of an episode. A shorter chapter is joined to the next one; the last chapter, to the previous one."""


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive chapters that form one episode.

    Attributes:
        number: Number of the part in its work, from 1.
        title: Title of the part, without the title of the work.
        first: Index of the first chapter, from 0.
        last: Index after the last chapter.
    """

    number: int
    title: str
    first: int
    last: int


def parts_of(edition: ShelvedEdition, earlier: Sequence[Sequence[str]] = ()) -> tuple[Part, ...]:
    """Return the parts of a work, in order: one part if the text has no chapters of its own.

    Chapters that began a part before still do, if they can, so that a new chapter among short ones does not move all
    later ones to other episodes.

    A part is named after its first chapter. If that chapter contains the next one ("Book Two" and its first chapter),
    both titles are joined: "Book Two · Chapter 1".

    Args:
        edition: The work.
        earlier: The titles of the chapters of each part in the last publication, in order.
    """
    chapters = edition.chapters
    if not edition.is_divided:
        return (Part(1, edition.title, 0, len(chapters)),)
    ends: list[int] = []
    begin = 0
    for end in (*_kept_starts([chapter.title for chapter in chapters], earlier), len(chapters)):
        found = _ends(chapters, begin, end)
        if found:
            ends += found
            begin = end
    ends = [*ends[:-1], len(chapters)]
    starts = [0, *ends[:-1]]
    return tuple(
        Part(number, _title(chapters[first:last]), first, last)
        for number, (first, last) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _kept_starts(titles: Sequence[str], earlier: Sequence[Sequence[str]]) -> list[int]:
    """Return the indices of chapters that began a part before, without the first chapter."""
    before = [title for part in earlier for title in part]
    starts = {0, *accumulate(map(len, earlier))}
    return [
        index for index, at in sorted(matching_titles(before, (), titles).items()) if index and at in starts
    ]


def _ends(chapters: Sequence[ShelvedChapter], first: int, last: int) -> list[int]:
    """Return where the parts of consecutive chapters end, the last at `last`; nothing if they are too short for one."""
    ends: list[int] = []
    begin_s = chapters[first - 1].end_s if first else 0.0
    for number, chapter in enumerate(chapters[first:last], first + 1):
        if chapter.end_s - begin_s >= SHORTEST_S:
            ends.append(number)
            begin_s = chapter.end_s
    return [*ends[:-1], last] if ends else []


def _title(chapters: Sequence[ShelvedChapter]) -> str:
    titles = [chapters[0].title]
    for above, below in pairwise(chapters):
        if below.level <= above.level:
            break
        titles.append(below.title)
    return " · ".join(titles)
