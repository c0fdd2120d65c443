"""The episodes of a feed: whole works, or parts of works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.publish.folder import PublicFolder
from audiobook.publish.publication import Feed
from audiobook.publish.values import LONGEST_VALUE_CHARS, value
from audiobook.publish.works.chapter_episodes import Part, parts_of
from audiobook.publish.works.names import with_mark, work_titles
from audiobook.publish.works.shelf import ShelvedEdition
from audiobook.settings import PublishSettings

PartPaths = Mapping[str, Sequence[str]]
"""Paths of each work's parts, in order, by the path of the work; all without extensions."""
CHAPTERS: Final = ".chapters.json"


class FeedEpisode(msgspec.Struct, frozen=True):
    """An episode of a feed. Paths are relative to the publication's folder.

    Attributes:
        edition: The work that the episode belongs to.
        title: Title, unique in the feed.
        short_title: Title without the work's; the same as `title` for a whole work.
        audio: Path of the MP3.
        length_bytes: Length of the MP3 in bytes.
        duration_s: Duration in seconds.
        start_s: Start in seconds from the start of the work.
        captions: Path of the captions without the extension, `.vtt` or `.srt`.
        chapters: Path of the chapter list; None if the episode has only one chapter.
        number: Number within the work, from 1; None if episodes are whole works.
        display: The numbers of its chapters, such as "3–5"; empty if the episode has only one.
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


def episode_parts(
    edition: ShelvedEdition, settings: PublishSettings, feeds: Mapping[str, Feed]
) -> tuple[Part, ...]:
    """Return the parts of a work that are episodes; empty if episodes are whole works.

    Args:
        edition: The work.
        settings: The `[publish]` settings; `episodes` is used.
        feeds: Identities of all feeds and episodes, by language, of the last publication or of this one.
    """
    if settings.episodes != "chapter":
        return ()
    language, slug = edition.identity
    known = feeds[language].parts.get(slug, ()) if language in feeds else ()
    earlier = [part.chapters for part in known if part.is_there]
    # Earlier versions did not note the chapters.
    return parts_of(edition, earlier if all(earlier) else ())


def feed_episodes(
    editions: Sequence[ShelvedEdition],
    folder: PublicFolder,
    part_paths: PartPaths,
    settings: PublishSettings,
    feeds: Mapping[str, Feed],
) -> list[FeedEpisode]:
    """Return the episodes of a feed, in the order of the works and their chapters.

    Args:
        editions: The works of one feed.
        folder: The folder to publish into, which already contains the MP3s of the parts.
        part_paths: The paths of these MP3s; only works with at least two parts have any.
        settings: The `[publish]` settings; `episodes` decides whether an episode is a work or a chapter.
        feeds: Identities of all feeds and episodes, by language.
    """
    titles = work_titles(editions)
    found: list[FeedEpisode] = []
    for edition in editions:
        title = titles[edition.path("")]
        parts = episode_parts(edition, settings, feeds)
        if len(parts) < 2:
            found.append(replace(_whole(edition, title), number=1 if parts else None))
            continue
        for part, path in zip(parts, part_paths[edition.path("")], strict=True):
            shown = _title_of_part(title, part.title) if len(editions) > 1 else value(part.title)
            found.append(_part(edition, part, shown, path, folder))
    return list(_numbered(found))


def _title_of_part(work: str, part: str) -> str:
    """Return "work: part" in at most 255 characters. The title of the work is shortened first."""
    part_title = value(part, LONGEST_VALUE_CHARS * 2 // 3)
    return f"{value(work, LONGEST_VALUE_CHARS - len(part_title) - 2)}: {part_title}"


def _whole(edition: ShelvedEdition, title: str) -> FeedEpisode:
    return FeedEpisode(
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


def _part(edition: ShelvedEdition, part: Part, title: str, path: str, folder: PublicFolder) -> FeedEpisode:
    audio = f"{path}.mp3"
    chapters = edition.chapters
    begin_s, end_s = chapters[part.first].start_s, chapters[part.last - 1].end_s
    has_several = part.last - part.first > 1
    return FeedEpisode(
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


def _numbered(episodes: Iterable[FeedEpisode]) -> Iterable[FeedEpisode]:
    """Yield episodes with unique titles: a second chapter called “Letter” becomes “Letter (2)”."""
    seen: Counter[str] = Counter()
    for episode in episodes:
        title = episode.title
        while title in seen:
            seen[episode.title] += 1
            title = with_mark(episode.title, str(seen[episode.title]))
        seen[title] += 1
        yield replace(episode, title=title)
