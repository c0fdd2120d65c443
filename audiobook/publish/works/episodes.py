"""The episodes of a feed: whole works, or parts of works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from audiobook.publish.folder import PublicFolder
from audiobook.publish.values import LONGEST_VALUE_CHARS, value
from audiobook.publish.works.chapter_episodes import Part, parts_of
from audiobook.publish.works.names import with_mark, work_titles
from audiobook.publish.works.shelf import ShelvedEdition
from audiobook.settings import PublishSettings

Cuttings = Mapping[str, Sequence[str]]
"""Paths of the parts of works without their endings, in order, by the path of the work without its ending."""
CHAPTERS: Final = ".chapters.json"


@dataclass(frozen=True, slots=True)
class Listed:
    """An episode as a feed lists it. Paths are relative to the publication's folder.

    Attributes:
        edition: The work that the episode belongs to.
        title: Title, unique in the feed.
        short_title: Title without that of the work; the same as `title` for a whole work.
        audio: Path of the MP3.
        length_bytes: Length of the MP3 in bytes.
        duration_s: Duration in seconds.
        start_s: Start within the work, in seconds.
        captions: Path of the captions without their endings, `.vtt` and `.srt`.
        chapters: Path of the chapter list; None if the episode has only one chapter.
        number: Number within the work, from 1; None if episodes are whole works.
        display: The numbers of the chapters, such as "3–5", if there are several; otherwise empty.
    """

    edition: ShelvedEdition
    title: str
    short_title: str
    audio: str
    length_bytes: int
    duration_s: float
    start_s: float
    captions: str
    chapters: str | None
    number: int | None = None
    display: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the episode is the whole work."""
        return self.audio == f"{self.edition.sound}.mp3"


def episode_parts(edition: ShelvedEdition, settings: PublishSettings) -> tuple[Part, ...]:
    """Return the parts of a work that are episodes; empty if episodes are whole works."""
    return parts_of(edition) if settings.episodes == "chapter" else ()


def listed(
    editions: Sequence[ShelvedEdition], folder: PublicFolder, cuttings: Cuttings, settings: PublishSettings
) -> list[Listed]:
    """Return the episodes of a feed, in order.

    Args:
        editions: The works of one feed.
        folder: The folder that already has the files of their parts.
        cuttings: The paths of these files.
        settings: The `[publish]` settings; `episodes` decides whether an episode is a work or a chapter.
    """
    titles = work_titles(editions)
    found: list[Listed] = []
    for edition in editions:
        title = titles[edition.path("")]
        parts = episode_parts(edition, settings)
        if len(parts) < 2:
            found.append(replace(_whole(edition, title), number=1 if parts else None))
            continue
        for part, path in zip(parts, cuttings[edition.path("")], strict=True):
            shown = _title_of_part(title, part.title) if len(editions) > 1 else value(part.title)
            found.append(_part(edition, part, shown, path, folder))
    return list(_numbered(found))


def _title_of_part(work: str, part: str) -> str:
    """Return the titles of a work and a part on one line; the work's is shortened first."""
    behind = value(part, LONGEST_VALUE_CHARS * 2 // 3)
    return f"{value(work, LONGEST_VALUE_CHARS - len(behind) - 2)}: {behind}"


def _whole(edition: ShelvedEdition, title: str) -> Listed:
    return Listed(
        edition=edition,
        title=title,
        short_title=title,
        audio=f"{edition.sound}.mp3",
        length_bytes=edition.public_audio.length_bytes,
        duration_s=edition.duration_s,
        start_s=0.0,
        captions=edition.sound,
        chapters=f"{edition.sound}{CHAPTERS}" if len(edition.chapters) > 1 else None,
    )


def _part(edition: ShelvedEdition, part: Part, title: str, path: str, folder: PublicFolder) -> Listed:
    audio = f"{path}.mp3"
    begin_s, end_s = edition.chapters[part.first].start_s, edition.chapters[part.last - 1].end_s
    has_several = part.last - part.first > 1
    return Listed(
        edition=edition,
        title=title,
        short_title=part.title,
        audio=audio,
        length_bytes=folder.files[audio].length_bytes,
        duration_s=end_s - begin_s,
        start_s=begin_s,
        captions=path,
        chapters=f"{path}{CHAPTERS}" if has_several else None,
        number=part.number,
        display=f"{part.first + 1}–{part.last}" if has_several else "",
    )


def _numbered(episodes: Iterable[Listed]) -> Iterable[Listed]:
    """Yield episodes with unique titles: a second chapter called “Letter” becomes “Letter (2)”."""
    seen: Counter[str] = Counter()
    for episode in episodes:
        title = episode.title
        while title in seen:
            seen[episode.title] += 1
            title = with_mark(episode.title, str(seen[episode.title]))
        seen[title] += 1
        yield replace(episode, title=title)
