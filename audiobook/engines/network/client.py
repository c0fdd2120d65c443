"""Our own way to ask a service: verified, bounded, in turn, and with patience.

A redirect is never followed: words go to the host that was named, and to no other.
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
"""Answers that may be others a moment later. Source: RFC 9110, section 15; RFC 6585, section 4."""
_ASKS_TO_WAIT: Final = frozenset({429, 503})

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        method: `GET` or `POST`.
        url: Where.
        headers: With the key, if one is needed; so they are never shown.
        body: What is sent.
        secret: What must never be said, even where the service says it.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole.

    Attributes:
        content_type: As the service calls it, in lower case, without parameters.
        body: Never longer than 64 MB.
    """

    content_type: str
    body: bytes


class _Setback(Exception):
    """A request that failed.

    Attributes:
        passing: Whether it may go well a moment later.
        counts: Whether it says something of the service, and not of how it is asked.
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
    """Asks one service."""

    def __init__(self, service: str, manners: Manners, pace_file: Path, refused_hint: str) -> None:
        """Ask a service.

        Args:
            service: What it is called in messages, such as its host.
            manners: Its limits.
            pace_file: By what all processes agree on a pace.
            refused_hint: What the user can do where it refuses.
        """
        self._service = service
        self._manners = manners
        self._refused_hint = refused_hint
        self._pace = Pace(pace_file, service, manners.pause_s, manners.rest_s)
        self._session: requests.Session | None = None
        self._owner = 0

    def ask(self, request: Request, read: Callable[[Answer], Value]) -> Value:
        """Ask until there is a good answer, or no hope of one.

        Args:
            request: What.
            read: Returns what is wanted of an answer, or raises `SpeechError` when it is not what was asked for;
                `NoSpeech` has it asked for again.

        Raises:
            ServiceError: It failed, or nobody may ask for a while.
            StorageError: The pace cannot be kept.
        """
        from tenacity import Retrying, retry_if_exception, stop_after_attempt  # noqa: PLC0415

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
        """Give a random wait, longer after each failure, so that processes that failed together come back apart."""
        from tenacity import wait_random_exponential  # noqa: PLC0415

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
            raise _Setback(f"gave no speech: {error.message}", hint=error.hint) from error
        except SpeechError as error:
            self._pace.failed(error.message)
            raise ServiceError(f"{self._service}: {error.message}", hint=error.hint or _COME_BACK) from error
        self._pace.succeeded()
        return value

    def _within_deadline(self, request: Request) -> Answer:
        """Send a request beside, and give it up when its time has passed.

        A time limit of a socket holds for one read, and a service that sends a byte now and then never meets it.
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
            self._session = None  # what the thread still does with it is nobody's any more
            raise _Setback(f"took longer than {self._manners.deadline_s:g} s") from None
        thread.join()
        if isinstance(result, BaseException):
            raise self._understood(result) from result
        return result

    def _understood(self, error: BaseException) -> BaseException:
        """Translate what `requests` and the libraries below it raise."""
        if isinstance(error, _Refusal):
            return self._refused(error)
        if not isinstance(error, Exception):
            return error
        match failure_of(error):
            case Failure.UNTRUSTED | Failure.NO_TLS:
                return _Setback(
                    "does not prove with its certificate that it is itself",
                    passing=False,
                    counts=False,
                    hint="nothing was sent; behind a proxy with an authority of its own, name that one's file in "
                    "REQUESTS_CA_BUNDLE",
                )
            case Failure.PROXY:
                return _Setback("cannot be reached through the proxy")
            case Failure.TIMEOUT:
                return _Setback("does not answer in time")
            case Failure.CUT_OFF:
                return _Setback("broke off in the middle of its answer")
            case Failure.UNREACHABLE:
                return _Setback("cannot be reached, or hung up")
            case Failure.NOT_SENT | Failure.NO_AUTHORITIES:
                return _Setback(f"cannot be asked: {type(error).__name__}", passing=False, counts=False)
            case Failure.UNREADABLE:
                return _Setback("sent an answer that cannot be read")

    def _refused(self, refusal: _Refusal) -> _Setback:
        """Judge an answer that is none, and keep everybody waiting if that is what the service wants."""
        status, wait_s = refusal.status, refusal.wait_s
        if status in _ASKS_TO_WAIT and wait_s is not None:
            if wait_s > self._manners.patience_s:
                self._pace.rest(wait_s)
                return _Setback(
                    f"answered {status}: it wants to be left alone for {wait_s:.0f} s", passing=False
                )
            self._pace.hold(wait_s)
        if status in (401, 403):
            return _Setback(
                f"answered {status}: it refuses", passing=False, counts=False, hint=self._refused_hint
            )
        return _Setback(f"answered {status}{refusal.said}", passing=status in _PASSING)

    def _own_session(self) -> requests.Session:
        """Give this process's session: connections must not be shared with a process that was forked."""
        if self._session is None or self._owner != os.getpid():
            self._session, self._owner = plain_session(), os.getpid()
            self._session.auth = _no_login
        return self._session


_COME_BACK: Final = "build again later: what it has answered is kept, and only the rest is asked for"


class _Told(msgspec.Struct):
    """An explanation: OpenAI has it in `error`, FastAPI in `detail`; a text, or a table with `message`."""

    error: str | dict[str, object] | None = None
    detail: str | dict[str, object] | list[object] | None = None


class _Refusal(Exception):
    """An answer that is none: its status, how long it asks to wait, and what else there is to say."""

    def __init__(self, status: int, wait_s: float | None, said: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.wait_s = wait_s
        self.said = said


def _no_login(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from sending the name and password that a `.netrc` holds for the host."""
    return prepared


def _send_into(
    box: SimpleQueue[Answer | BaseException], session: requests.Session, request: Request, deadline_s: float
) -> None:
    try:
        box.put(_send(session, request, deadline_s))
    except BaseException as error:  # noqa: BLE001 - it travels to the thread that waits, which raises it
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
            response.status_code, None, f" and wants to send us on{_to(response)}, which is not done"
        )
    return _Refusal(response.status_code, wait_s, _told(response, secret))


def _to(response: requests.Response) -> str:
    """Say where an answer wants to send us, if it is another host."""
    try:
        host = urlsplit(response.headers.get("Location", "")).hostname
    except ValueError:
        return ""
    return f" to {host[:100]}" if host and host.isprintable() else ""


def _told(response: requests.Response, secret: str) -> str:
    """Return the first words of an explanation in JSON, as the servers of the OpenAI form send it."""
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
    """Return the beginning of a body, or what came of it before it broke off."""
    import urllib3  # noqa: PLC0415

    data = b""
    with suppress(urllib3.exceptions.HTTPError, OSError):
        while len(data) < _MOST_TOLD_BYTES:
            piece = response.raw.read1(_MOST_TOLD_BYTES - len(data), decode_content=True)
            if not piece:
                break
            data += piece
    return data
