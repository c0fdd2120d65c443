"""A real browser, and a static host below a path."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import uvicorn
from patience import PATIENCE_S
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send
from tools import tool

FOLDER: Final = "/some/where"
"""Most sites are below the root of their host."""
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_PATIENCE_MS: Final = PATIENCE_S * 1000
"""Ends tests that hang; waiting is normally short."""
_ABORTED: Final = "net::ERR_ABORTED"
"""How Chromium reports cancelled requests, such as audio that is buffered enough."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window."""
    program = tool("chromium")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class _WholeFiles(StaticFiles):
    """Files that are always sent whole, as Python's `http.server` does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without(message: Message) -> None:
            if message["type"] == "http.response.start":
                del MutableHeaders(scope=message)["accept-ranges"]
            await send(message)

        headers = [pair for pair in scope["headers"] if pair[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send_without)


@contextmanager
def static_host(root: Path, port: int = 0, *, has_ranges: bool = True) -> Iterator[str]:
    """Serve a folder as a static host does, and yield its address with a trailing slash.

    Args:
        root: The folder.
        port: Port to listen on; 0 for any free one.
        has_ranges: Whether the host answers byte ranges.
    """
    files = StaticFiles if has_ranges else _WholeFiles
    app = Starlette(routes=[Mount(FOLDER, files(directory=root, html=True))])
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()  # from here on a browser's first request waits, however late the thread starts
        port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}{FOLDER}/"
        finally:
            server.should_exit = True
            thread.join(10)


class Tab:
    """A page that visitors use one after another, since a new profile takes four times as long.

    It is reset in between, except for init scripts and an installed clock, which need their own profile.
    """

    def __init__(self, browser: Browser) -> None:
        """Open an empty page."""
        self.page: Page = browser.new_page()
        self._devtools: CDPSession = self.page.context.new_cdp_session(self.page)

    def look(
        self,
        viewport: ViewportSize | None = None,
        color_scheme: Literal["dark", "light"] = "light",
        reduced_motion: Literal["no-preference", "reduce"] = "no-preference",
    ) -> None:
        """Set how pages look, with the options of a profile."""
        self.page.set_viewport_size(viewport or {"width": 1280, "height": 720})
        self.page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)

    def forget(self, site: str) -> None:
        """Leave a site, and remove all that it stored."""
        self.page.context.unroute_all()
        self.page.goto("about:blank")  # before its data is removed: a page stores its place when it is left
        origin = site.removesuffix(urlsplit(site).path)
        self._devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})


class Visit:
    """A page in a profile that remembers nothing, and the errors on it."""

    def __init__(self, browser: Browser, site: str, tab: Tab | None = None, **options: Any) -> None:
        """Open an empty page.

        Args:
            browser: Where.
            site: Address of the site; every request elsewhere is a fault.
            tab: The page to use, instead of one in a new profile.
            options: Of the profile, such as `viewport` or `color_scheme`.
        """
        self.site = site
        self._tab = tab
        self.faults: list[str] = []
        self._is_scripted = options.get("java_script_enabled", True)
        self.asked: list[str] = []
        if tab:
            tab.look(**options)
            self.page: Page = tab.page
        else:
            self.page = browser.new_context(**options).new_page()
        self.context: BrowserContext = self.page.context
        self.context.set_default_timeout(_PATIENCE_MS)
        self._listeners: dict[Any, Callable[[Any], None]] = {
            "request": self._note,
            "console": lambda message: self._tell(message.type, message.text),
            "pageerror": lambda error: self.faults.append(str(error)),
            "requestfailed": self._failed,
        }
        for event, listener in self._listeners.items():
            self.page.on(event, listener)

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.site + path)
        return self.page

    def close(self) -> None:
        """Close the page, and assert that there were no errors."""
        if self._tab:
            self._tab.forget(self.site)
            for event, listener in self._listeners.items():
                self.page.remove_listener(event, listener)
        else:
            self.context.close()
        assert not self.faults, self.faults

    def _note(self, request: Request) -> None:
        if request.url.startswith(f"blob:{self.site}"):
            return  # something that the page made of an earlier answer
        if request.url.startswith(self.site):
            self.asked.append(request.url.removeprefix(self.site))
        else:
            self.faults.append(f"asked elsewhere: {request.url}")

    def _tell(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{kind}: {text}")

    def _failed(self, request: Request) -> None:
        is_refused = not self._is_scripted and request.url.endswith(".js")
        if request.failure != _ABORTED and not is_refused:
            self.faults.append(f"failed: {request.url} {request.failure}")


def linger(page: Page) -> None:
    """Play sixteen times slower, so that a sentence lasts as long as a busy machine needs to look at it."""
    page.evaluate("sound.playbackRate = sound.defaultPlaybackRate = 1 / 16")


def at_rest(page: Page) -> None:
    """Wait until a page has been drawn ten times without scrolling."""
    page.evaluate(
        """async () => {
            for (let [y, still] = [scrollY, 0]; still < 10; still += 1) {
                await new Promise(requestAnimationFrame);
                if (scrollY !== y) [y, still] = [scrollY, 0];
            }
        }"""
    )
