"""A place elsewhere that files are sent to: a folder, S3, SFTP, or what else fsspec reaches.

Nothing but our own errors leaves this module, and none of them holds a password or a key.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

from audiobook.errors import AudiobookError, StorageError, UsageError
from audiobook.places import login_parts, without
from audiobook.publish.upload.receiver import HINT, Receiver, receiver

_PIECE_BYTES: Final = 8 << 20
_FOLDERS: Final = ("file", "ftp", "local", "sftp", "smb", "ssh")
"""Protocols that can rename; elsewhere a file appears whole when it was sent."""
_EXTRA: Final = 'pip install "audiobook-press[cloud]"'
_SECRETS: Final = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "FSSPEC_S3_SECRET", "FSSPEC_S3_TOKEN")
_REASONS: Final = {
    "FileNotFoundError": "there is no such bucket or folder",
    "PermissionError": "access is refused",
    "NoCredentialsError": "no credentials were found",
    "PartialCredentialsError": "the credentials are not whole",
    "AuthenticationException": "the server does not accept the name, the key or the password",
    "BadHostKeyException": "the server is not the one that it was: its key changed",
    "EndpointConnectionError": "the server cannot be reached",
    "NoValidConnectionsError": "the server cannot be reached",
    "gaierror": "there is no such server",
}
"""What errors by their names mean."""
_LONGEST_REASON: Final = 200


class Target:
    """A folder elsewhere, and what can be done in it."""

    def __init__(self, given: str) -> None:
        """Reach a folder.

        Args:
            given: What `receiver` takes.

        Raises:
            UsageError: It cannot be one, or a package is missing.
            StorageError: It cannot be reached.
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
        """How many files may be sent at once."""

    def tags(self) -> dict[str, str]:
        """Give what tells another version of each file, by path; what is not there yet is empty."""
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
        """Give what tells another version of one file."""
        with self._translated(path):
            self._files.invalidate_cache(self._at(path))
            return _tag(self._files.info(self._at(path)))

    def read(self, path: str) -> bytes | None:
        """Read a small file; None where there is none."""
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
        """Open a file that appears whole when the block ends without an error, or not at all.

        Args:
            path: Below the folder.
            length_bytes: How much will be written.
            headers: `ContentType` and `CacheControl`, for a target that keeps such things.

        Yields:
            A file to write to.
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
            from io import BytesIO  # noqa: PLC0415 - small files only

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
            stream.closed = True  # else it would be sent after all when it is forgotten
            raise

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    @contextmanager
    def _translated(self, where: str) -> Iterator[None]:
        """Turn whatever a file system of somebody else's raises into our error."""
        try:
            yield
        except AudiobookError:
            raise
        except ImportError as error:
            hint = _EXTRA if self.shown.startswith(("s3", "sftp:", "ssh:")) else self._reason(error)
            raise UsageError(f"{self.shown} needs a package that is not installed", hint=hint) from error
        except NotImplementedError as error:
            raise UsageError(f"nothing can be sent to {self.shown}", hint=HINT) from error
        except Exception as error:  # there are as many kinds as there are file systems
            raise StorageError(
                f"sending failed: {self._reason(error)}", where=where, hint=_advice(error)
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
        return "connect with ssh once, so that the server's key is known"
    return None


def _reach(place: Receiver) -> tuple[Any, str]:
    """Return a file system, and the path of the folder in it."""
    from fsspec.core import url_to_fs  # noqa: PLC0415 - only those who send need it

    if place.folder:
        from fsspec.implementations.local import LocalFileSystem  # noqa: PLC0415

        return LocalFileSystem(skip_instance_cache=True), place.folder.as_posix()
    if place.scheme in ("sftp", "ssh"):
        return _by_ssh(place.address)
    files, root = url_to_fs(place.address, skip_instance_cache=True, use_listings_cache=False)
    return files, str(root)


def _by_ssh(address: str) -> tuple[Any, str]:
    from audiobook.publish.upload.known_hosts import KnownHostsOnly  # noqa: PLC0415 - of an extra

    parts = urlsplit(address)
    login = {"username": parts.username, "password": parts.password}
    told: dict[str, object] = {name: unquote(value) for name, value in login.items() if value}
    if parts.port:
        told["port"] = parts.port
    return KnownHostsOnly(parts.hostname, **told, skip_instance_cache=True), parts.path


def _tag(info: Mapping[str, Any]) -> str:
    """Give what tells another version: the target's own tag, else length and time as it says them."""
    for name in ("ETag", "etag", "md5Hash", "content_md5"):
        if info.get(name):
            return str(info[name]).strip('"')
    changed = info.get("mtime") or info.get("created") or info.get("LastModified") or ""
    return f"{info.get('size')} {changed}"
