"""What was published: the identities that must never change, and the files that are public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import msgspec

from audiobook.errors import OutputMismatch
from audiobook.files import read_whole

FILE_NAME: Final = "publication.json"
FORMAT: Final = 1
_HINT: Final = "bring back a copy of it; without it, podcast clients may take every episode for a new one"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_PATH: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""How paths of public files look: below the folder, and nothing in it is hidden."""
_RECORD: Final = re.compile(r"[^/]+/[^/.]+\.json")
_BUILT: Final = re.compile(r"[^/]+/[^/.]+\.(?:mp3|m4b|cover-[0-9a-f]+\.jpg)")


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

    length_bytes: Annotated[int, msgspec.Meta(ge=0)]
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
    """

    format: int = FORMAT
    base_url: str = ""
    feeds: dict[str, Feed] = {}
    files: dict[str, PublicFile] = {}


def read_publication(folder: Path) -> Publication:
    """Read what was published in a folder; an empty one where nothing was.

    Raises:
        OutputMismatch: The record is damaged, was edited so that it cannot be true, or is of another version.
        StorageError: It cannot be read.
    """
    data = read_whole(folder / FILE_NAME)
    if data is None:
        return Publication()
    try:
        publication = msgspec.json.decode(data, type=Publication)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"cannot be read: {error}", where=FILE_NAME, hint=_HINT) from error
    if publication.format != FORMAT:
        raise OutputMismatch(f"is of format {publication.format}, not {FORMAT}", where=FILE_NAME)
    for path, file in publication.files.items():
        if not _can_be_public(path, file):
            raise OutputMismatch(f"lists {path!r}, which cannot be public", where=FILE_NAME, hint=_HINT)
    _check_identities(publication)
    return publication


def _can_be_public(path: str, file: PublicFile) -> bool:
    """Whether a path stays in the folder, and names neither a record nor, as made by publishing, what was built."""
    if not _PATH.fullmatch(path) or path == FILE_NAME or _RECORD.fullmatch(path):
        return False
    return not (file.made and _BUILT.fullmatch(path))


def _check_identities(publication: Publication) -> None:
    seen: set[str] = set()
    for guid, published in _identities(publication):
        if not _is_uuid(guid) or guid in seen:
            raise OutputMismatch(f"has {guid!r} for a guid, or has it twice", where=FILE_NAME, hint=_HINT)
        if not _is_date(published):
            raise OutputMismatch(f"has {published!r} for a date", where=FILE_NAME, hint=_HINT)
        seen.add(guid)


def _identities(publication: Publication) -> Iterator[tuple[str, str]]:
    """Give each guid with the date that belongs to it; feeds have none of their own."""
    for feed in publication.feeds.values():
        yield feed.guid, "1970-01-01T00:00:00Z"
        for parts in (feed.episodes.values(), *feed.parts.values()):
            for episode in parts:
                yield episode.guid, episode.published


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
