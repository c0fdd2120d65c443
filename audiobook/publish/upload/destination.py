"""The destination of an upload: a folder, S3, SFTP, or another file system that fsspec supports.

Only our own errors leave this module, and none of them contains a password or a key.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

from audiobook.errors import AudiobookError, EngineMissing, StorageError, UsageError
from audiobook.places import login_parts, without
from audiobook.publish.upload.receiver import HINT, Receiver, receiver

_PIECE_BYTES: Final = 8 << 20
_FOLDERS: Final = ("file", "ftp", "local", "sftp", "smb", "ssh")
"""Protocols with files that can be renamed. On the others, an upload only appears once it is complete."""
_EXTRA: Final = 'pip install "audiobook-press[cloud]"'
_SECRETS: Final = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "FSSPEC_S3_SECRET", "FSSPEC_S3_TOKEN")
_REASONS: Final = {
    "FileNotFoundError": "no such bucket or folder",
    "PermissionError": "access denied",
    "NoCredentialsError": "no credentials found",
    "PartialCredentialsError": "the credentials are incomplete",
    "AuthenticationException": "the server rejected the user name, key or password",
    "BadHostKeyException": "the server's host key has changed",
    "EndpointConnectionError": "cannot reach the server",
    "NoValidConnectionsError": "cannot reach the server",
    "gaierror": "no such host",
}
"""Messages for exceptions of libraries, by the name of the exception's class."""
_LONGEST_REASON: Final = 200


class Target:
    """A remote folder, and the operations on its files."""

    def __init__(self, given: str) -> None:
        """Connect to a folder.

        Args:
            given: Address or path; see `receiver`.

        Raises:
            UsageError: The address is not valid.
            EngineMissing: A package is missing.
            StorageError: The folder cannot be reached.
        """
        place = receiver(given)
        self.shown = place.shown
        self._secrets = [*login_parts(place.address), *filter(None, map(os.environ.get, _SECRETS))]
        with self._translated(self.shown):
            self._files, root = _reach(place)
        self._root = root.rstrip("/")
        protocol = self._files.protocol
        self.protocol = protocol if isinstance(protocol, str) else str(protocol[0])
        self.at_once = 8 if self._files.async_impl else 1
        """Number of files to send in parallel."""

    def tags(self) -> dict[str, str]:
        """Return the version tag of every file, by path; empty if the folder does not exist yet."""
        with self._translated(self.shown):
            try:
                self._files.invalidate_cache()
                found = self._files.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
            return {
                str(name)[len(self._root) :].lstrip("/"): _tag(info)
                for name, info in dict(found).items()
                if info.get("type") != "directory"
            }

    def tag(self, path: str) -> str:
        """Return the version tag of a file."""
        with self._translated(path):
            self._files.invalidate_cache(self._at(path))
            return _tag(self._files.info(self._at(path)))

    def read(self, path: str) -> bytes | None:
        """Return the contents of a small file; None if it does not exist."""
        with self._translated(path):
            try:
                return bytes(self._files.cat_file(self._at(path)))
            except FileNotFoundError:
                return None

    def remove(self, path: str) -> None:
        """Remove a file."""
        with self._translated(path):
            self._files.rm_file(self._at(path))

    @contextmanager
    def writing(self, path: str, length_bytes: int, headers: Mapping[str, str]) -> Iterator[BinaryIO]:
        """Open a file for writing. It appears when the block ends without an error, or not at all.

        Args:
            path: Path relative to the folder.
            length_bytes: Number of bytes that will be written.
            headers: `ContentType` and `CacheControl`; used by S3 only.

        Yields:
            A binary stream to write to.
        """
        kept = dict(headers) if self.protocol in ("s3", "s3a") else {}
        with self._translated(path):
            if self.protocol in _FOLDERS:
                yield from self._beside(self._at(path))
            else:
                yield from self._as_object(self._at(path), length_bytes, kept)

    def _beside(self, path: str) -> Iterator[BinaryIO]:
        folder, name = posixpath.split(path)
        temporary = posixpath.join(folder, f".{name}.part")
        self._files.makedirs(folder, exist_ok=True)
        try:
            with self._files.open(temporary, "wb") as stream:
                yield stream
            self._files.mv(temporary, path)
        except BaseException:
            if self._files.exists(temporary):
                self._files.rm_file(temporary)
            raise

    def _as_object(self, path: str, length_bytes: int, headers: dict[str, str]) -> Iterator[BinaryIO]:
        if length_bytes <= _PIECE_BYTES:
            from io import BytesIO

            whole = BytesIO()
            yield whole
            self._files.pipe_file(path, whole.getvalue(), **headers)
            return
        stream = self._files.open(path, "wb", block_size=_PIECE_BYTES, autocommit=False, **headers)
        try:
            yield stream
            stream.close()
            stream.commit()
        except BaseException:
            stream.discard()
            stream.closed = True  # otherwise the garbage collector would close it, which sends it after all
            raise

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    @contextmanager
    def _translated(self, where: str) -> Iterator[None]:
        """Turn any exception of a third-party file system into one of our errors."""
        try:
            yield
        except AudiobookError:
            raise
        except ImportError as error:
            hint = _EXTRA if self.shown.startswith(("s3", "sftp:", "ssh:")) else self._reason(error)
            raise EngineMissing(f"{self.shown} needs a package that is not installed", hint=hint) from error
        except NotImplementedError as error:
            raise UsageError(f"{self.shown} does not support uploads", hint=HINT) from error
        except Exception as error:  # every file system raises its own exceptions
            raise StorageError(
                f"upload failed: {self._reason(error)}", where=where, hint=_advice(error)
            ) from error

    def _reason(self, error: Exception) -> str:
        for kind in type(error).__mro__:
            if kind.__name__ in _REASONS:
                return _REASONS[kind.__name__]
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        return without(said, self._secrets)[:_LONGEST_REASON] or type(error).__name__


def _advice(error: Exception) -> str | None:
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"NoCredentialsError", "PartialCredentialsError", "PermissionError"}:
        return "for S3, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    if "SSHException" in names:
        return "connect with ssh once to add the server's key to known_hosts"
    return None


def _reach(place: Receiver) -> tuple[Any, str]:
    """Return the file system of a destination, and the path of the folder in it."""
    from fsspec.core import url_to_fs  # only needed to upload

    if place.folder:
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem(skip_instance_cache=True), place.folder.as_posix()
    if place.scheme in ("sftp", "ssh"):
        return _by_ssh(place.address)
    files, root = url_to_fs(place.address, skip_instance_cache=True, use_listings_cache=False)
    return files, str(root)


def _by_ssh(address: str) -> tuple[Any, str]:
    from audiobook.publish.upload.known_hosts import KnownHostsOnly  # needs the `cloud` extra

    parts = urlsplit(address)
    login = {"username": parts.username, "password": parts.password}
    options: dict[str, object] = {name: unquote(value) for name, value in login.items() if value}
    if parts.port:
        options["port"] = parts.port
    return KnownHostsOnly(parts.hostname, **options, skip_instance_cache=True), parts.path


def _tag(info: Mapping[str, Any]) -> str:
    """Return the version tag of a file: its ETag or MD5 if there is one, otherwise its length and time."""
    for name in ("ETag", "etag", "md5Hash", "content_md5"):
        if info.get(name):
            return str(info[name]).strip('"')
    changed = info.get("mtime") or info.get("created") or info.get("LastModified") or ""
    return f"{info.get('size')} {changed}"
