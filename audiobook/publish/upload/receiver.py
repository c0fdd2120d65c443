"""Where a publication is to be sent, checked before anything is written or sent."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from audiobook.errors import StorageError, UsageError
from audiobook.places import folder_named, has_login, shown_address

HINT: Final = "give s3://bucket/path, sftp://host/path or a folder"
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_SSH: Final = ("sftp", "ssh")
_BUCKETS: Final = ("abfs", "abfss", "adl", "az", "gcs", "gs", "oss", "s3", "s3a")
_NOT_KEPT: Final = frozenset(
    "asynclocal blockcache cached data dir filecache generic git github http https jlab jupyter libarchive "
    "local memory reference root simplecache tar zip".split()
)
"""Protocols of fsspec that cannot be written to, forget what was written, or only stand for a folder here."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A place to send to.

    Attributes:
        shown: How it is called in every message: without a name and a password.
        scheme: `s3`, `sftp` and so on; `file` for a folder on this machine.
        folder: That folder; None where the place is elsewhere.
        address: The address with all that it holds, never to be shown; empty for a folder.
    """

    shown: str
    scheme: str
    folder: Path | None = None
    address: str = field(default="", repr=False)


def receiver(given: str) -> Receiver:
    """Return the place that a user named.

    Args:
        given: `s3://bucket/path`, `sftp://host/path`, or the path of a folder, where `~` is the home folder.

    Raises:
        UsageError: It cannot be such a place.
        StorageError: Whether it is a folder cannot be found out.
    """
    scheme = _SCHEME.match(given)
    if scheme is None:
        return _local(folder_named(given))
    if not given.isprintable() or "::" in given.partition("[")[0]:
        raise UsageError(f"{shown_address(given)} is not an address", hint=HINT)
    name = scheme[1].lower()
    if name in _NOT_KEPT:
        raise _unsupported(name)
    return _remote(name, f"{name}://{given[scheme.end() :]}")


def require_elsewhere(place: Receiver, root: Path, own: Iterable[Path]) -> None:
    """Make sure that what is sent does not fall among a project's own files.

    Args:
        place: Where it is sent.
        root: Folder of the project.
        own: Its folders of texts, output and clips.

    Raises:
        UsageError: The place is one of these folders, lies in one, or holds one.
    """
    if place.folder is None:
        return
    there = Path(os.path.realpath(place.folder))
    folders = [Path(os.path.realpath(folder)) for folder in own]
    for folder in (Path(os.path.realpath(root)), *folders):
        if there == folder:
            raise UsageError(f"{place.shown} is the project's own folder", hint="send to a folder of its own")
        if there in folder.parents:
            raise UsageError(f"{place.shown} holds the project itself", hint="send to a folder of its own")
    for folder in folders:
        if folder in there.parents:
            raise UsageError(
                f"{place.shown} is inside {folder.name}/ of the project", hint="send to a folder of its own"
            )


def _local(path: str) -> Receiver:
    folder = Path(path).absolute()
    if folder == Path(folder.anchor) or os.path.realpath(folder) == folder.anchor:
        raise UsageError(f"{path} is the root of the file system", hint="send to a folder of its own")
    try:
        there = next(one for one in (folder, *folder.parents) if os.path.lexists(one))
        if not there.is_dir():
            kind = (
                "a file" if there.is_file() else "a broken link" if there.is_symlink() else "something else"
            )
            raise UsageError(f"{there} is {kind}, not a folder", hint=HINT)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"cannot be looked at: {reason}", where=os.fspath(folder)) from error
    return Receiver(os.fspath(Path(path)), "file", folder)


def _remote(scheme: str, address: str) -> Receiver:
    shown = shown_address(address)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise _unreadable(shown) from error
    if "@" not in parts.netloc and has_login(address):
        raise _unreadable(shown)
    if scheme == "file":
        return _folder_of(parts, shown)
    _require_known(scheme)
    if not parts.hostname or port == 0 or re.search(r"\s", parts.netloc):
        raise UsageError(f"{shown} names no {'bucket' if scheme in _BUCKETS else 'host'}", hint=HINT)
    if "?" in address or "#" in address:
        raise UsageError(f"{shown} must not have a query or a fragment", hint=HINT)
    steps = parts.path.strip("/").split("/")
    if not {".", ".."}.isdisjoint(steps) or steps[0].startswith("~"):
        raise UsageError(
            f"{shown} does not say which folder", hint="write the whole path, without ~, . and .."
        )
    if scheme in _BUCKETS:
        if "@" in parts.netloc and scheme in ("s3", "s3a"):
            raise UsageError(
                f"{shown} must hold no name or password",
                hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
            )
    elif steps == [""]:
        raise UsageError(f"{shown} has no path", hint=f"add the path of a folder: {scheme}://host/path")
    return Receiver(shown, scheme, address=address)


def _folder_of(parts: SplitResult, shown: str) -> Receiver:
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment or not parts.path:
        raise UsageError(f"{shown} is not a folder on this machine", hint="give its path: /path/of/folder")
    path = unquote(parts.path, errors="surrogateescape")
    if "\0" in path:
        raise UsageError(f"{shown} is not a folder on this machine", hint="give its path: /path/of/folder")
    return _local(posixpath.normpath(path) if path.strip("/") else "/")


def _require_known(scheme: str) -> None:
    from fsspec.registry import get_filesystem_class  # noqa: PLC0415 - only those who send need it

    try:
        get_filesystem_class(scheme)
    except ValueError as error:
        raise _unsupported(scheme) from error
    except ImportError:
        return  # a package is missing, which is told where it is needed


def _unsupported(scheme: str) -> UsageError:
    hint = f"{HINT}; where listeners find it is --base-url" if scheme.startswith("http") else HINT
    return UsageError(f"unsupported destination: {scheme[:100]}://", hint=hint)


def _unreadable(shown: str) -> UsageError:
    return UsageError(
        f"{shown} cannot be read as an address",
        hint="in a name or password write / as %2F, ? as %3F, # as %23, @ as %40; or use a key of ssh",
    )
