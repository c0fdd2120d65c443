"""What was sent to a place, as a small file there remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from audiobook.publish.publication import PublicFile

FILE_NAME: Final = ".audiobook-sent.json"
FORMAT: Final = 1
BEGUN: Final = ""
"""Tag of what was about to be sent: whether it came is not known."""
_FEED_TYPES: Final = ("application/rss+xml", "text/x-opml")
_PAGE_TYPE: Final = "text/html"


class SentFile(msgspec.Struct, frozen=True):
    """A file as it was sent.

    Attributes:
        sha256: Its digest.
        type: Its media type.
        tag: What told this version from others there, right after it was sent; or `BEGUN`.
    """

    sha256: str
    type: str
    tag: str


class Sent(msgspec.Struct, frozen=True):
    """What was sent.

    Attributes:
        format: Version of this list.
        files: By path.
    """

    format: int = FORMAT
    files: dict[str, SentFile] = {}


def read_sent(data: bytes | None) -> Sent | None:
    """Read what was sent; None when the list is not there, or cannot be read."""
    if data is None:
        return None
    try:
        sent = msgspec.json.decode(data, type=Sent)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return sent if sent.format == FORMAT else None


@dataclass(frozen=True, slots=True)
class Errand:
    """What has to be done for a place to hold a publication.

    Attributes:
        send: Paths to send, in order: what pages name, then pages, then feeds.
        remove: Paths that were sent once and are public no more.
        changed: Paths that somebody else changed there.
    """

    send: tuple[str, ...]
    remove: tuple[str, ...] = ()
    changed: tuple[str, ...] = field(default=())


def errand(files: Mapping[str, PublicFile], sent: Sent, there: Mapping[str, str]) -> Errand:
    """Say what has to be done.

    Args:
        files: What is public, in the order in which it has to come.
        sent: What was sent before.
        there: What is there now: tags by path.

    Returns:
        What to send and to remove. What somebody else changed is sent again if it is public, and else left.
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
        if path not in there
        or path in changed
        or (known := sent.files.get(path)) is None
        or (known.sha256, known.type) != (file.sha256, file.type)
    ]
    return Errand(
        tuple(sorted(send, key=lambda path: rank(files[path]))),
        tuple(
            path for path in sent.files if path not in files and path in there and path not in changed | begun
        ),
        tuple(sorted(changed)),
    )


def rank(file: PublicFile) -> int:
    """Give when a file is sent: 0 for what pages name, 1 for pages, 2 for feeds."""
    kind = file.type.partition(";")[0]
    if kind in _FEED_TYPES:
        return 2
    return 1 if kind == _PAGE_TYPE else 0
