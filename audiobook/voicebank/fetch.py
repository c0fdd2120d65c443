"""Fetch one file whose length and digest are known: verified, bounded, and resumed where it was cut off."""

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
from audiobook.engines.network.client import trusted_certificates
from audiobook.engines.network.session import plain_session
from audiobook.engines.piper.receipt import described_stream
from audiobook.errors import SettingsError, StorageError
from audiobook.files import TEMPORARY_SUFFIX, require_room, storage_error
from audiobook.places import shown_address
from audiobook.system.opening import open_descriptor, open_new, open_to_read

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_MOST_REDIRECTS: Final = 5
_PIECE_BYTES: Final = 256 << 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_COME_BACK: Final = "run the same command again: what has come is kept"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for.

    Attributes:
        connect_s: Seconds until it takes the connection.
        silence_s: Seconds without a byte.
        window_s: Seconds in which at least `least_bytes` have to come.
        least_bytes: What is slower would take hours.
    """

    connect_s: float = 15.0
    silence_s: float = 30.0
    window_s: float = 60.0
    least_bytes: int = 64 << 10


_PATIENCE: Final = Patience()

Tell = Callable[[int], None]
"""Is told how many bytes are there."""


class NotAsListed(StorageError):
    """What came is whole, but not what the index says."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch.

    Attributes:
        url: Where it is.
        path: Where it is to be; its folder is there.
        size_bytes: How long it is.
        md5_digest: Its MD5 in hexadecimal, which is what the index has.
        sha256: Its SHA-256 in hexadecimal; empty where it is not known.
    """

    url: str
    path: Path
    size_bytes: int
    md5_digest: str
    sha256: str = ""

    @property
    def part(self) -> Path:
        """Where it grows."""
        return self.path.with_name(f".{self.path.name}{TEMPORARY_SUFFIX}")

    def is_there(self) -> bool:
        """Whether it is in its place already, as it should be.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            if not self.path.is_file() or self.path.stat().st_size != self.size_bytes:
                return False
            with open(self.path, "rb") as stream:  # a voice may be a link of the user's own
                return self.is_it(stream)
        except OSError as error:
            raise storage_error(error, self.path, "reading") from error

    def is_it(self, stream: BufferedReader) -> bool:
        """Whether an open file has the digests that this one has to have."""
        found = described_stream(stream)
        return found.md5_digest == self.md5_digest.lower() and self.sha256 in ("", found.sha256)


def fetch_file(wanted: Wanted, tell: Tell, patience: Patience = _PATIENCE) -> Path:
    """Fetch a file beside its place, for the caller to move there once all that belongs to it has come.

    Args:
        wanted: What.
        tell: Hears of progress.
        patience: How long the server is waited for.

    Returns:
        `wanted.part`, whole and on the disk.

    Raises:
        NotAsListed: It has another length or digest; nothing of it is kept.
        StorageError: It could not be fetched or written; what has come is kept for the next time.
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
            "what came is not what the index lists: another digest", where=shown_address(wanted.url)
        )
    return wanted.part


def fetch_text(url: str, most_bytes: int) -> bytes:
    """Fetch a short file whole.

    Raises:
        StorageError: It could not be fetched, or is longer than `most_bytes`.
    """
    pieces: list[bytes] = []
    length = 0
    with _opened(url, 0, _PATIENCE) as response:
        for piece in _pieces(response, url, _PATIENCE):
            length += len(piece)
            if length > most_bytes:
                raise StorageError(f"is longer than {most_bytes} bytes", where=shown_address(url))
            pieces.append(piece)
    return b"".join(pieces)


def require_safe(url: str) -> None:
    """Make sure that an address is one that may be asked: HTTPS, or a server on this machine.

    Raises:
        SettingsError: It is not.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        good = good and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise SettingsError(
            f"not an address to fetch voices from: {shown_address(url)!r}", hint="it begins with https://"
        )


def _kept(wanted: Wanted) -> int:
    """Give how many bytes of a file came before; more than it has are no use."""
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
    """Open the file that grows, to append to what came before or to begin; a link is not followed."""
    if not is_begun:
        return open_new(path)
    return os.fdopen(open_descriptor(path, os.O_WRONLY | os.O_APPEND, alone=True), "ab")


def _check_length(wanted: Wanted, have: int, response: BaseHTTPResponse) -> None:
    """Hold what the server announces against what is wanted, before any of it is read."""
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
            f"the server gave another part than was asked for: {begins[:60]}", where=shown_address(wanted.url)
        )


@contextmanager
def _opened(url: str, begin: int, patience: Patience) -> Iterator[BaseHTTPResponse]:
    """Ask for a file from one of its bytes on, going where the server points to.

    Yields:
        A good answer, whose body is still to be read.
    """
    headers = {"User-Agent": f"audiobook/{__version__}", "Accept-Encoding": "identity"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
    at = url
    with plain_session() as session:
        for _ in range(_MOST_REDIRECTS + 1):
            require_safe(at)
            try:
                answer = session.get(
                    at,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(patience.connect_s, patience.silence_s),
                    verify=trusted_certificates(),
                )
            except (OSError, ValueError) as error:
                raise _unreachable(error, at) from error
            with answer:
                if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                    if answer.status_code not in (200, 206, 416 if begin else 200):
                        raise _refused(at, answer.status_code)
                    yield answer.raw
                    return
                at = _pointed(at, answer.headers["Location"])
        raise StorageError(f"too many redirects, more than {_MOST_REDIRECTS}", where=shown_address(url))


def _pointed(at: str, location: str) -> str:
    """Return where a redirect leads."""
    try:
        return urljoin(at, location)
    except ValueError as error:
        raise StorageError(
            "the server redirects to what is not an address", where=shown_address(at)
        ) from error


def _pieces(response: BaseHTTPResponse, url: str, patience: Patience) -> Iterator[bytes]:
    """Read a body as it comes; one that comes too slowly, or not at all, is an error."""
    import urllib3  # noqa: PLC0415

    begun, came = time.monotonic(), 0
    while True:
        try:
            piece = response.read1(_PIECE_BYTES)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if isinstance(error, urllib3.exceptions.IncompleteRead | urllib3.exceptions.ProtocolError):
                raise _cut_off(url) from error
            raise _unreachable(error, url) from error
        if not piece:
            return
        yield piece
        came += len(piece)
        if time.monotonic() - begun > patience.window_s:
            if came < patience.least_bytes:
                raise StorageError("it comes too slowly", where=shown_address(url), hint=_COME_BACK)
            begun, came = time.monotonic(), 0


def _cut_off(url: str) -> StorageError:
    return StorageError("the connection was cut off", where=shown_address(url), hint=_COME_BACK)


def _refused(url: str, status: int) -> StorageError:
    hint = "see which voices there are: audiobook voices --installable" if status == 404 else _COME_BACK
    return StorageError(f"the server answered {status}", where=shown_address(url), hint=hint)


def _unreachable(error: Exception, url: str) -> StorageError:
    """Return the error for a server that cannot be reached or does not answer."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return StorageError("the certificate of the server is not trusted", where=shown_address(url))
    if "CA certificate bundle" in text:
        return StorageError("the file of trusted certificates cannot be read", where=shown_address(url))
    if "timed out" in text:
        return StorageError("the server does not answer", where=shown_address(url), hint=_COME_BACK)
    host = shown_address(f"https://{urlsplit(url).netloc}").removeprefix("https://")
    return StorageError(
        f"cannot reach {host}", hint="check the connection, then run the same command again to continue"
    )
