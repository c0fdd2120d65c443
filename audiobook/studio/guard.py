"""Access control: only pages of this server, in a browser that was opened with its token, get answers."""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS: Final = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_READING: Final = ("GET", "HEAD")
_OWN_SITE: Final = ("same-origin", "none")
_LET_IN: Final = (
    '<!doctype html><html lang="en"><title>audiobook studio</title><link rel="icon" href="/assets/icon.svg">'
    '<meta http-equiv="refresh" content="0; url=/">'
)
"""A page of this server that leads to the first page, because a strict cookie is not sent when coming from
elsewhere."""


class Guard:
    """Lets only requests from pages of this server through, and adds security headers to every response.

    A foreign page can make the browser send requests here, and can point its own host name here. So `Host` and `Origin` are
    compared with the addresses of this server, and every request needs the token, which the browser gets with the first
    address and keeps in a cookie that it sends to no other site.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        """Guard an application.

        Args:
            app: The application.
            token: The secret in the address that opens the first page.
            port: The port that the server listens on, on the loopback interface.
        """
        self._app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        # Cookies do not know ports, so another studio on this machine needs another name.
        self._cookie = f"audiobook-studio-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refusal(scope) or self._let_in(scope)
        await (answer or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the refusal of a request that no page of this server makes; None for any other."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return _refused("this address is not served here")
        own = [f"http://{hosts[0].lower()}"]
        is_change = scope["method"] not in _READING
        if (origins or is_change) and origins != own:
            return _refused("requests from other pages are refused")
        if is_change and headers.get("sec-fetch-site", "same-origin") not in _OWN_SITE:
            return _refused("requests from other pages are refused")
        if not self._has_token(headers) and not self._is_opening(scope):
            return _refused("open the address that `audiobook studio` printed")
        return None

    def _has_token(self, headers: Headers) -> bool:
        try:
            kept = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return kept is not None and self._is_token(kept.value)

    def _is_opening(self, scope: Scope) -> bool:
        """Return whether this is the address that was printed."""
        if scope["path"] != "/" or scope["method"] not in _READING:
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return len(given) == 1 and self._is_token(given[0])

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    def _let_in(self, scope: Scope) -> Response | None:
        """Return the answer to the address that was printed, which sets the cookie; None for any other request."""
        if not self._is_opening(scope):
            return None
        answer = HTMLResponse(_LET_IN)
        answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return answer


def _refused(message: str) -> Response:
    # The body of the request is not read, so the connection cannot be used again.
    return PlainTextResponse(f"{message}\n", 403, {"connection": "close"})
