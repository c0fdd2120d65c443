"""Requests to a speech service, with verified certificates, limits on time, size and rate, and retries.

Redirects are not followed, so text only goes to the host that the user named.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from audiobook.engines.network.pace import Pace
from audiobook.engines.network.request_limits import RequestLimits
from audiobook.errors import NoSpeech, ServiceError, SpeechError
from audiobook.http.body import TooLong, joined, pieces
from audiobook.http.failure import Failure, failure_of
from audiobook.http.retry_after import retry_after_s
from audiobook.http.session import plain_session, send

if TYPE_CHECKING:
    import requests
    from tenacity import RetryCallState

_MOST_BYTES: Final = 64 << 20
_MOST_EXPLANATION_BYTES: Final = 1 << 14
_CONNECT_S: Final = 15.0
_LONGEST_BACKOFF_S: Final = 30.0
_TEMPORARY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Status codes of failures that may be temporary. Source: RFC 9110, section 15; RFC 6585, section 4."""
_ASKS_TO_WAIT: Final = frozenset({429, 503})

Value = TypeVar("Value")


class Request(msgspec.Struct, frozen=True):
    """A request to a service.

    Attributes:
        method: `GET` or `POST`.
        url: Absolute address.
        headers: Headers by name. They may include the key, so they are never shown.
        body: Bytes to send; None for no body.
        secret: The API key, which is removed from all messages, including quoted responses of the service; empty for no
            key.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    secret: str = ""

    def __repr__(self) -> str:
        """Return the method and the address: the rest may contain the key."""
        return f"Request({self.method!r}, {self.url!r})"


class Answer(msgspec.Struct, frozen=True):
    """A complete response.

    Attributes:
        content_type: Media type in lower case, without parameters.
        body: At most 64 MB.
    """

    content_type: str
    body: bytes


class _FailedAttempt(Exception):
    """A failed attempt to make a request.

    Attributes:
        is_temporary: Whether another attempt may succeed.
        counts: Whether it counts towards `FAILURES_IN_A_ROW`. It does if the fault is in the service rather than the
            request.
        hint: What the user can do; None if the usual hint applies.
    """

    def __init__(
        self, why: str, *, is_temporary: bool = True, counts: bool = True, hint: str | None = None
    ) -> None:
        super().__init__(why)
        self.is_temporary = is_temporary
        self.counts = counts
        self.hint = hint


class Client:
    """Makes the requests to one service."""

    def __init__(self, service: str, limits: RequestLimits, pace_file: Path, refused_hint: str) -> None:
        """Create a client for a service.

        Args:
            service: Name of the service in messages, for example its host.
            limits: Limits on the requests.
            pace_file: File through which all processes share a rate limit.
            refused_hint: What the user can do if the service denies access.
        """
        self._service = service
        self._limits = limits
        self._refused_hint = refused_hint
        self._pace = Pace(pace_file, service, limits.pause_s, limits.rest_s)
        self._session: requests.Session | None = None
        self._owner = 0

    def ask(self, request: Request, read: Callable[[Answer], Value]) -> Value:
        """Make a request, and retry it after failures that may be temporary.

        Args:
            request: The request.
            read: Extracts the requested value from a response. It raises `SpeechError` if the response is not what was
                requested, or `NoSpeech` if another attempt may succeed.

        Returns:
            The value that `read` returned.

        Raises:
            ServiceError: The request failed, or requests to this service are paused.
            StorageError: The pace file cannot be read or written.
        """
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        retrying = Retrying(
            stop=stop_after_attempt(self._limits.attempts),
            wait=self._backoff_s,
            retry=retry_if_exception(lambda error: isinstance(error, _FailedAttempt) and error.is_temporary),
            reraise=True,
        )
        try:
            value: Value = retrying(self._once, request, read)
        except _FailedAttempt as failure:
            attempts = retrying.statistics.get("attempt_number", 1)
            times = f" ({attempts} times)" if attempts > 1 else ""
            raise ServiceError(
                f"{self._service} {failure}{times}", hint=failure.hint or _BUILD_LATER
            ) from failure
        return value

    def _backoff_s(self, state: RetryCallState) -> float:
        """Return a random wait in seconds that grows with each failure. Processes that failed together retry apart."""
        from tenacity import wait_random_exponential

        return wait_random_exponential(self._limits.backoff_s, _LONGEST_BACKOFF_S)(state)

    def _once(self, request: Request, read: Callable[[Answer], Value]) -> Value:
        self._pace.wait_turn()
        try:
            value = read(self._within_deadline(request))
        except _FailedAttempt as failure:
            if failure.counts:
                self._pace.failed(str(failure))
            raise
        except NoSpeech as error:
            self._pace.failed(error.message)
            raise _FailedAttempt(f"returned no speech: {error.message}", hint=error.hint) from error
        except SpeechError as error:
            self._pace.failed(error.message)
            raise ServiceError(
                f"{self._service}: {error.message}", hint=error.hint or _BUILD_LATER
            ) from error
        self._pace.succeeded()
        return value

    def _within_deadline(self, request: Request) -> Answer:
        """Send a request in a thread, which is abandoned at the deadline.

        A socket timeout only limits each read, so a service that sends single bytes slowly would never exceed it.
        """
        box: SimpleQueue[Answer | BaseException] = SimpleQueue()
        session = self._own_session()
        thread = Thread(target=_send_into, args=(box, session, request, self._limits.deadline_s), daemon=True)
        thread.start()
        try:
            result = box.get(timeout=self._limits.deadline_s)
        except Empty:
            self._session = None  # the abandoned thread still uses it
            raise _FailedAttempt(f"took longer than {self._limits.deadline_s:g} s") from None
        thread.join()
        if isinstance(result, BaseException):
            raise self._translated(result) from result
        return result

    def _translated(self, error: BaseException) -> BaseException:
        """Return our exception for one of `requests` or of a library that it uses."""
        if isinstance(error, _Refusal):
            return self._refused(error)
        if not isinstance(error, Exception):
            return error
        match failure_of(error):
            case Failure.UNTRUSTED | Failure.NO_TLS:
                return _FailedAttempt(
                    "has a certificate that cannot be verified",
                    is_temporary=False,
                    counts=False,
                    hint="nothing was sent; behind a proxy with its own certificate authority, set "
                    "REQUESTS_CA_BUNDLE to the file of that authority",
                )
            case Failure.PROXY:
                return _FailedAttempt("cannot be reached through the proxy")
            case Failure.TIMEOUT:
                return _FailedAttempt("did not answer in time")
            case Failure.CUT_OFF:
                return _FailedAttempt("closed the connection in the middle of its response")
            case Failure.UNREACHABLE:
                return _FailedAttempt("cannot be reached, or closed the connection")
            case Failure.NOT_SENT | Failure.NO_AUTHORITIES:
                return _FailedAttempt(
                    f"could not be sent a request: {type(error).__name__}", is_temporary=False, counts=False
                )
            case Failure.UNREADABLE:
                return _FailedAttempt("sent a response that cannot be read")

    def _refused(self, refusal: _Refusal) -> _FailedAttempt:
        """Return the exception for a refused request. If the service asks clients to wait, all processes wait."""
        status, wait_s = refusal.status, refusal.wait_s
        if status in _ASKS_TO_WAIT and wait_s is not None:
            if wait_s > self._limits.patience_s:
                self._pace.rest(wait_s)
                return _FailedAttempt(
                    f"answered {status} and asks to wait {wait_s:.0f} s", is_temporary=False
                )
            self._pace.hold(wait_s)
        if status in (401, 403):
            return _FailedAttempt(
                f"answered {status}: access denied", is_temporary=False, counts=False, hint=self._refused_hint
            )
        return _FailedAttempt(f"answered {status}{refusal.explanation}", is_temporary=status in _TEMPORARY)

    def _own_session(self) -> requests.Session:
        """Return the session of this process: a forked process must not share its parent's connections."""
        if self._session is None or self._owner != os.getpid():
            self._session, self._owner = plain_session(), os.getpid()
            self._session.auth = _no_login
        return self._session


_BUILD_LATER: Final = "build again later: responses are cached, so only the missing ones are requested"


class _Explanation(msgspec.Struct):
    """The body of an error response, which is in `error` (OpenAI) or `detail` (FastAPI)."""

    error: str | dict[str, object] | None = None
    detail: str | dict[str, object] | list[object] | None = None


class _Refusal(Exception):
    """The service answered with an error status.

    Attributes:
        status: The status code.
        wait_s: Seconds that the service asks the client to wait; None if it does not ask.
        explanation: The service's explanation, which completes “answered STATUS”; may be empty.
    """

    def __init__(self, status: int, wait_s: float | None, explanation: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.wait_s = wait_s
        self.explanation = explanation


def _no_login(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Prevent `requests` from sending the name and password for the host in a `.netrc` file."""
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
    return _Refusal(response.status_code, wait_s, _explanation(response, secret))


def _to(response: requests.Response) -> str:
    """Return " to HOST" for the target of a redirect; "" if it has no host."""
    try:
        host = urlsplit(response.headers.get("Location", "")).hostname
    except ValueError:
        return ""
    return f" to {host[:100]}" if host and host.isprintable() else ""


def _explanation(response: requests.Response, secret: str) -> str:
    """Return the beginning of the explanation in an error response, to append to a message; "" if there is none."""
    try:
        body = msgspec.json.decode(_beginning(response), type=_Explanation)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    part = body.error if body.error is not None else body.detail
    message = part.get("message") if isinstance(part, dict) else part
    if not isinstance(message, str):
        return ""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    return f": “{(one_line.replace(secret, '…') if secret else one_line)[:200]}”"


def _beginning(response: requests.Response) -> bytes:
    """Return the beginning of a body: at most 16 KB, or what arrived before the connection broke."""
    import urllib3

    data = b""
    with suppress(urllib3.exceptions.HTTPError, OSError):
        while len(data) < _MOST_EXPLANATION_BYTES:
            piece = response.raw.read1(_MOST_EXPLANATION_BYTES - len(data), decode_content=True)
            if not piece:
                break
            data += piece
    return data
