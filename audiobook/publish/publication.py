"""What was published: the identities that must never change, and the files that are public."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import msgspec

from audiobook.errors import OutputMismatch
from audiobook.files import digest, read_whole
from audiobook.publish.guids import episode_guid, part_guid

FILE_NAME: Final = "publication.json"
FORMAT: Final = 2
_UNSEALED: Final = 1
"""The format before there was a seal; it is taken once, and written sealed by the next publishing."""
_HINT: Final = (
    "bring back a copy of it; without one, move it elsewhere and run: audiobook publish --force "
    "(podcast clients may then take every episode for a new one)"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LARGEST: Final = 1 << 53
_LANGUAGE: Final = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,8}"
_SLUG: Final = "[A-Za-z0-9_-]+"
_MADE: Final = re.compile(
    r"index\.html|feeds\.opml|assets/[0-9a-f]{8}/[A-Za-z0-9_-]+\.[a-z0-9]+"
    rf"|{_LANGUAGE}/(?:feed\.(?:xml|svg)|podcast-[0-9a-f]{{8}}\.jpg"
    rf"|{_SLUG}(?:\.vtt|\.chapters\.json|\.html|\.text\.html|\.small\.jpg"
    r"|\.read/[0-9]+\.json|\.parts/[0-9]{2,}\.(?:mp3|vtt|chapters\.json)))"
)
"""Paths of what publishing makes. Whoever forges the list can have no other file removed."""
_BUILT: Final = re.compile(rf"{_LANGUAGE}/{_SLUG}\.(?:mp3|m4b|cover-[0-9a-f]{{8}}\.jpg)")


class Episode(msgspec.Struct, frozen=True):
    """What podcast clients know an episode by; given once and kept.

    Attributes:
        guid: Its name, unique among all.
        published: When it was published first, as RFC 3339 writes it, in UTC.
    """

    guid: str
    published: str


class EpisodePart(Episode, frozen=True):
    """What podcast clients know a part of a work by.

    Attributes:
        title: What it was called last, by which it is known again.
        is_there: Whether the work has it now.
    """

    title: str
    is_there: bool = True


class Feed(msgspec.Struct, frozen=True):
    """What podcast clients know a feed by.

    Attributes:
        guid: `podcast:guid`, from the first address that it had.
        episodes: Whole works by slug, in the order in which they came.
        parts: The parts of works by slug: those that are there in their order, then those that were there once.
    """

    guid: str
    episodes: dict[str, Episode] = {}
    parts: dict[str, tuple[EpisodePart, ...]] = {}


class PublicFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that may be fetched.

    Attributes:
        length_bytes: Its length.
        sha256: Its digest.
        type: Its media type.
        made: Whether publishing made it; else it was built before.
        design: Digest of all that it was made from, for files that take long to make; else empty.
    """

    length_bytes: Annotated[int, msgspec.Meta(ge=0, le=_LARGEST)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    type: Annotated[str, msgspec.Meta(pattern="^[ -~]+$")]
    made: bool
    design: str = ""

    @property
    def remedy(self) -> str:
        """What makes it whole again, if it is not as it was published."""
        if not self.made:
            return "build and publish again: audiobook build, then audiobook publish"
        again = "publish it again: audiobook publish"
        return f"remove it and {again}" if self.design else again


class Publication(msgspec.Struct, frozen=True):
    """Everything that was published in a folder.

    Attributes:
        format: Version of this record.
        base_url: The address under which it is found.
        feeds: By language; those of languages that are no longer there are kept.
        files: By path below the folder, in the order in which they have to come: what a feed or a page names
            is there before it.
        digest: SHA-256 of the record with this field empty.
    """

    format: int = FORMAT
    base_url: str = ""
    feeds: dict[str, Feed] = {}
    files: dict[str, PublicFile] = {}
    digest: str = ""


def publication_bytes(publication: Publication) -> bytes:
    """Return a publication as it is written: sealed with its digest."""
    sealed = msgspec.structs.replace(publication, digest=_seal(publication))
    return msgspec.json.format(msgspec.json.encode(sealed), indent=1) + b"\n"


def _seal(publication: Publication) -> str:
    return digest(msgspec.json.encode(msgspec.structs.replace(publication, digest="")))


def read_publication(folder: Path) -> Publication:
    """Read what was published in a folder; an empty one where nothing was.

    Raises:
        OutputMismatch: The record is damaged, was edited, says what cannot be true, or is of another version.
        StorageError: It cannot be read.
    """
    data = read_whole(folder / FILE_NAME)
    if data is None:
        return Publication()
    try:
        publication = msgspec.json.decode(data, type=Publication)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"cannot be read: {error}", where=FILE_NAME, hint=_HINT) from error
    if publication.format not in (_UNSEALED, FORMAT):
        raise OutputMismatch(f"is of format {publication.format}, not {FORMAT}", where=FILE_NAME)
    if publication.digest != (_seal(publication) if publication.format == FORMAT else ""):
        raise OutputMismatch("is not as it was written", where=FILE_NAME, hint=_HINT)
    for path, file in publication.files.items():
        if not (_MADE if file.made else _BUILT).fullmatch(path):
            raise OutputMismatch(f"lists {path!r}, which cannot be public", where=FILE_NAME, hint=_HINT)
    _check_identities(publication)
    return publication


def _check_identities(publication: Publication) -> None:
    """Guids are those that follow from the feed's own, and no feed has that of another."""
    seen: set[str] = set()
    for language, feed in publication.feeds.items():
        if not re.fullmatch(_LANGUAGE, language):
            raise OutputMismatch(f"has a feed of {language!r}", where=FILE_NAME, hint=_HINT)
        if not _is_uuid(feed.guid) or feed.guid in seen:
            raise _wrong_guid(feed.guid)
        seen.add(feed.guid)
        for slug, episode in feed.episodes.items():
            _check(episode, {episode_guid(feed.guid, slug)})
        for slug, parts in feed.parts.items():
            # None is ever given up, so they are those of the numbers so far.
            free = {part_guid(feed.guid, slug, number) for number in range(1, len(parts) + 1)}
            for part in parts:
                _check(part, free)
                free.remove(part.guid)


def _check(episode: Episode, allowed: set[str]) -> None:
    if episode.guid not in allowed:
        raise _wrong_guid(episode.guid)
    if not _is_date(episode.published):
        raise OutputMismatch(f"has {episode.published!r} for a date", where=FILE_NAME, hint=_HINT)


def _wrong_guid(guid: str) -> OutputMismatch:
    message = f"has {guid!r} for a guid, which was not given to this feed or episode, or has it twice"
    return OutputMismatch(message, where=FILE_NAME, hint=_HINT)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        return _DATE.fullmatch(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False
