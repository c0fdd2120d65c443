"""The chapter list of an episode, as JSON for podcast apps.

Source: Podcasting 2.0, JSON chapters format 1.2.0.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from audiobook.publish.works.shelf import ShelvedChapter


class _Chapter(msgspec.Struct, frozen=True, rename="camel"):
    start_time: float
    end_time: float
    title: str


class _ChapterList(msgspec.Struct, frozen=True):
    version: str
    title: str
    author: str
    chapters: tuple[_Chapter, ...]


def chapter_list(title: str, authors: Sequence[str], chapters: Sequence[ShelvedChapter]) -> bytes:
    """Return the chapter list of an episode as a JSON file.

    Args:
        title: Title of the episode.
        authors: Authors of the work; may be empty.
        chapters: Consecutive chapters of the episode; at least one. In the file, times are in seconds from the start
            of the first, to the millisecond.
    """
    begin = chapters[0].start_s
    entries = (
        _Chapter(round(chapter.start_s - begin, 3), round(chapter.end_s - begin, 3), chapter.title)
        for chapter in chapters
    )
    return msgspec.json.encode(_ChapterList("1.2.0", title, ", ".join(authors), tuple(entries)))
