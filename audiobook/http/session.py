"""Sessions and requests that verify certificates, follow no redirect and keep no cookies."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audiobook.log import detail

if TYPE_CHECKING:
    import requests


def plain_session() -> requests.Session:
    """Return a session that carries nothing from one response into the next request."""
    return _kind()()


def send(
    session: requests.Session,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    timeout_s: tuple[float, float],
    body: bytes | None = None,
) -> requests.Response:
    """Send a request and return once the headers of the response have arrived.

    Args:
        session: From `plain_session`.
        method: `GET` or `POST`.
        url: Absolute, `http` or `https`.
        headers: Sent in addition to `Accept-Encoding: identity`.
        timeout_s: Seconds to wait for the connection, and for each read.
        body: Bytes to send; None for no body.

    Returns:
        The response, a redirect included. Its body is unread, and the caller closes it.

    Raises:
        OSError, ValueError: The request failed; `audiobook.http.failure.failure_of` names the cause.
    """
    begun_s = time.monotonic()
    response = session.request(
        method,
        url,
        data=body,
        headers={"Accept-Encoding": "identity", **headers},
        timeout=timeout_s,
        stream=True,
        allow_redirects=False,
        verify=trusted_certificates(),
    )
    detail(f"{method} {urlsplit(url).hostname}: {response.status_code} in {time.monotonic() - begun_s:.1f} s")
    return response


def trusted_certificates() -> str | bool:
    """Return the file of trusted certificate authorities; True means those of certifi."""
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        if path := os.environ.get(name):
            return path
    return True


@lru_cache(maxsize=1)
def _kind() -> type[requests.Session]:
    import requests  # 60 ms, which only commands that make requests should pay

    class PlainSession(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

        def get_redirect_target(self, resp: requests.Response) -> None:
            """Report no redirect: `requests` would read the whole body and parse the address to prepare the next request."""

    return PlainSession
