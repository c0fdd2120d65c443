"""The record of a publication: the identities that must never change, and the public files."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from audiobook.errors import OutputMismatch
from audiobook.files import digest, read_whole
from audiobook.publish.guids import episode_guid, part_guid

FILE_NAME: Final = "publication.json"
FORMAT: Final = 5
_UNSEALED: Final = 1
"""The format without a seal."""
_READ: Final = (_UNSEALED, 2, 3, 4, FORMAT)
"""Formats that are accepted. The next `publish` writes the list in the current one."""
_HINT: Final = (
    "restore a copy of it; if you have none, move it elsewhere and run: audiobook publish --force "
    "(podcast apps may then show every episode as new)"
)
_NO_FILES: Final = b'"files":{}'
_NO_FILES_SHOWN: Final = b'"files": {}'
_ENTRIES_BEGIN: Final = b'{\n "files": {\n'
_ENTRIES_END: Final = b"\n }\n}"
_ENCODED_AT_ONCE: Final = 200
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LARGEST: Final = 1 << 53
_LANGUAGE: Final = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,8}(?:-[xX](?:-[A-Za-z0-9]{1,8}){1,4})?"
_SLUG: Final = "[A-Za-z0-9_-]+"
_PART: Final = "[0-9]{2,}(?:-[a-z0-9]+)*"
"""What follows the slug in the name of a part: its first number and title, such as `03-the-kitchen`."""
_MADE: Final = re.compile(
    rf"""
      index\.html
    | feeds\.opml
    | manifest\.webmanifest
    | offline\.js
    | assets/[0-9a-f]{{8}}/[A-Za-z0-9_-]+\.[a-z0-9]+   # assets/0123abcd/player.js
    | {_LANGUAGE}/
      (?: feed\.(?:xml|svg)                            # en/feed.xml
        | podcast-[0-9a-f]{{8}}\.jpg                   # en/podcast-0123abcd.jpg
        | (?P<slug>{_SLUG})
          (?: \.vtt | \.chapters\.json | \.html | \.text\.html | \.small\.jpg      # en/essay.html
            | \.feed\.(?:xml|svg)                                    # en/essay.feed.xml
            | \.read/[0-9]+(?:-[0-9a-f]{{8}})?\.json                 # en/essay.read/0-0123abcd.json
            | \.read/[0-9a-f]{{8}}-[0-9a-f]{{8}}\.(?:jpg|png)         # en/essay.read/0123abcd-4567cdef.jpg
            | \.sound/(?P=slug)-[0-9a-f]{{8}}                        # en/essay.sound/essay-0123abcd.mp3
              \.(?:mp3|m4b|vtt|srt|chapters\.json)
            | \.parts/
              (?: [0-9]{{2,}}                                    # formats 1 and 2: en/essay.parts/01.mp3
                | {_SLUG}-{_PART}-[0-9a-f]{{8}}                  # en/essay.parts/essay-01-chairs-0123abcd.mp3
              )
              \.(?:mp3|vtt|srt|chapters\.json)
          )
      )
    """,
    re.VERBOSE,
)
"""Paths that `publish` writes. It removes no other file, even if a forged list names one."""
_WORK: Final = re.compile(f"{_LANGUAGE}/{_SLUG}")
_BUILT: Final = re.compile(rf"{_LANGUAGE}/{_SLUG}\.(?:mp3|m4b|vtt|cover-[0-9a-f]{{8}}\.jpg)")


class Episode(msgspec.Struct, frozen=True):
    """The identity of an episode in podcast apps; assigned once and never changed.

    Attributes:
        guid: Globally unique identifier.
        published: When it was first published: RFC 3339, in UTC.
    """

    guid: str
    published: str


class EpisodePart(Episode, frozen=True):
    """The identity of a part of a work in podcast apps.

    Attributes:
        title: Its latest title, used to recognise the part.
        is_there: Whether the work currently has this part.
        name: What the names of its files begin with: the slug of the work, and the part's number and title when
            it was first published. Empty if it was last published in format 1 or 2.
        chapters: The titles of its chapters. Empty if it was last published in a format before 5.
    """

    title: str
    is_there: bool = True
    name: str = ""
    chapters: tuple[str, ...] = ()


class Feed(msgspec.Struct, frozen=True):
    """The identity of a language's feed, and of its works and their feeds, in podcast apps.

    Attributes:
        guid: `podcast:guid`, derived from the feed's first address.
        episodes: Whole works by slug, in the order they were first published.
        parts: The parts of each work by slug: current parts in order, then former ones.
        books: The `podcast:guid` of each work's own feed by slug, derived from that feed's first address.
        works: The works that are or were listed in the feed, such as `en/essay`, in the order they were first listed.
            Their numbers are those of their seasons. Empty in formats before 4, in which a feed lists its own works.
        is_joined: Whether another feed lists the works: that of the language without its region.
    """

    guid: str
    episodes: dict[str, Episode] = {}
    parts: dict[str, tuple[EpisodePart, ...]] = {}
    books: dict[str, str] = {}
    works: tuple[str, ...] = ()
    is_joined: bool = False


class Move(msgspec.Struct, frozen=True):
    """A work that is published under another identity than that of its path, or that had other paths before.

    Attributes:
        identity: The path, such as `en/essay`, at which it was first published. Its identity in feeds is that of this
            path.
        addresses: The paths at which it was published before, in order of time.
    """

    identity: str
    addresses: tuple[str, ...] = ()


class PublicFile(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A public file.

    Attributes:
        length_bytes: Length in bytes.
        sha256: SHA-256 digest, in hexadecimal.
        type: Media type.
        made: Whether `publish` made it; if not, `build` did.
        design: Digest of its inputs, for files that take long to make; empty for others.
        superseded: The day since which nothing new refers to it, as `YYYY-MM-DD`; empty if something does.
    """

    length_bytes: Annotated[int, msgspec.Meta(ge=0, le=_LARGEST)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    type: Annotated[str, msgspec.Meta(pattern="^[ -~]+$")]
    made: bool
    design: str = ""
    superseded: str = ""

    @property
    def remedy(self) -> str:
        """Hint on how to restore the file if it is missing or changed."""
        if not self.made:
            return "build and publish again: audiobook build, then audiobook publish"
        again = "publish it again: audiobook publish"
        return f"remove it and {again}" if self.design else again


class Publication(msgspec.Struct, frozen=True):
    """Everything published in a folder.

    Attributes:
        format: Version of this record.
        base_url: Public address of the folder.
        moved_from: The address that it had before; empty if it had no other.
        feeds: Feeds by language, including those of languages that are no longer published.
        moves: Works that were moved, by their present path, such as `en-GB/essay`.
        files: Files by path relative to the folder, in the order to write or send them: a file comes before the
            feeds and pages that link to it.
        digest: SHA-256 of the record with this field empty.
    """

    format: int = FORMAT
    base_url: str = ""
    moved_from: str = ""
    feeds: dict[str, Feed] = {}
    moves: dict[str, Move] = {}
    files: dict[str, PublicFile] = {}
    digest: str = ""


def publication_pieces(publication: Publication) -> Iterator[bytes]:
    """Yield the contents of `publication.json`, sealed with a digest, piece by piece: the list of files may be long."""
    frame = msgspec.structs.replace(publication, files={}, digest="")
    begin, _, end = msgspec.json.encode(frame).rpartition(_NO_FILES)
    seal = hashlib.sha256(begin + _NO_FILES[:-1])
    for number, entries in enumerate(_encoded(publication.files)):
        seal.update(b"," * (number > 0) + entries[1:-1])
    seal.update(_NO_FILES[-1:] + end)
    sealed = msgspec.json.encode(msgspec.structs.replace(frame, digest=seal.hexdigest()))
    begin, _, end = msgspec.json.format(sealed, indent=1).rpartition(_NO_FILES_SHOWN)
    between = begin + _NO_FILES_SHOWN[:-1] + b"\n"
    for entries in _encoded(publication.files):
        shown = msgspec.json.format(b'{"files":%b}' % entries, indent=1)
        yield between + shown.removeprefix(_ENTRIES_BEGIN).removesuffix(_ENTRIES_END)
        between = b",\n"
    yield (b"\n }" if publication.files else begin + _NO_FILES_SHOWN) + end + b"\n"


def _encoded(files: Mapping[str, PublicFile]) -> Iterator[bytes]:
    """Yield JSON objects that together contain all files, in order."""
    entries = iter(files.items())
    while some := dict(islice(entries, _ENCODED_AT_ONCE)):
        yield msgspec.json.encode(some)


def _seal(fields: dict[str, Any]) -> str:
    """Return the digest of a record as it was read: earlier formats have fewer fields."""
    return digest(msgspec.json.encode(fields | {"digest": ""}))


def read_publication(folder: Path) -> Publication:
    """Return the publication in a folder; an empty one if nothing was published there.

    Raises:
        OutputMismatch: The record is damaged, edited, impossible or of another version.
        StorageError: The record cannot be read.
    """
    data = read_whole(folder / FILE_NAME)
    if data is None:
        return Publication()
    try:
        publication = msgspec.json.decode(data, type=Publication)
        fields = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"cannot be read: {error}", where=FILE_NAME, hint=_HINT) from error
    if publication.format not in _READ:
        raise OutputMismatch(f"has format {publication.format}; expected {FORMAT}", where=FILE_NAME)
    if publication.digest != ("" if publication.format == _UNSEALED else _seal(fields)):
        raise OutputMismatch("was changed after it was written", where=FILE_NAME, hint=_HINT)
    for path, file in publication.files.items():
        if not (_MADE if file.made else _BUILT).fullmatch(path):
            raise OutputMismatch(
                f"lists {path!r}, which is not a path that can be published", where=FILE_NAME, hint=_HINT
            )
        if file.superseded and not _is_date(f"{file.superseded}T00:00:00Z"):
            raise OutputMismatch(f"has an invalid date: {file.superseded!r}", where=FILE_NAME, hint=_HINT)
    _check_identities(publication)
    return publication


def _check_identities(publication: Publication) -> None:
    """Check that every guid follows from its feed's guid, and that no guid is used twice."""
    seen: set[str] = set()
    for language, feed in publication.feeds.items():
        if not re.fullmatch(_LANGUAGE, language):
            raise OutputMismatch(
                f"has a feed for {language!r}, which is not a language", where=FILE_NAME, hint=_HINT
            )
        if not _is_uuid(feed.guid) or feed.guid in seen:
            raise _wrong_guid(feed.guid)
        seen.add(feed.guid)
        for slug, episode in feed.episodes.items():
            _check(episode, {episode_guid(feed.guid, slug)})
            seen.add(episode.guid)
        for slug, parts in feed.parts.items():
            # Parts are never forgotten, so their guids are those of the numbers from 1 to their count.
            free = {part_guid(feed.guid, slug, number) for number in range(1, len(parts) + 1)}
            for part in parts:
                _check(part, free)
                free.remove(part.guid)
                seen.add(part.guid)
            _check_names([part.name for part in parts if part.name], slug)
    _check_books(publication.feeds.values(), seen)
    _check_works(publication.feeds)
    _check_moves(publication)


def _check(episode: Episode, allowed: set[str]) -> None:
    if episode.guid not in allowed:
        raise _wrong_guid(episode.guid)
    if not _is_date(episode.published):
        raise OutputMismatch(f"has an invalid date: {episode.published!r}", where=FILE_NAME, hint=_HINT)


def _check_names(names: Sequence[str], slug: str) -> None:
    """Check that every part of a work has a unique name with the work's slug."""
    for name, times in Counter(names).items():
        if times > 1 or not re.fullmatch(f"{re.escape(slug)}-{_PART}", name):
            message = f"has the part {name!r} twice, or in a work that it does not belong to"
            raise OutputMismatch(message, where=FILE_NAME, hint=_HINT)


def _check_books(feeds: Iterable[Feed], seen: set[str]) -> None:
    """Check that each feed of a single work belongs to a known work, and has a valid guid that no other feed has."""
    for feed in feeds:
        for slug, guid in feed.books.items():
            if slug not in feed.episodes or not _is_uuid(guid) or guid in seen:
                raise _wrong_guid(guid)
            seen.add(guid)


def _check_works(feeds: Mapping[str, Feed]) -> None:
    """Check that every feed lists known works, and none twice."""
    for feed in feeds.values():
        for path, times in Counter(feed.works).items():
            language, _, slug = path.partition("/")
            if times > 1 or language not in feeds or slug not in feeds[language].episodes:
                message = f"lists the work {path!r} twice in a feed, or does not know it"
                raise OutputMismatch(message, where=FILE_NAME, hint=_HINT)


def _check_moves(publication: Publication) -> None:
    """Check that all moves have valid paths, and that no two works share an identity or a former path."""
    seen: set[str] = set()
    former: set[str] = set()
    for path, move in publication.moves.items():
        language, _, slug = move.identity.partition("/")
        is_known = language in publication.feeds and slug in publication.feeds[language].episodes
        are_paths = all(_WORK.fullmatch(one) for one in (path, *move.addresses))
        is_new = (
            move.identity not in seen and former.isdisjoint(move.addresses) and path not in move.addresses
        )
        if not (is_known and are_paths and is_new):
            raise OutputMismatch(f"has an impossible move to {path!r}", where=FILE_NAME, hint=_HINT)
        seen.add(move.identity)
        former.update(move.addresses)


def _wrong_guid(guid: str) -> OutputMismatch:
    message = f"has the guid {guid!r} twice, or on a feed or episode that it does not belong to"
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
