"""Connections that do as they are told: no redirect is followed or even looked at, and no cookie is kept."""

from __future__ import annotations

from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests


def plain_session() -> requests.Session:
    """Return a session that takes nothing from one answer into the next request."""
    return _kind()()


@lru_cache(maxsize=1)
def _kind() -> type[requests.Session]:
    import requests

    class PlainSession(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

        def get_redirect_target(self, resp: requests.Response) -> None:
            """Never see a redirect: `requests` would read its whole body and parse its address to prepare the next."""

    return PlainSession
