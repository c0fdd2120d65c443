"""A folder to upload to: local, on S3 or SFTP, or on another file system that fsspec supports.

All exceptions of fsspec and its libraries are translated here. No message contains a password or a key.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

from audiobook.errors import AudiobookError, EngineMissing, StorageError, UsageError
from audiobook.extras import install_command
from audiobook.places import login_parts, without
from audiobook.publish.upload.address import ADDRESS_HINT, UploadAddress, upload_address

_PIECE_BYTES: Final = 8 << 20
_WITH_RENAME: Final = ("file", "ftp", "local", "sftp", "smb", "ssh")
"""Protocols on which a file is uploaded under a temporary name. On the others, only complete uploads are visible."""
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
"""Messages for exceptions of libraries, by the name of the class, so that the libraries need not be imported."""
_LONGEST_REASON_CHARS: Final = 200


class RemoteFolder:
    """A folder to upload to, and the operations on its files. All paths are relative to it.

    All methods raise `StorageError` if the operation fails, and `EngineMissing` if a package is missing.
    """

    def __init__(self, given: str) -> None:
        """Connect to a folder, which need not exist yet.

        Args:
            given: Address or path; see `upload_address`.

        Raises:
            UsageError: The address is invalid, or its protocol is not supported.
            EngineMissing: A package for this protocol is not installed.
            StorageError: The server cannot be reached.
        """
        address = upload_address(given)
        self.shown = address.shown
        self._secrets = [*login_parts(address.url), *filter(None, map(os.environ.get, _SECRETS))]
        with self._translated(self.shown):
            self._files, root = _file_system(address)
        self._root = root.rstrip("/")
        protocol = self._files.protocol
        self.protocol = protocol if isinstance(protocol, str) else str(protocol[0])
        self.parallel_uploads = 8 if self._files.async_impl else 1
        """How many files to upload at the same time."""

    def tags(self) -> dict[str, str]:
        """Return the version tag of every file, by path; empty if the folder does not exist yet.

        The version tag is the ETag or MD5 digest of a file if there is one, otherwise its size and modification time.
        """
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
        """Return the version tag of a file that exists; see `tags`."""
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
        """Open a file for writing. It becomes visible when the block ends without an error, or not at all.

        Args:
            path: Path relative to the folder.
            length_bytes: Number of bytes that will be written.
            headers: `ContentType` and `CacheControl`; only S3 uses them.

        Yields:
            A binary stream to write to.
        """
        used = dict(headers) if self.protocol in ("s3", "s3a") else {}
        with self._translated(path):
            if self.protocol in _WITH_RENAME:
                yield from self._write_and_rename(self._at(path))
            else:
                yield from self._write_object(self._at(path), length_bytes, used)

    def _write_and_rename(self, path: str) -> Iterator[BinaryIO]:
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

    def _write_object(self, path: str, length_bytes: int, headers: dict[str, str]) -> Iterator[BinaryIO]:
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
            # Otherwise the garbage collector closes the stream, which completes the upload.
            stream.closed = True
            raise

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    @contextmanager
    def _translated(self, where: str) -> Iterator[None]:
        """Translate every exception of a file system into one of our errors."""
        try:
            yield
        except AudiobookError:
            raise
        except ImportError as error:
            is_ours = self.shown.startswith(("s3", "sftp:", "ssh:"))
            hint = f"install it: {install_command('cloud')}" if is_ours else self._reason(error)
            raise EngineMissing(f"{self.shown} needs a package that is not installed", hint=hint) from error
        except NotImplementedError as error:
            raise UsageError(f"{self.shown} does not support uploads", hint=ADDRESS_HINT) from error
        except Exception as error:  # the exceptions of file systems have no common base class
            raise StorageError(
                f"upload failed: {self._reason(error)}", where=where, hint=_advice(error)
            ) from error

    def _reason(self, error: Exception) -> str:
        for kind in type(error).__mro__:
            if kind.__name__ in _REASONS:
                return _REASONS[kind.__name__]
        message = (str(error).strip() or type(error).__name__).splitlines()[0]
        return without(message, self._secrets)[:_LONGEST_REASON_CHARS] or type(error).__name__


def _advice(error: Exception) -> str | None:
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"NoCredentialsError", "PartialCredentialsError", "PermissionError"}:
        return "for S3, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    if "SSHException" in names:
        return "connect with ssh once to add the server's key to known_hosts"
    return None


def _file_system(address: UploadAddress) -> tuple[Any, str]:
    """Return the file system of a destination, and the path of the folder in it."""
    from fsspec.core import url_to_fs  # only needed to upload

    if address.folder:
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem(skip_instance_cache=True), address.folder.as_posix()
    if address.scheme in ("sftp", "ssh"):
        return _sftp(address.url)
    files, root = url_to_fs(address.url, skip_instance_cache=True, use_listings_cache=False)
    return files, str(root)


def _sftp(url: str) -> tuple[Any, str]:
    from audiobook.publish.upload.known_hosts import KnownHostsOnly  # needs the `cloud` extra

    parts = urlsplit(url)
    login = {"username": parts.username, "password": parts.password}
    options: dict[str, object] = {name: unquote(value) for name, value in login.items() if value}
    if parts.port:
        options["port"] = parts.port
    return KnownHostsOnly(parts.hostname, **options, skip_instance_cache=True), parts.path


def _tag(info: Mapping[str, Any]) -> str:
    for name in ("ETag", "etag", "md5Hash", "content_md5"):
        if info.get(name):
            return str(info[name]).strip('"')
    modified = info.get("mtime") or info.get("created") or info.get("LastModified") or ""
    return f"{info.get('size')} {modified}"
