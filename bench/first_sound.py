"""How long a listener on a slow line waits for the first sound of a long book, in a real browser."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.staticfiles import StaticFiles

_TIMES: Final = 7
_BYTES_PER_S: Final = 1_000_000 / 8
_LATENCY_MS: Final = 40
_PATIENCE_MS: Final = 60_000
_SOUNDS: Final = """() => {
    window.firstSound = new Promise((heard) => {
        addEventListener('playing', () => heard(performance.now()), {once: true, capture: true});
    });
}"""
_CLICK: Final = """() => {
    document.getElementById('play').click();
    return performance.now();
}"""


@contextmanager
def _hosted(folder: Path) -> Iterator[str]:
    """Serve the files in a folder as a web host does; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(StaticFiles(directory=folder), log_level="error"))
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


def waits_s(output: Path, page: str) -> list[tuple[float, float]]:
    """Return, for each of several new visitors, how long the first sound takes after the page was opened, and after Play.

    Each visitor presses Play as soon as the page lets them.

    Args:
        output: The published folder.
        page: Path of the page in it.
    """
    with _hosted(output) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        found = [_wait_s(browser, f"{site}{page}") for _ in range(_TIMES)]
        browser.close()
    return found


def _wait_s(browser: Browser, address: str) -> tuple[float, float]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": _LATENCY_MS,
            "downloadThroughput": _BYTES_PER_S,
            "uploadThroughput": _BYTES_PER_S,
        },
    )
    page.add_init_script(f"({_SOUNDS})()")
    page.goto(address, wait_until="commit")
    page.locator("#play").click(trial=True)  # waits until it can be pressed
    pressed_ms = float(page.evaluate(_CLICK))
    heard_ms = float(page.evaluate("window.firstSound"))
    context.close()
    return heard_ms / 1000, (heard_ms - pressed_ms) / 1000
