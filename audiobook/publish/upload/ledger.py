"""The list of uploaded files, kept at the destination, and what is left to upload."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from audiobook.publish.publication import PublicFile

FILE_NAME: Final = ".audiobook-sent.json"
FORMAT: Final = 1
BEGUN: Final = ""
"""Tag of a file whose upload was begun; it may or may not have arrived."""
_NAMED_SOUND: Final = re.compile(r"^(.+)\.sound/[^/]+(\.(?:mp3|m4b))$")
_FEED_TYPES: Final = ("application/rss+xml", "text/x-opml")
_PAGE_TYPE: Final = "text/html"


class SentFile(msgspec.Struct, frozen=True):
    """An uploaded file.

    Attributes:
        sha256: SHA-256 digest, in hexadecimal.
        type: Media type.
        tag: Version tag at the destination right after the upload; or `BEGUN`.
    """

    sha256: str
    type: str
    tag: str


class Sent(msgspec.Struct, frozen=True):
    """The list of uploaded files.

    Attributes:
        format: Version of this list.
        files: Files by path.
    """

    format: int = FORMAT
    files: dict[str, SentFile] = {}


def read_sent(data: bytes | None) -> Sent | None:
    """Return the list of uploaded files; None if there is no list or it is damaged."""
    if data is None:
        return None
    try:
        sent = msgspec.json.decode(data, type=Sent)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return sent if sent.format == FORMAT else None


@dataclass(frozen=True, slots=True)
class Errand:
    """The work needed to bring a destination up to date.

    Attributes:
        send: Paths to send, in order: media and other files, then pages, then feeds.
        remove: Paths that were uploaded earlier and are no longer public.
        changed: Paths that someone else changed at the destination.
    """

    send: tuple[str, ...]
    remove: tuple[str, ...] = ()
    changed: tuple[str, ...] = field(default=())


def errand(files: Mapping[str, PublicFile], sent: Sent, there: Mapping[str, str]) -> Errand:
    """Return what to send and remove to bring a destination up to date.

    Args:
        files: The public files, in order.
        sent: The files uploaded earlier.
        there: Version tags of the files now at the destination, by path.

    Returns:
        The paths to send and remove. Files that someone else changed are sent again if they are public, and
        otherwise left alone. Superseded files are neither sent nor removed.
    """
    begun = {path for path, file in sent.files.items() if file.tag == BEGUN}
    changed = {
        path
        for path, file in sent.files.items()
        if path in there and path not in begun and there[path] != file.tag
    }
    send = [
        path
        for path, file in files.items()
        if not file.superseded
        and (
            path not in there
            or path in changed
            or (known := sent.files.get(path)) is None
            or (known.sha256, known.type) != (file.sha256, file.type)
        )
    ]
    return Errand(
        tuple(sorted(send, key=lambda path: rank(files[path]))),
        tuple(
            path for path in sent.files if path not in files and path in there and path not in changed | begun
        ),
        tuple(sorted(changed)),
    )


def without_doubles(files: Mapping[str, PublicFile]) -> dict[str, PublicFile]:
    """Return the public files without built ones that are public under a name with a digest too.

    The sound there may have no cover, and so another digest than the built file.
    """
    made = {path: file for path, file in files.items() if file.made}
    same = {(file.sha256, file.type) for file in made.values()}
    named = {_NAMED_SOUND.sub(r"\1\2", path) for path in made}
    return {
        path: file
        for path, file in files.items()
        if file.made or ((file.sha256, file.type) not in same and path not in named)
    }


def rank(file: PublicFile) -> int:
    """Return the place of a file in the order of sending: 2 for feeds, 1 for pages, 0 for all others."""
    kind = file.type.partition(";")[0]
    if kind in _FEED_TYPES:
        return 2
    return 1 if kind == _PAGE_TYPE else 0
