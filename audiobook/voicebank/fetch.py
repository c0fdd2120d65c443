"""Download files: with verified digests, limits on time and size, and resumed after an interruption."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urljoin, urlsplit

import msgspec

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
_RESUME_HINT: Final = "run the same command again; the download resumes"


class Timeouts(msgspec.Struct, frozen=True):
    """Limits on waiting for a server.

    Attributes:
        connect_s: Seconds to wait for the connection.
        silence_s: Seconds to wait for the next byte.
        window_s: Seconds in which at least `least_bytes` must arrive.
        least_bytes: Bytes that must arrive in each window, because a slower download would take hours.
    """

    connect_s: float = 15.0
    silence_s: float = 30.0
    window_s: float = 60.0
    least_bytes: int = 64 << 10


_TIMEOUTS: Final = Timeouts()

OnBytes = Callable[[int], None]
"""Called with the number of bytes downloaded so far."""


class UnexpectedFile(StorageError):
    """A file differs from its entry in the index, or from the file that was installed before."""


class Download(msgspec.Struct, frozen=True):
    """A file to download.

    Attributes:
        url: Address of the file.
        path: Its final path. The folder must exist.
        size_bytes: Length of the file.
        md5_digest: MD5 in hexadecimal, the digest in the index; empty if unknown.
        sha256: SHA-256 in hexadecimal; empty if unknown. At least one of the digests is known.
    """

    url: str
    path: Path
    size_bytes: int
    md5_digest: str
    sha256: str = ""

    @property
    def part(self) -> Path:
        """Path of the file while it is incomplete."""
        return self.path.with_name(f".{self.path.name}{TEMPORARY_SUFFIX}")

    def is_complete(self) -> bool:
        """Return whether a file with the right length and digests is in its final place.

        Raises:
            StorageError: The file cannot be read.
        """
        try:
            if not self.path.is_file() or self.path.stat().st_size != self.size_bytes:
                return False
            with open(self.path, "rb") as stream:  # follows links, because users may link voices
                return self.matches(stream)
        except OSError as error:
            raise storage_error(error, self.path, "reading") from error

    def matches(self, stream: BufferedReader) -> bool:
        """Return whether an open file has the right digests."""
        found = stream_digests(stream)
        return self.md5_digest.lower() in ("", found.md5_digest) and self.sha256 in ("", found.sha256)


def fetch_file(wanted: Download, on_bytes: OnBytes, timeouts: Timeouts = _TIMEOUTS) -> Path:
    """Download a file next to its final place. The caller moves it there once the whole voice is complete.

    Args:
        wanted: The file.
        on_bytes: Called with the progress.
        timeouts: Limits on waiting for the server.

    Returns:
        `wanted.part`, complete and flushed to disk.

    Raises:
        UnexpectedFile: The length or a digest differs. The download is discarded.
        StorageError: The file cannot be downloaded or written. What was downloaded so far is kept.
    """
    require_room(wanted.path.parent, wanted.size_bytes)
    try:
        have = _partial_bytes(wanted)
        if have < wanted.size_bytes:
            _append(wanted, have, on_bytes, timeouts)
        with open_to_read(wanted.part) as stream:
            is_right = wanted.matches(stream)
    except OSError as error:
        raise storage_error(error, wanted.path, "writing") from error
    if not is_right:
        wanted.part.unlink(missing_ok=True)
        raise UnexpectedFile(
            "the digest of the downloaded file differs from the one in the index",
            where=shown_address(wanted.url),
        )
    return wanted.part


def fetch_text(url: str, most_bytes: int) -> bytes:
    """Download a short file and return its bytes.

    Raises:
        StorageError: The file cannot be downloaded, or is longer than `most_bytes`.
    """
    with _opened(url, 0, _TIMEOUTS) as response:
        try:
            return joined(_pieces(response, url, _TIMEOUTS), most_bytes)
        except TooLong as error:
            raise StorageError(f"is longer than {most_bytes} bytes", where=shown_address(url)) from error


def fetch_unlisted(url: str, path: Path, most_bytes: int, progress: Callable[[int, int], None]) -> None:
    """Download a file of unknown length and digest. The caller must check its contents.

    Args:
        url: Address of the file.
        path: Where to write it. An existing file is replaced.
        most_bytes: Maximum length of the file.
        progress: Called with the number of bytes downloaded so far, and the total that the server announced.

    Raises:
        StorageError: The file cannot be downloaded or written, or is too long.
    """
    with _opened(url, 0, _TIMEOUTS) as response:
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if _LENGTH.fullmatch(announced) else 0
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise StorageError("the server answered with a web page", where=shown_address(url))
        try:
            require_room(path.parent, total)
            with open_new(path) as stream:
                have = 0
                for piece in _pieces(response, url, _TIMEOUTS):
                    have += len(piece)
                    if have > most_bytes:
                        raise StorageError(f"is longer than {most_bytes} bytes", where=shown_address(url))
                    stream.write(piece)
                    progress(have, max(have, total))
        except OSError as error:
            raise storage_error(error, path, "writing") from error
    if have < total:
        raise _cut_off(url)


def require_safe(url: str) -> None:
    """Check that an address uses HTTPS, or is that of a server on this computer.

    Raises:
        SettingsError: The address is invalid, or neither of these.
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


def _partial_bytes(wanted: Download) -> int:
    """Return the number of bytes downloaded earlier. A partial file that is too long is deleted."""
    try:
        size = wanted.part.lstat().st_size
    except FileNotFoundError:
        return 0
    if size > wanted.size_bytes:
        wanted.part.unlink()
        return 0
    return size


def _append(wanted: Download, have: int, on_bytes: OnBytes, timeouts: Timeouts) -> None:
    with _opened(wanted.url, have, timeouts) as response:
        if response.status == 416:
            wanted.part.unlink()
            raise UnexpectedFile(
                f"is shorter than {wanted.size_bytes} bytes", where=shown_address(wanted.url)
            )
        if have and response.status != 206:
            have = 0
        _check_length(wanted, have, response)
        with _opened_part(wanted.part, is_begun=bool(have)) as stream:
            for piece in _pieces(response, wanted.url, timeouts):
                if have + len(piece) > wanted.size_bytes:
                    raise UnexpectedFile(
                        f"is longer than {wanted.size_bytes} bytes", where=shown_address(wanted.url)
                    )
                stream.write(piece)
                have += len(piece)
                on_bytes(have)
            stream.flush()
            os.fsync(stream.fileno())
    if have < wanted.size_bytes:
        raise _cut_off(wanted.url)


def _opened_part(path: Path, *, is_begun: bool) -> BinaryIO:
    """Open the partial file to append to it, or create it. Links are not followed."""
    if not is_begun:
        return open_new(path)
    return os.fdopen(open_descriptor(path, os.O_WRONLY | os.O_APPEND, alone=True), "ab")


def _check_length(wanted: Download, have: int, response: BaseHTTPResponse) -> None:
    """Check the length and the range that the server announces, before the body is read."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise StorageError("the server answered with a web page", where=shown_address(wanted.url))
    announced = response.headers.get("Content-Length", "")
    if _LENGTH.fullmatch(announced) and have + int(announced) != wanted.size_bytes:
        wanted.part.unlink(missing_ok=True)
        raise UnexpectedFile(
            f"has {have + int(announced)} bytes, but the index lists {wanted.size_bytes}",
            where=shown_address(wanted.url),
        )
    sent_range = response.headers.get("Content-Range", "")
    if have and not sent_range.startswith(f"bytes {have}-"):
        raise StorageError(
            f"the server sent a different part from the one requested: {sent_range[:60]}",
            where=shown_address(wanted.url),
        )


@contextmanager
def _opened(url: str, begin: int, timeouts: Timeouts) -> Iterator[BaseHTTPResponse]:
    """Request a file from byte `begin` on, following redirects.

    Yields:
        The response, with its body unread; its status is 200, 206, or 416 if there is nothing after `begin`.
    """
    headers = {"User-Agent": f"audiobook/{__version__}"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
    at = url
    with plain_session() as session:
        for _ in range(_MOST_REDIRECTS + 1):
            require_safe(at)
            try:
                timeout_s = (timeouts.connect_s, timeouts.silence_s)
                answer = send(session, "GET", at, headers=headers, timeout_s=timeout_s)
            except (OSError, ValueError) as error:
                raise _failed(at, error) from error
            with answer:
                if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                    if answer.status_code not in (200, 206, 416 if begin else 200):
                        raise _refused(at, answer.status_code)
                    yield answer.raw
                    return
                at = _redirected(at, answer.headers["Location"])
        raise StorageError(f"too many redirects, more than {_MOST_REDIRECTS}", where=shown_address(url))


def _redirected(at: str, location: str) -> str:
    """Return the target of a redirect."""
    try:
        return urljoin(at, location)
    except ValueError as error:
        raise StorageError("the server redirects to an invalid address", where=shown_address(at)) from error


def _pieces(response: BaseHTTPResponse, url: str, timeouts: Timeouts) -> Iterator[bytes]:
    """Yield a body as it arrives. Raise `StorageError` if it arrives too slowly or stops."""
    import urllib3

    window_begin_s, window_bytes = time.monotonic(), 0
    try:
        for piece in pieces(response, is_decoded=False):
            yield piece
            window_bytes += len(piece)
            if time.monotonic() - window_begin_s > timeouts.window_s:
                if window_bytes < timeouts.least_bytes:
                    raise StorageError(
                        "the download is too slow", where=shown_address(url), hint=_RESUME_HINT
                    )
                window_begin_s, window_bytes = time.monotonic(), 0
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise _failed(url, error) from error


def _cut_off(url: str) -> StorageError:
    return StorageError("the connection was interrupted", where=shown_address(url), hint=_RESUME_HINT)


def _refused(url: str, status: int) -> StorageError:
    hint = "list the voices to install: audiobook voices --installable" if status == 404 else _RESUME_HINT
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
    return StorageError(reason, where=shown_address(url), hint=_RESUME_HINT)
