"""The ledger: the list of uploaded files, kept at the destination. It shows what is left to upload."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from audiobook.publish.publication import PublicFile

FILE_NAME: Final = ".audiobook-sent.json"
FORMAT: Final = 1
BEGUN: Final = ""
"""Version tag of a file whose upload was started, and may or may not have been completed."""
_NAMED_SOUND: Final = re.compile(r"^(.+)\.sound/[^/]+(\.(?:mp3|m4b))$")
_FEED_TYPES: Final = ("application/rss+xml", "text/x-opml")
_PAGE_TYPE: Final = "text/html"


class UploadedFile(msgspec.Struct, frozen=True):
    """An uploaded file.

    Attributes:
        sha256: SHA-256 digest, in hexadecimal.
        type: Media type.
        tag: Version tag at the destination right after the upload (see `RemoteFolder.tags`), or `BEGUN`.
    """

    sha256: str
    type: str
    tag: str


class Ledger(msgspec.Struct, frozen=True):
    """The list of uploaded files.

    Attributes:
        format: Version of the file format.
        files: Uploaded files, by path relative to the destination.
    """

    format: int = FORMAT
    files: dict[str, UploadedFile] = {}


def read_ledger(data: bytes | None) -> Ledger | None:
    """Return the ledger in a file; None if there is no file, it is damaged, or another version wrote it."""
    if data is None:
        return None
    try:
        ledger = msgspec.json.decode(data, type=Ledger)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return ledger if ledger.format == FORMAT else None


class UploadPlan(msgspec.Struct, frozen=True):
    """The changes that bring a destination up to date.

    Attributes:
        send: Paths to upload, in order: media and other files, then pages, then feeds.
        remove: Paths that were uploaded earlier and are no longer public.
        changed: Paths that someone else changed at the destination, sorted.
    """

    send: tuple[str, ...]
    remove: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def upload_plan(files: Mapping[str, PublicFile], ledger: Ledger, tags: Mapping[str, str]) -> UploadPlan:
    """Return the files to send and remove to bring a destination up to date.

    Args:
        files: The public files by path, in the order they were published.
        ledger: The files uploaded earlier.
        tags: Version tags of the files that are at the destination now, by path.

    Returns:
        The paths to send and remove. Files that someone else changed are sent again if they are public, and
        otherwise left alone. Superseded files are neither sent nor removed.
    """
    begun = {path for path, file in ledger.files.items() if file.tag == BEGUN}
    changed = {
        path
        for path, file in ledger.files.items()
        if path in tags and path not in begun and tags[path] != file.tag
    }
    send = [
        path
        for path, file in files.items()
        if not file.superseded
        and (
            path not in tags
            or path in changed
            or (uploaded := ledger.files.get(path)) is None
            or (uploaded.sha256, uploaded.type) != (file.sha256, file.type)
        )
    ]
    remove = [
        path for path in ledger.files if path not in files and path in tags and path not in changed | begun
    ]
    return UploadPlan(
        tuple(sorted(send, key=lambda path: upload_order(files[path]))),
        tuple(remove),
        tuple(sorted(changed)),
    )


def without_duplicates(files: Mapping[str, PublicFile]) -> dict[str, PublicFile]:
    """Return the public files without built MP3s, M4Bs and other files that are also published under another name.

    `en/essay.mp3` is left out if there is an `en/essay.sound/essay-0123abcd.mp3`, even if their digests differ,
    because the second may lack the cover.
    """
    made = {path: file for path, file in files.items() if file.made}
    contents = {(file.sha256, file.type) for file in made.values()}
    built_names = {_NAMED_SOUND.sub(r"\1\2", path) for path in made}
    return {
        path: file
        for path, file in files.items()
        if file.made or ((file.sha256, file.type) not in contents and path not in built_names)
    }


def upload_order(file: PublicFile) -> int:
    """Return when to upload a file: 0 (first) for media and other files, 1 for pages, 2 (last) for feeds."""
    kind = file.type.partition(";")[0]
    if kind in _FEED_TYPES:
        return 2
    return 1 if kind == _PAGE_TYPE else 0
