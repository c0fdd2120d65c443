"""Group the chapters of a work into parts, each of which is an episode."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

import msgspec

from audiobook.publish.works.matching import matching_titles
from audiobook.publish.works.shelf import ShelvedChapter, ShelvedEdition

SHORTEST_S: Final = 60.0
"""Minimum length of an episode. A shorter chapter is joined to the next one; the last chapter, to the previous one."""


class Part(msgspec.Struct, frozen=True):
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
    kept = _kept_starts(chapters, earlier)
    ends = [end for first, last in pairwise((*kept, len(chapters))) for end in _ends(chapters, first, last)]
    starts = [0, *ends[:-1]]
    return tuple(
        Part(number, _title(chapters[first:last]), first, last)
        for number, (first, last) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _kept_starts(chapters: Sequence[ShelvedChapter], earlier: Sequence[Sequence[str]]) -> list[int]:
    """Return the indices of the first chapter and of those that began a part before and are not too close to another."""
    before = [title for part in earlier for title in part]
    starts = {0, *accumulate(map(len, earlier))}
    same = matching_titles(before, (), [chapter.title for chapter in chapters])
    kept = [0]
    for index in sorted(index for index, at in same.items() if index and at in starts):
        if _length_s(chapters, kept[-1], index) >= SHORTEST_S:
            kept.append(index)
    if len(kept) > 1 and _length_s(chapters, kept[-1], len(chapters)) < SHORTEST_S:
        kept.pop()
    return kept


def _ends(chapters: Sequence[ShelvedChapter], first: int, last: int) -> list[int]:
    """Return where the parts of consecutive chapters end, the last at `last`; one part if they are too short for more."""
    ends: list[int] = []
    begin = first
    for end in range(first + 1, last + 1):
        if _length_s(chapters, begin, end) >= SHORTEST_S:
            ends.append(end)
            begin = end
    return [*ends[:-1], last]


def _length_s(chapters: Sequence[ShelvedChapter], first: int, last: int) -> float:
    # Times are sums, so the same chapter would be a little shorter at another place in the work.
    return round(chapters[last - 1].end_s - chapters[first].start_s, 3)


def _title(chapters: Sequence[ShelvedChapter]) -> str:
    titles = [chapters[0].title]
    for above, below in pairwise(chapters):
        if below.level <= above.level:
            break
        titles.append(below.title)
    return " · ".join(titles)
