"""Requests to a speech service: verified, bounded, paced and retried.

Redirects are not followed: text only goes to the host that the user named.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from audiobook.engines.network.manners import Manners
from audiobook.engines.network.pace import Pace
from audiobook.errors import NoSpeech, ServiceError, SpeechError
from audiobook.http.body import TooLong, joined, pieces
from audiobook.http.failure import Failure, failure_of
from audiobook.http.retry_after import retry_after_s
from audiobook.http.session import plain_session, send

if TYPE_CHECKING:
    import requests
    from tenacity import RetryCallState

_MOST_BYTES: Final = 64 << 20
_MOST_TOLD_BYTES: Final = 1 << 14
_CONNECT_S: Final = 15.0
_LONGEST_BACKOFF_S: Final = 30.0
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Status codes of failures that may be temporary. Source: RFC 9110, section 15; RFC 6585, section 4."""
_ASKS_TO_WAIT: Final = frozenset({429, 503})

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a service.

    Attributes:
        method: `GET` or `POST`.
        url: Absolute address.
        headers: May include the key, so they are never shown.
        body: Bytes to send; None for no body.
        secret: The key; removed from every message, even one that quotes the service.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response.

    Attributes:
        content_type: Media type in lower case, without parameters.
        body: At most 64 MB.
    """

    content_type: str
    body: bytes


class _Setback(Exception):
    """A failed request.

    Attributes:
        passing: Whether another attempt may succeed.
        counts: Whether the failure counts towards the limit: the service is at fault, rather than the request.
        hint: What the user can do.
    """

    def __init__(
        self, why: str, *, passing: bool = True, counts: bool = True, hint: str | None = None
    ) -> None:
        super().__init__(why)
        self.passing = passing
        self.counts = counts
        self.hint = hint


class Client:
    """Makes the requests to one service."""

    def __init__(self, service: str, manners: Manners, pace_file: Path, refused_hint: str) -> None:
        """Create a client for a service.

        Args:
            service: Its name in messages, for example its host.
            manners: Limits on the requests.
            pace_file: File through which all processes coordinate their pace.
            refused_hint: What the user can do if the service denies access.
        """
        self._service = service
        self._manners = manners
        self._refused_hint = refused_hint
        self._pace = Pace(pace_file, service, manners.pause_s, manners.rest_s)
        self._session: requests.Session | None = None
        self._owner = 0

    def ask(self, request: Request, read: Callable[[Answer], Value]) -> Value:
        """Make a request until it succeeds or another attempt is hopeless.

        Args:
            request: The request.
            read: Returns the wanted value from a response. Raises `SpeechError` if the response is not what was
                requested; after `NoSpeech`, the request is repeated.

        Raises:
            ServiceError: The request failed, or requests have stopped for a while.
            StorageError: The file of the pace cannot be used.
        """
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        retrying = Retrying(
            stop=stop_after_attempt(self._manners.attempts),
            wait=self._backoff_s,
            retry=retry_if_exception(lambda error: isinstance(error, _Setback) and error.passing),
            reraise=True,
        )
        try:
            value: Value = retrying(self._once, request, read)
        except _Setback as setback:
            tried = retrying.statistics.get("attempt_number", 1)
            times = f" ({tried} times)" if tried > 1 else ""
            raise ServiceError(
                f"{self._service} {setback}{times}", hint=setback.hint or _COME_BACK
            ) from setback
        return value

    def _backoff_s(self, state: RetryCallState) -> float:
        """Return a random wait that grows with each failure, so that processes that failed together retry apart."""
        from tenacity import wait_random_exponential

        return wait_random_exponential(self._manners.backoff_s, _LONGEST_BACKOFF_S)(state)

    def _once(self, request: Request, read: Callable[[Answer], Value]) -> Value:
        self._pace.wait_turn()
        try:
            value = read(self._within_deadline(request))
        except _Setback as setback:
            if setback.counts:
                self._pace.failed(str(setback))
            raise
        except NoSpeech as error:
            self._pace.failed(error.message)
            raise _Setback(f"returned no speech: {error.message}", hint=error.hint) from error
        except SpeechError as error:
            self._pace.failed(error.message)
            raise ServiceError(f"{self._service}: {error.message}", hint=error.hint or _COME_BACK) from error
        self._pace.succeeded()
        return value

    def _within_deadline(self, request: Request) -> Answer:
        """Send a request in a thread, and abandon it when its time is up.

        The timeout of a socket limits a single read, so a service that sends one byte now and then never reaches it.
        """
        box: SimpleQueue[Answer | BaseException] = SimpleQueue()
        session = self._own_session()
        thread = Thread(
            target=_send_into, args=(box, session, request, self._manners.deadline_s), daemon=True
        )
        thread.start()
        try:
            result = box.get(timeout=self._manners.deadline_s)
        except Empty:
            self._session = None  # the abandoned thread still uses it
            raise _Setback(f"took longer than {self._manners.deadline_s:g} s") from None
        thread.join()
        if isinstance(result, BaseException):
            raise self._understood(result) from result
        return result

    def _understood(self, error: BaseException) -> BaseException:
        """Return our error for an exception of `requests` or a library below it."""
        if isinstance(error, _Refusal):
            return self._refused(error)
        if not isinstance(error, Exception):
            return error
        match failure_of(error):
            case Failure.UNTRUSTED | Failure.NO_TLS:
                return _Setback(
                    "has a certificate that cannot be verified",
                    passing=False,
                    counts=False,
                    hint="nothing was sent; behind a proxy with its own certificate authority, set "
                    "REQUESTS_CA_BUNDLE to the file of that authority",
                )
            case Failure.PROXY:
                return _Setback("cannot be reached through the proxy")
            case Failure.TIMEOUT:
                return _Setback("did not answer in time")
            case Failure.CUT_OFF:
                return _Setback("closed the connection in the middle of its response")
            case Failure.UNREACHABLE:
                return _Setback("cannot be reached, or closed the connection")
            case Failure.NOT_SENT | Failure.NO_AUTHORITIES:
                return _Setback(
                    f"could not be sent a request: {type(error).__name__}", passing=False, counts=False
                )
            case Failure.UNREADABLE:
                return _Setback("sent a response that cannot be read")

    def _refused(self, refusal: _Refusal) -> _Setback:
        """Return the error for a refused request, and make all processes wait if the service asks for it."""
        status, wait_s = refusal.status, refusal.wait_s
        if status in _ASKS_TO_WAIT and wait_s is not None:
            if wait_s > self._manners.patience_s:
                self._pace.rest(wait_s)
                return _Setback(f"answered {status} and asks to wait {wait_s:.0f} s", passing=False)
            self._pace.hold(wait_s)
        if status in (401, 403):
            return _Setback(
                f"answered {status}: access denied", passing=False, counts=False, hint=self._refused_hint
            )
        return _Setback(f"answered {status}{refusal.said}", passing=status in _PASSING)

    def _own_session(self) -> requests.Session:
        """Return the session of this process: a forked process must not share its parent's connections."""
        if self._session is None or self._owner != os.getpid():
            self._session, self._owner = plain_session(), os.getpid()
            self._session.auth = _no_login
        return self._session


_COME_BACK: Final = "build again later: responses are cached, so only the missing ones are requested"


class _Told(msgspec.Struct):
    """An explanation: OpenAI sends it in `error`, FastAPI in `detail`, as text or as a table with `message`."""

    error: str | dict[str, object] | None = None
    detail: str | dict[str, object] | list[object] | None = None


class _Refusal(Exception):
    """A response other than 200: its status, how long the service asks to wait, and the rest of the message."""

    def __init__(self, status: int, wait_s: float | None, said: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.wait_s = wait_s
        self.said = said


def _no_login(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from sending the name and password that a `.netrc` has for the host."""
    return prepared


def _send_into(
    box: SimpleQueue[Answer | BaseException], session: requests.Session, request: Request, deadline_s: float
) -> None:
    try:
        box.put(_send(session, request, deadline_s))
    except BaseException as error:  # noqa: BLE001 - passed to the waiting thread, which raises it
        box.put(error)


def _send(session: requests.Session, request: Request, deadline_s: float) -> Answer:
    with send(
        session,
        request.method,
        request.url,
        headers=request.headers,
        timeout_s=(min(_CONNECT_S, deadline_s), deadline_s),
        body=request.body,
    ) as response:
        if response.status_code != 200:
            raise _refusal(response, request.secret)
        try:
            body = joined(pieces(response.raw, is_decoded=True), _MOST_BYTES)
        except TooLong as error:
            raise _Refusal(200, None, f", and more than {_MOST_BYTES >> 20} MB") from error
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(kind, body)


def _refusal(response: requests.Response, secret: str) -> _Refusal:
    wait_s = retry_after_s(response.headers.get("Retry-After"))
    if 300 <= response.status_code < 400:
        return _Refusal(
            response.status_code, None, f" and redirects{_to(response)}; redirects are not followed"
        )
    return _Refusal(response.status_code, wait_s, _told(response, secret))


def _to(response: requests.Response) -> str:
    """Return “ to HOST” for the target of a redirect; "" if it has no host."""
    try:
        host = urlsplit(response.headers.get("Location", "")).hostname
    except ValueError:
        return ""
    return f" to {host[:100]}" if host and host.isprintable() else ""


def _told(response: requests.Response, secret: str) -> str:
    """Return the first words of an explanation in JSON, as servers of the OpenAI API send it."""
    try:
        told = msgspec.json.decode(_beginning(response), type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    part = told.error if told.error is not None else told.detail
    message = part.get("message") if isinstance(part, dict) else part
    if not isinstance(message, str):
        return ""
    plain = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    return f": “{(plain.replace(secret, '…') if secret else plain)[:200]}”"


def _beginning(response: requests.Response) -> bytes:
    """Return the beginning of a body: as much as is needed, or as arrived before the connection broke."""
    import urllib3

    data = b""
    with suppress(urllib3.exceptions.HTTPError, OSError):
        while len(data) < _MOST_TOLD_BYTES:
            piece = response.raw.read1(_MOST_TOLD_BYTES - len(data), decode_content=True)
            if not piece:
                break
            data += piece
    return data
