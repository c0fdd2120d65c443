"""What was published: the identities that must never change, and the files that are public."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import OutputMismatch
from audiobook.files import storage_error

FILE_NAME: Final = "publication.json"
FORMAT: Final = 1


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

    length_bytes: int
    sha256: str
    type: str
    made: bool
    design: str = ""


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
        OutputMismatch: The record is damaged, or of another version.
        StorageError: It cannot be read.
    """
    path = folder / FILE_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Publication()
    except OSError as error:
        raise storage_error(error, path, "reading") from error
    hint = "bring back a copy of it; without it, podcast clients may take every episode for a new one"
    try:
        publication = msgspec.json.decode(data, type=Publication)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"cannot be read: {error}", where=FILE_NAME, hint=hint) from error
    if publication.format != FORMAT:
        raise OutputMismatch(f"is of format {publication.format}, not {FORMAT}", where=FILE_NAME)
    return publication
