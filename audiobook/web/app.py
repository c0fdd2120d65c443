"""What is answered to a request: a published file, or a refusal."""

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
_OPEN_ENDING: Final = ".vtt"
"""Captions are asked for across origins by players on other pages."""


class Site:
    """The application: looks up what is asked for in a list, and nowhere else.

    Attributes:
        holdings: What may be fetched; another one may be put in its place at any time.
    """

    def __init__(self, holdings: Holdings, warn: Callable[[str], None], changes: Changes | None) -> None:
        """Serve what is held.

        Args:
            holdings: What may be fetched.
            warn: Told once of each file that cannot be sent as it was published.
            changes: Whom pages ask for changes; None where nothing changes.
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
            return _refusal(405, "only GET and HEAD", allow=", ".join(_METHODS))
        if asked == CHANGES_PATH and self._changes and method == "GET":
            return self._changes.answer(headers.get("last-event-id"))
        path = asked.removeprefix("/")
        if path == "" or path.endswith("/"):
            path += _INDEX
        if not asked.startswith("/") or path not in self.holdings.files:
            return _refusal(404, "there is no such page")
        try:
            opened = await self._open(path)
        except OutputMismatch as error:
            self._tell(error)
            return _refusal(503, "it changed since it was published", retry_after="2")
        if opened is None:
            return _refusal(404, "it is not there any more")
        answer = deliver(opened, path, headers, head=method == "HEAD")
        answer.headers["cache-control"] = "no-cache"
        if path.endswith(_OPEN_ENDING):
            answer.headers["access-control-allow-origin"] = "*"
        return answer

    async def _open(self, path: str) -> Opened | None:
        """Open a file; those who ask for one at once wait until it was checked for the first of them."""
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
    """Adds to every answer what keeps a page from doing more than it needs, and reads no bodies."""

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
    """Give the whole application.

    Args:
        site: What answers.
        hosts: Names by which this machine may be called; a page elsewhere cannot reach it under a name of its own.
    """
    return _Guarded(TrustedHostMiddleware(site, allowed_hosts=hosts, www_redirect=False))
