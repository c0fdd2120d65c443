"""Download a file of known length and digest: verified, bounded, and resumed if interrupted."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urljoin, urlsplit

from audiobook import __version__
from audiobook.engines.piper.receipt import stream_digests
from audiobook.errors import SettingsError, StorageError
from audiobook.files import TEMPORARY_SUFFIX, require_room, storage_error
from audiobook.http.body import TooLong, joined, pieces
from audiobook.http.failure import Failure, failure_of
from audiobook.http.session import plain_session, send
from audiobook.places import shown_address
from audiobook.system.opening import open_descriptor, open_new, open_to_read

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_COME_BACK: Final = "run the same command again; the download resumes"


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits on waiting for a server.

    Attributes:
        connect_s: Seconds to wait for the connection.
        silence_s: Seconds to wait for the next byte.
        window_s: Seconds in which at least `least_bytes` must arrive.
        least_bytes: A slower download would take hours.
    """

    connect_s: float = 15.0
    silence_s: float = 30.0
    window_s: float = 60.0
    least_bytes: int = 64 << 10


_PATIENCE: Final = Patience()

Tell = Callable[[int], None]
"""Called with the number of bytes downloaded so far."""


class NotAsListed(StorageError):
    """A complete file differs from its entry in the index."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to download.

    Attributes:
        url: Its address.
        path: Its final path; the folder must exist.
        size_bytes: Its length.
        md5_digest: Its MD5 in hexadecimal, the digest in the index; empty if unknown.
        sha256: Its SHA-256 in hexadecimal; empty if unknown. At least one digest is known.
    """

    url: str
    path: Path
    size_bytes: int
    md5_digest: str
    sha256: str = ""

    @property
    def part(self) -> Path:
        """The file during the download."""
        return self.path.with_name(f".{self.path.name}{TEMPORARY_SUFFIX}")

    def is_there(self) -> bool:
        """Return whether the right file is already in place.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            if not self.path.is_file() or self.path.stat().st_size != self.size_bytes:
                return False
            with open(self.path, "rb") as stream:  # the user may have linked a voice
                return self.is_it(stream)
        except OSError as error:
            raise storage_error(error, self.path, "reading") from error

    def is_it(self, stream: BufferedReader) -> bool:
        """Return whether an open file has the digests of this one."""
        found = stream_digests(stream)
        return self.md5_digest.lower() in ("", found.md5_digest) and self.sha256 in ("", found.sha256)


def fetch_file(wanted: Wanted, tell: Tell, patience: Patience = _PATIENCE) -> Path:
    """Download a file next to its final place; the caller moves it there once the whole voice is complete.

    Args:
        wanted: The file.
        tell: Called with the progress.
        patience: Limits on waiting for the server.

    Returns:
        `wanted.part`, complete and flushed to disk.

    Raises:
        NotAsListed: Its length or digest differs; the download is discarded.
        StorageError: It could not be downloaded or written; the part downloaded so far is kept.
    """
    require_room(wanted.path.parent, wanted.size_bytes)
    try:
        have = _kept(wanted)
        if have < wanted.size_bytes:
            _append(wanted, have, tell, patience)
        with open_to_read(wanted.part) as stream:
            is_listed = wanted.is_it(stream)
    except OSError as error:
        raise storage_error(error, wanted.path, "writing") from error
    if not is_listed:
        wanted.part.unlink(missing_ok=True)
        raise NotAsListed(
            "the digest of the downloaded file is not that in the index", where=shown_address(wanted.url)
        )
    return wanted.part


def fetch_text(url: str, most_bytes: int) -> bytes:
    """Download a short file and return its bytes.

    Raises:
        StorageError: It cannot be downloaded, or is longer than `most_bytes`.
    """
    with _opened(url, 0, _PATIENCE) as response:
        try:
            return joined(_pieces(response, url, _PATIENCE), most_bytes)
        except TooLong as error:
            raise StorageError(f"is longer than {most_bytes} bytes", where=shown_address(url)) from error


def fetch_unlisted(url: str, path: Path, most_bytes: int, tell: Callable[[int, int], None]) -> None:
    """Download a file of which only the address is known, and which the caller checks.

    Args:
        url: Its address.
        path: Where to write it; replaced if it exists.
        most_bytes: Its maximum length.
        tell: Called with the number of bytes downloaded so far and announced.

    Raises:
        StorageError: It cannot be downloaded or written, or is too long.
    """
    with _opened(url, 0, _PATIENCE) as response:
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if _LENGTH.fullmatch(announced) else 0
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise StorageError("the server answered with a web page", where=shown_address(url))
        try:
            require_room(path.parent, total)
            with open_new(path) as stream:
                have = 0
                for piece in _pieces(response, url, _PATIENCE):
                    have += len(piece)
                    if have > most_bytes:
                        raise StorageError(f"is longer than {most_bytes} bytes", where=shown_address(url))
                    stream.write(piece)
                    tell(have, max(have, total))
        except OSError as error:
            raise storage_error(error, path, "writing") from error
    if have < total:
        raise _cut_off(url)


def require_safe(url: str) -> None:
    """Check that an address is HTTPS, or a server on this computer.

    Raises:
        SettingsError: It is neither.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        good = good and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise SettingsError(
            f"not an address to download voices from: {shown_address(url)!r}",
            hint="the address must begin with https://",
        )


def _kept(wanted: Wanted) -> int:
    """Return the number of bytes downloaded earlier; a part that is too long is deleted."""
    try:
        size = wanted.part.lstat().st_size
    except FileNotFoundError:
        return 0
    if size > wanted.size_bytes:
        wanted.part.unlink()
        return 0
    return size


def _append(wanted: Wanted, have: int, tell: Tell, patience: Patience) -> None:
    with _opened(wanted.url, have, patience) as response:
        if response.status == 416:
            wanted.part.unlink()
            raise NotAsListed(f"is shorter than {wanted.size_bytes} bytes", where=shown_address(wanted.url))
        if have and response.status != 206:
            have = 0
        _check_length(wanted, have, response)
        with _opened_part(wanted.part, is_begun=bool(have)) as stream:
            for piece in _pieces(response, wanted.url, patience):
                if have + len(piece) > wanted.size_bytes:
                    raise NotAsListed(
                        f"is longer than {wanted.size_bytes} bytes", where=shown_address(wanted.url)
                    )
                stream.write(piece)
                have += len(piece)
                tell(have)
            stream.flush()
            os.fsync(stream.fileno())
    if have < wanted.size_bytes:
        raise _cut_off(wanted.url)


def _opened_part(path: Path, *, is_begun: bool) -> BinaryIO:
    """Open the partial file to append to it, or create it; links are not followed."""
    if not is_begun:
        return open_new(path)
    return os.fdopen(open_descriptor(path, os.O_WRONLY | os.O_APPEND, alone=True), "ab")


def _check_length(wanted: Wanted, have: int, response: BaseHTTPResponse) -> None:
    """Check the length that the server announces before reading the body."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise StorageError("the server answered with a web page", where=shown_address(wanted.url))
    announced = response.headers.get("Content-Length", "")
    if _LENGTH.fullmatch(announced) and have + int(announced) != wanted.size_bytes:
        wanted.part.unlink(missing_ok=True)
        raise NotAsListed(
            f"has {have + int(announced)} bytes, but the index lists {wanted.size_bytes}",
            where=shown_address(wanted.url),
        )
    begins = response.headers.get("Content-Range", "")
    if have and not begins.startswith(f"bytes {have}-"):
        raise StorageError(
            f"the server sent a different part from the one requested: {begins[:60]}",
            where=shown_address(wanted.url),
        )


@contextmanager
def _opened(url: str, begin: int, patience: Patience) -> Iterator[BaseHTTPResponse]:
    """Request a file from byte `begin` on, following redirects.

    Yields:
        A successful response with its body unread.
    """
    headers = {"User-Agent": f"audiobook/{__version__}"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
    at = url
    with plain_session() as session:
        for _ in range(_MOST_REDIRECTS + 1):
            require_safe(at)
            try:
                timeout_s = (patience.connect_s, patience.silence_s)
                answer = send(session, "GET", at, headers=headers, timeout_s=timeout_s)
            except (OSError, ValueError) as error:
                raise _failed(at, error) from error
            with answer:
                if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                    if answer.status_code not in (200, 206, 416 if begin else 200):
                        raise _refused(at, answer.status_code)
                    yield answer.raw
                    return
                at = _pointed(at, answer.headers["Location"])
        raise StorageError(f"too many redirects, more than {_MOST_REDIRECTS}", where=shown_address(url))


def _pointed(at: str, location: str) -> str:
    """Return the target of a redirect."""
    try:
        return urljoin(at, location)
    except ValueError as error:
        raise StorageError("the server redirects to an invalid address", where=shown_address(at)) from error


def _pieces(response: BaseHTTPResponse, url: str, patience: Patience) -> Iterator[bytes]:
    """Yield a body as it arrives; raise an error if it arrives too slowly or stops."""
    import urllib3

    begun, came = time.monotonic(), 0
    try:
        for piece in pieces(response, is_decoded=False):
            yield piece
            came += len(piece)
            if time.monotonic() - begun > patience.window_s:
                if came < patience.least_bytes:
                    raise StorageError("the download is too slow", where=shown_address(url), hint=_COME_BACK)
                begun, came = time.monotonic(), 0
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise _failed(url, error) from error


def _cut_off(url: str) -> StorageError:
    return StorageError("the connection was interrupted", where=shown_address(url), hint=_COME_BACK)


def _refused(url: str, status: int) -> StorageError:
    hint = "list the voices to install: audiobook voices --installable" if status == 404 else _COME_BACK
    return StorageError(f"the server answered {status}", where=shown_address(url), hint=hint)


def _failed(url: str, error: Exception) -> StorageError:
    """Return the error for a failed request or an interrupted response."""
    match failure_of(error):
        case Failure.UNTRUSTED:
            reason = "the server's certificate cannot be trusted"
        case Failure.NO_AUTHORITIES:
            reason = "the file of trusted certificates cannot be read"
        case Failure.TIMEOUT:
            reason = "the server did not answer in time"
        case Failure.CUT_OFF:
            return _cut_off(url)
        case _:
            host = shown_address(f"https://{urlsplit(url).netloc}").removeprefix("https://")
            return StorageError(
                f"cannot reach {host}",
                hint="check the connection, then run the same command again; or add a voice file: audiobook voices add FILE",
            )
    return StorageError(reason, where=shown_address(url), hint=_COME_BACK)
