"""Why a request failed, determined by the type of the exception, never by its text."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from enum import Enum, auto


class Failure(Enum):
    """The cause of a failed request."""

    UNTRUSTED = auto()
    """The certificate of the server is not from a trusted authority, or is for another host."""
    NO_TLS = auto()
    """No encrypted connection could be set up for another reason."""
    NO_AUTHORITIES = auto()
    """The file of trusted authorities does not exist."""
    PROXY = auto()
    """The proxy cannot be reached or refuses."""
    TIMEOUT = auto()
    """The server did not accept the connection, or sent nothing, for too long."""
    CUT_OFF = auto()
    """The connection ended in the middle of the response."""
    UNREACHABLE = auto()
    """No connection could be made, or it ended before the response began."""
    NOT_SENT = auto()
    """The request could not be sent, for example because its address is not valid."""
    UNREADABLE = auto()
    """The response is not HTTP that can be read."""


def failure_of(error: Exception) -> Failure:
    """Return why a request failed.

    Args:
        error: Raised by `audiobook.http.session.send`, or while the body of its response was read.
    """
    import requests
    import urllib3

    match error:
        case requests.exceptions.SSLError() | urllib3.exceptions.SSLError():
            is_untrusted = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))
            return Failure.UNTRUSTED if is_untrusted else Failure.NO_TLS
        case requests.exceptions.ProxyError():
            return Failure.PROXY
        case requests.exceptions.Timeout() | urllib3.exceptions.TimeoutError():
            return Failure.TIMEOUT
        case (
            requests.exceptions.ChunkedEncodingError()
            | requests.exceptions.ContentDecodingError()
            | urllib3.exceptions.HTTPError()
        ):
            return Failure.CUT_OFF
        case requests.exceptions.ConnectionError():
            return Failure.UNREACHABLE
        case requests.exceptions.RequestException():
            return Failure.NOT_SENT
        case OSError():
            # `requests` wraps the errors of sockets; the only plain OSError is about the file of authorities.
            return Failure.NO_AUTHORITIES
        case _:
            return Failure.UNREADABLE


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that led to it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
