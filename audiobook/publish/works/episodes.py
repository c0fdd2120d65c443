"""What a feed lists: whole works, or parts of works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from audiobook.publish.folder import PublicFolder
from audiobook.publish.values import LONGEST_VALUE_CHARS, value
from audiobook.publish.works.chapter_episodes import Part, parts_of
from audiobook.publish.works.names import with_mark, work_titles
from audiobook.publish.works.shelf import ShelvedEdition
from audiobook.settings import PublishSettings

CAPTIONS: Final = ".vtt"
CHAPTERS: Final = ".chapters.json"


@dataclass(frozen=True, slots=True)
class Listed:
    """An episode as a feed lists it.

    Attributes:
        edition: Of which work.
        title: Different from those of all others in the feed.
        short_title: Its title below that of its work; the same as `title` for a whole work.
        audio: Path of its MP3.
        length_bytes: Length of that.
        duration_s: Its length in seconds.
        captions: Path of its captions.
        chapters: Path of its list of chapters; None where it has only one.
        number: Its number in its work, from 1; None for a whole work.
        display: How its number is shown, where it holds several chapters; else empty.
    """

    edition: ShelvedEdition
    title: str
    short_title: str
    audio: str
    length_bytes: int
    duration_s: float
    captions: str
    chapters: str | None
    number: int | None = None
    display: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it is all of its work."""
        return self.audio == f"{self.edition.folder}/{self.edition.audio.name}"


def episode_parts(edition: ShelvedEdition, settings: PublishSettings) -> tuple[Part, ...]:
    """Give the parts of a work that are episodes; none where it is one as a whole."""
    return parts_of(edition) if settings.episodes == "chapter" else ()


def listed(
    editions: Sequence[ShelvedEdition], folder: PublicFolder, settings: PublishSettings
) -> list[Listed]:
    """Give the episodes of a feed.

    Args:
        editions: What is in it.
        folder: Where their files are already.
        settings: Whether an episode is a work or a chapter.
    """
    titles = work_titles(editions)
    found: list[Listed] = []
    for edition in editions:
        title = titles[edition.slug]
        parts = episode_parts(edition, settings)
        if not parts:
            found.append(_whole(edition, title))
        if len(parts) == 1:
            found.append(replace(_whole(edition, title), number=1))
            continue
        for part in parts:
            shown = _title_of_part(title, part.title) if len(editions) > 1 else value(part.title)
            found.append(_part(edition, part, shown, folder))
    return list(_numbered(found))


def _title_of_part(work: str, part: str) -> str:
    """Give both titles in one line; the work's is cut first."""
    behind = value(part, LONGEST_VALUE_CHARS * 2 // 3)
    return f"{value(work, LONGEST_VALUE_CHARS - len(behind) - 2)}: {behind}"


def _whole(edition: ShelvedEdition, title: str) -> Listed:
    return Listed(
        edition=edition,
        title=title,
        short_title=title,
        audio=f"{edition.folder}/{edition.audio.name}",
        length_bytes=edition.audio.length_bytes,
        duration_s=edition.duration_s,
        captions=edition.path(CAPTIONS),
        chapters=edition.path(CHAPTERS) if len(edition.chapters) > 1 else None,
    )


def _part(edition: ShelvedEdition, part: Part, title: str, folder: PublicFolder) -> Listed:
    audio = part_path(edition, part, ".mp3")
    begin_s, end_s = edition.chapters[part.first].start_s, edition.chapters[part.last - 1].end_s
    has_several = part.last - part.first > 1
    return Listed(
        edition=edition,
        title=title,
        short_title=part.title,
        audio=audio,
        length_bytes=folder.files[audio].length_bytes,
        duration_s=end_s - begin_s,
        captions=part_path(edition, part, CAPTIONS),
        chapters=part_path(edition, part, CHAPTERS) if has_several else None,
        number=part.number,
        display=f"{part.first + 1}–{part.last}" if has_several else "",
    )


def part_path(edition: ShelvedEdition, part: Part, ending: str) -> str:
    """Give the path of a file of a part of a work."""
    return edition.path(f".parts/{part.number:02}{ending}")


def _numbered(episodes: Iterable[Listed]) -> Iterable[Listed]:
    """Give episodes of which no two have the same title: a chapter's second “Letter” is “Letter (2)”."""
    seen: Counter[str] = Counter()
    for episode in episodes:
        title = episode.title
        while title in seen:
            seen[episode.title] += 1
            title = with_mark(episode.title, str(seen[episode.title]))
        seen[title] += 1
        yield replace(episode, title=title)
