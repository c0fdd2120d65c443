"""The web application: answers a request with a published file, or refuses it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audiobook.errors import OutputMismatch
from audiobook.web.changes import CHANGES_PATH, Changes
from audiobook.web.delivery import deliver
from audiobook.web.holdings import Holdings, Opened

_METHODS: Final = ("GET", "HEAD")
_INDEX: Final = "index.html"
_CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS: Final = {
    "content-security-policy": _CONTENT_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_OPEN_ENDINGS: Final = (".srt", ".vtt")
"""Captions may be fetched from other origins, because players on other sites load them."""


class Site:
    """The application. It only serves paths that are in its list of published files.

    Attributes:
        holdings: The published files; may be replaced at any time.
    """

    def __init__(self, holdings: Holdings, warn: Callable[[str], None], changes: Changes | None) -> None:
        """Serve published files.

        Args:
            holdings: The published files.
            warn: Called once for each file that no longer matches what was published.
            changes: The source of change events for pages; None if nothing is watched.
        """
        self.holdings = holdings
        self._warn = warn
        self._changes = changes
        self._warned: set[str] = set()
        self._opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        try:
            answer = await self._answer(str(scope["method"]), str(scope["path"]), headers)
            await answer(scope, receive, send)
        except OutputMismatch as error:
            self._tell(error)
            raise

    async def _answer(self, method: str, asked: str, headers: Headers) -> Response:
        if method not in _METHODS:
            return _refusal(405, "only GET and HEAD are supported", allow=", ".join(_METHODS))
        if asked == CHANGES_PATH and self._changes and method == "GET":
            return self._changes.answer(headers.get("last-event-id"))
        path = asked.removeprefix("/")
        if path == "" or path.endswith("/"):
            path += _INDEX
        if not asked.startswith("/") or path not in self.holdings.files:
            return _refusal(404, "not found")
        try:
            opened = await self._open(path)
        except OutputMismatch as error:
            self._tell(error)
            return _refusal(503, "the file changed since it was published", retry_after="2")
        if opened is None:
            return _refusal(404, "the file no longer exists")
        answer = deliver(opened, path, headers, head=method == "HEAD")
        answer.headers["cache-control"] = "no-cache"
        if path.endswith(_OPEN_ENDINGS):
            answer.headers["access-control-allow-origin"] = "*"
        return answer

    async def _open(self, path: str) -> Opened | None:
        """Open a file. Concurrent requests for it wait until the first one has verified it."""
        async with self._opening[path]:
            return await to_thread.run_sync(self.holdings.open, path)

    def _tell(self, error: OutputMismatch) -> None:
        if str(error) not in self._warned:
            self._warned.add(str(error))
            self._warn(f"{error}; publish it again")


def _refusal(status: int, message: str, **headers: str) -> Response:
    return PlainTextResponse(
        f"{message}\n", status, {name.replace("_", "-"): value for name, value in headers.items()}
    )


class _Guarded:
    """Adds security headers to every response, and never reads a request's body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Headers(scope=scope)
        has_body = request.get("content-length", "0") != "0" or "transfer-encoding" in request

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                is_open = "access-control-allow-origin" in headers
                headers["cross-origin-resource-policy"] = "cross-origin" if is_open else "same-origin"
                if has_body:
                    headers["connection"] = "close"
            await send(message)

        await self._app(scope, receive, guarded)


def application(site: Site, hosts: list[str]) -> ASGIApp:
    """Return the complete application.

    Args:
        site: The application that answers requests.
        hosts: Allowed `Host` names; others are refused, which prevents DNS rebinding.
    """
    return _Guarded(TrustedHostMiddleware(site, allowed_hosts=hosts, www_redirect=False))
