"""The address of an upload's destination, checked before anything is written or sent."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from audiobook.errors import StorageError, UsageError
from audiobook.places import folder_named, has_login, shown_address

ADDRESS_HINT: Final = "use s3://bucket/path, sftp://host/path or a folder"
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_BUCKETS: Final = ("abfs", "abfss", "adl", "az", "gcs", "gs", "oss", "s3", "s3a")
_UNSUPPORTED: Final = frozenset(
    "asynclocal blockcache cached data dir filecache generic git github http https jlab jupyter libarchive "
    "local memory reference root simplecache tar zip".split()
)
"""Protocols of fsspec that are no destinations: they are read-only, temporary, or another name for a local folder."""


class UploadAddress(msgspec.Struct, frozen=True):
    """The address of an upload's destination.

    Attributes:
        shown: The address in messages, without user name and password.
        scheme: Protocol in lower case, such as `s3` or `sftp`; `file` for a local folder.
        folder: Absolute path of a local folder; None for a remote destination.
        url: The full address, which may contain a password and is never shown; empty for a local folder.
    """

    shown: str
    scheme: str
    folder: Path | None = None
    url: str = ""

    def __repr__(self) -> str:
        """Return the address without user name and password."""
        return f"UploadAddress({self.shown!r})"


def upload_address(given: str) -> UploadAddress:
    """Return the address that the user named.

    Args:
        given: `s3://bucket/path`, `sftp://host/path`, or the path of a folder. `~` stands for the home folder.

    Raises:
        UsageError: The address is invalid or not supported, or the path is not a folder.
        StorageError: The path cannot be accessed.
    """
    scheme = _SCHEME.match(given)
    if scheme is None:
        try:
            return _local(folder_named(given))
        except UsageError as error:
            raise UsageError(error.message, hint=error.hint or ADDRESS_HINT) from error
    if not given.isprintable() or "::" in given.partition("[")[0]:
        raise UsageError(f"{shown_address(given)} is not a valid address", hint=ADDRESS_HINT)
    name = scheme[1].lower()
    if name in _UNSUPPORTED:
        raise _unsupported(name)
    return _remote(name, f"{name}://{given[scheme.end() :]}")


def require_separate(destination: UploadAddress, root: Path, own: Iterable[Path]) -> None:
    """Check that an upload would not mix with the project's own files.

    Args:
        destination: The destination.
        root: The project's folder.
        own: The folders of the project's texts, outputs and clips.

    Raises:
        UsageError: The destination is the project's folder or contains it, or is one of its folders or inside one.
    """
    if destination.folder is None:
        return
    there = Path(os.path.realpath(destination.folder))
    folders = [Path(os.path.realpath(folder)) for folder in own]
    for folder in (Path(os.path.realpath(root)), *folders):
        if there == folder:
            raise UsageError(
                f"{destination.shown} is the project's own folder", hint="choose a separate folder"
            )
        if there in folder.parents:
            raise UsageError(
                f"{destination.shown} contains the project itself", hint="choose a separate folder"
            )
    for folder in folders:
        if folder in there.parents:
            raise UsageError(
                f"{destination.shown} is inside the project's {folder.name}/ folder",
                hint="choose a separate folder",
            )


def _local(path: str) -> UploadAddress:
    folder = Path(path).absolute()
    if folder == Path(folder.anchor) or os.path.realpath(folder) == folder.anchor:
        raise UsageError(f"{path} is the root of the file system", hint="choose a separate folder")
    try:
        existing = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
        if not existing.is_dir():
            kind = (
                "a file"
                if existing.is_file()
                else "a broken link"
                if existing.is_symlink()
                else "a special file"
            )
            raise UsageError(f"{existing} is {kind}, not a folder", hint=ADDRESS_HINT)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"cannot be examined: {reason}", where=os.fspath(folder)) from error
    return UploadAddress(os.fspath(Path(path)), "file", folder)


def _remote(scheme: str, address: str) -> UploadAddress:
    shown = shown_address(address)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise _invalid(shown) from error
    if "@" not in parts.netloc and has_login(address):
        raise _invalid(shown)
    if scheme == "file":
        return _folder_of(parts, shown)
    _require_known(scheme)
    if not parts.hostname or port == 0 or re.search(r"\s", parts.netloc):
        raise UsageError(
            f"{shown} does not name a {'bucket' if scheme in _BUCKETS else 'host'}", hint=ADDRESS_HINT
        )
    if "?" in address or "#" in address:
        raise UsageError(f"{shown} must not have a query or fragment", hint=ADDRESS_HINT)
    steps = parts.path.strip("/").split("/")
    if not {".", ".."}.isdisjoint(steps) or steps[0].startswith("~"):
        raise UsageError(f"{shown} is not an absolute path", hint="write the full path, without ~, . and ..")
    if scheme in _BUCKETS:
        if "@" in parts.netloc and scheme in ("s3", "s3a"):
            raise UsageError(
                f"{shown} must not contain a user name or password",
                hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
            )
    elif steps == [""]:
        raise UsageError(f"{shown} does not name a folder", hint=f"add its path: {scheme}://host/path")
    return UploadAddress(shown, scheme, url=address)


def _folder_of(parts: SplitResult, shown: str) -> UploadAddress:
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment or not parts.path:
        raise UsageError(f"{shown} is not a folder on this computer", hint="use its path: /path/to/folder")
    path = unquote(parts.path, errors="surrogateescape")
    if "\0" in path:
        raise UsageError(f"{shown} is not a folder on this computer", hint="use its path: /path/to/folder")
    return _local(posixpath.normpath(path) if path.strip("/") else "/")


def _require_known(scheme: str) -> None:
    from fsspec.registry import get_filesystem_class  # only needed to upload

    try:
        get_filesystem_class(scheme)
    except ValueError as error:
        raise _unsupported(scheme) from error
    except ImportError:
        return  # `RemoteFolder` reports the missing package


def _unsupported(scheme: str) -> UsageError:
    hint = ADDRESS_HINT
    if scheme.startswith("http"):
        hint = f"{ADDRESS_HINT}; set the public address with --base-url"
    return UsageError(f"unsupported destination: {scheme[:100]}://", hint=hint)


def _invalid(shown: str) -> UsageError:
    return UsageError(
        f"{shown} is not a valid address",
        hint="in a user name or password, write / as %2F, ? as %3F, # as %23, @ as %40; or use an ssh key",
    )
