"""Fetching a web address: with verified certificates, limits on length and time, and restricted redirects."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from audiobook import __version__
from audiobook.document import LANGUAGE_TAG
from audiobook.errors import AudiobookError, StorageError, UsageError
from audiobook.http.body import TooLong, joined, pieces
from audiobook.http.failure import Failure, failure_of
from audiobook.http.session import plain_session, send
from audiobook.places import shown_address

if TYPE_CHECKING:
    import requests

_MOST_REDIRECTS: Final = 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SCHEMES: Final = ("https", "http")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z][\w.-]{0,40})""", re.IGNORECASE)
_LONGEST_ADDRESS: Final = 4000
_CAUSES: Final = {
    Failure.UNTRUSTED: "the server's certificate cannot be trusted",
    Failure.NO_TLS: "the server's certificate cannot be verified",
    Failure.NO_AUTHORITIES: "the file of trusted certificates cannot be read",
    Failure.PROXY: "the proxy cannot be reached or refuses",
    Failure.TIMEOUT: "the server did not answer in time",
    Failure.CUT_OFF: "the connection was interrupted",
    Failure.NOT_SENT: "the request could not be sent",
    Failure.UNREADABLE: "the server sent a response that cannot be read",
}


class Bounds(msgspec.Struct, frozen=True):
    """Limits of a download.

    Attributes:
        most_bytes: Maximum length of the body.
        total_s: Seconds for everything, including redirects.
        silence_s: Seconds to wait for the connection, and for each following byte.
    """

    most_bytes: int = 64 << 20
    total_s: float = 90.0
    silence_s: float = 20.0


class Fetched(msgspec.Struct, frozen=True):
    """The response of a server.

    Attributes:
        url: The address after all redirects.
        media_type: Media type in lower case, without parameters; "" if the server named none.
        charset: Encoding that the server named; None if it named none.
        data: The body, decompressed.
        language: BCP 47 tag that the server named; None if it named none.
    """

    url: str
    media_type: str
    charset: str | None
    data: bytes
    language: str | None = None


_BOUNDS: Final = Bounds()


def fetch(url: str, bounds: Bounds = _BOUNDS) -> Fetched:
    """Return the response at an address, after following redirects.

    A socket timeout limits each single read, so a thread does the work, and is abandoned when the time is up.

    Args:
        url: The address.
        bounds: Limits of the download.

    Raises:
        UsageError: The address is invalid.
        StorageError: The address cannot be fetched, its body is too long, or it redirects to an address that is not
            public.
    """
    _checked(url)
    box: SimpleQueue[Fetched | BaseException] = SimpleQueue()
    Thread(target=_fetch_into, args=(box, url, bounds), daemon=True).start()
    try:
        result = box.get(timeout=bounds.total_s)
    except Empty:
        raise StorageError(f"took longer than {bounds.total_s:g} s", where=shown_address(url)) from None
    if isinstance(result, AudiobookError):
        raise result
    if isinstance(result, Exception):
        raise _failed(url, result) from result
    if isinstance(result, BaseException):
        raise result
    return result


def _fetch_into(box: SimpleQueue[Fetched | BaseException], url: str, bounds: Bounds) -> None:
    try:
        box.put(_follow(url, bounds))
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
        box.put(error)


def _checked(url: str) -> SplitResult:
    """Return the parts of an address.

    Raises:
        UsageError: The address is not that of a web page, or contains a user name.
    """
    try:
        parts = urlsplit(url)
        is_good = parts.scheme.lower() in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or not url.isprintable() or " " in url or len(url) > _LONGEST_ADDRESS:
        hint = "write a space as %20" if " " in url.strip() else "it must begin with https:// or http://"
        raise UsageError(f"not the address of a web page: {shown_address(url)}", hint=hint)
    if parts.username is not None:
        raise UsageError(
            "an address with a user name or password is not supported",
            where=shown_address(url),
            hint="download the page with your browser, and put the file into texts/",
        )
    return parts


def _follow(url: str, bounds: Bounds) -> Fetched:
    named = _checked(url)
    at = named._replace(
        netloc=named.netloc.lower(), fragment=""
    ).geturl()  # so that a page has only one address
    end_s = time.monotonic() + bounds.total_s
    with plain_session() as session:
        for _ in range(_MOST_REDIRECTS + 1):
            with _sent(session, at, bounds) as answer:
                if answer.status_code in _REDIRECTS and "Location" in answer.headers:
                    at = _redirected(at, answer.headers["Location"], named)
                    continue
                _check_status(at, answer.status_code)
                return _received(at, answer, bounds, end_s)
    raise StorageError(f"too many redirects, more than {_MOST_REDIRECTS}", where=shown_address(url))


def _sent(session: requests.Session, url: str, bounds: Bounds) -> requests.Response:
    headers = {
        "User-Agent": f"audiobook/{__version__}",
        "Accept": "text/html, application/xhtml+xml, */*;q=0.8",
    }
    return send(session, "GET", url, headers=headers, timeout_s=(bounds.silence_s, bounds.silence_s))


def _received(url: str, answer: requests.Response, bounds: Bounds, end_s: float) -> Fetched:
    def in_time() -> list[bytes]:
        found = []
        length = 0
        for piece in pieces(answer.raw, is_decoded=True):
            found.append(piece)
            length += len(piece)
            if length > bounds.most_bytes or time.monotonic() > end_s:
                break
        return found

    try:
        data = joined(in_time(), bounds.most_bytes)
    except TooLong as error:
        raise StorageError(
            f"is longer than {bounds.most_bytes >> 20} MB", where=shown_address(url)
        ) from error
    kind = answer.headers.get("Content-Type", "")
    media_type, charset = _MEDIA_TYPE.match(kind.strip()), _CHARSET.search(kind)
    language = answer.headers.get("Content-Language", "").strip()
    return Fetched(
        url,
        media_type[0].lower() if media_type else "",
        charset[1] if charset else None,
        data,
        language if LANGUAGE_TAG.match(language) else None,
    )


def _redirected(at: str, location: str, named: SplitResult) -> str:
    """Return the target of a redirect.

    A page must not redirect to a server in the user's own network, except the server that the user named.

    Raises:
        StorageError: The target is not a public web address.
    """
    try:
        target = urljoin(at, location)
        parts = _checked(target)
    except (ValueError, UsageError) as error:
        raise StorageError(
            "redirects to an address that is not supported", where=shown_address(at)
        ) from error
    if parts.hostname != named.hostname and not _is_public(parts.hostname or ""):
        raise StorageError(
            f"redirects to {shown_address(target)}, which is not a public address", where=shown_address(at)
        )
    return target


def _is_public(host: str) -> bool:
    """Return whether all IP addresses of a host are public; True for an unknown host, which a proxy may know."""
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return True
    return all(ipaddress.ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found)


def _check_status(url: str, status: int) -> None:
    """Check the status code of a response.

    Raises:
        StorageError: The status is not 200.
    """
    if status == HTTPStatus.OK:
        return
    explanations = {
        401: ": access denied",
        403: ": access denied",
        404: ": there is no such page",
        410: ": the page is gone",
    }
    hint = (
        "open it in a browser, save the page, and put the file into texts/"
        if status in (401, 403, 429)
        else None
    )
    raise StorageError(
        f"the server answered {status}{explanations.get(status, '')}", where=shown_address(url), hint=hint
    )


def _failed(url: str, error: Exception) -> StorageError:
    """Return the error for a failed request or an interrupted response."""
    cause = failure_of(error)
    reason = _CAUSES.get(cause, "the server cannot be reached")
    hint = (
        "nothing was saved"
        if cause in (Failure.UNTRUSTED, Failure.NO_TLS)
        else "check the connection and the address"
    )
    return StorageError(reason, where=shown_address(url), hint=hint)
