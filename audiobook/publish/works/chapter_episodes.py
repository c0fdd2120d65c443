"""Chapters to the parts that are episodes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from audiobook.publish.works.shelf import ShelvedChapter, ShelvedEdition

SHORTEST_S: Final = 60.0
"""A chapter that is shorter is no episode: it goes with the next one, the last with the one before."""


@dataclass(frozen=True, slots=True)
class Part:
    """Chapters that are one episode.

    Attributes:
        number: From 1.
        title: Its own, short one.
        first: Index of its first chapter.
        last: One past the index of its last.
    """

    number: int
    title: str
    first: int
    last: int


def parts_of(edition: ShelvedEdition) -> tuple[Part, ...]:
    """Divide a work into parts; at least one, which it is as a whole where it has no chapters of its own.

    A part has the title of its first chapter. Where that stands above the next one, as "Book Two" above its first
    chapter, it has both.

    Args:
        edition: The work.
    """
    chapters = edition.chapters
    if not edition.is_divided:
        return (Part(1, edition.title, 0, len(chapters)),)
    ends: list[int] = []
    begin_s = 0.0
    for number, chapter in enumerate(chapters, 1):
        if chapter.end_s - begin_s >= SHORTEST_S:
            ends.append(number)
            begin_s = chapter.end_s
    ends = [*ends[:-1], len(chapters)] if ends else [len(chapters)]
    starts = [0, *ends[:-1]]
    return tuple(
        Part(number, _title(chapters[first:last]), first, last)
        for number, (first, last) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _title(chapters: Sequence[ShelvedChapter]) -> str:
    titles = [chapters[0].title]
    for above, below in pairwise(chapters):
        if below.level <= above.level:
            break
        titles.append(below.title)
    return " · ".join(titles)
