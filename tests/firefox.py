"""Firefox, driven through WebDriver BiDi over its own socket: the browser as distributions package it, without a driver program.

Source: W3C, WebDriver BiDi; RFC 6455 for the socket.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from patience import PATIENCE_S
from tools import tool, wait_until

_PREFERENCES: Final[dict[str, bool | int | str]] = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "media.autoplay.default": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.enabled": False,
}
_LISTENING: Final = re.compile(r"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")
_KEYS: Final = {
    "Shift": "\ue008",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "Escape": "\ue00c",
    "Tab": "\ue004",
    "Enter": "\ue007",
}


class Firefox:
    """One tab of a Firefox without a window.

    Attributes:
        faults: Errors and warnings that pages logged.
    """

    def __init__(self, port: int) -> None:
        """Open a session."""
        self.faults: list[str] = []
        self._wire = _WebSocket(port, "/session")
        self._count = 0
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self._context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **parameters: Any) -> Any:
        """Send a command, and return its result."""
        self._count += 1
        self._wire.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._wire.receive())
            if message.get("method") == "log.entryAdded":
                self._note(message["params"])
            if message.get("id") == self._count:
                assert message["type"] == "success", message
                return message["result"]

    def _note(self, entry: dict[str, Any]) -> None:
        if entry["level"] in ("error", "warn"):
            self.faults.append(f"{entry['level']}: {entry['text']}")

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Give the page another size, in CSS pixels."""
        viewport = {"width": width, "height": height}
        self.send(
            "browsingContext.setViewport", context=self._context, viewport=viewport, devicePixelRatio=scale
        )

    def open(self, url: str) -> None:
        """Go to a page, and wait until it has loaded."""
        self.send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, or of its promise."""
        answer = self.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression}) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        wait_until(lambda: bool(self.evaluate(f"!!({expression})")), expression)

    def text(self, selector: str) -> str:
        """Return the text of the first element that a selector finds; empty if there is none."""
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent ?? ''"))

    def click(self, selector: str) -> None:
        """Click the middle of an element with the mouse."""
        x, y = self.evaluate(
            f"(e => {{ e.scrollIntoView({{ block: 'nearest', behavior: 'instant' }}); const b = e.getBoundingClientRect();"
            f" return [b.x + b.width / 2, b.y + b.height / 2].map(Math.round); }})"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        press = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": press})

    def press(self, *keys: str) -> None:
        """Press keys together, such as `"Shift", "ArrowRight"`."""
        values = [_KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": value} for value in values]
        up = [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._act({"type": "key", "id": "keyboard", "actions": [*down, *up]})

    def _act(self, action: dict[str, Any]) -> None:
        self.send("input.performActions", context=self._context, actions=[action])

    def screenshot(self) -> bytes:
        """Return a picture of the visible part of the page, as PNG."""
        return base64.b64decode(self.send("browsingContext.captureScreenshot", context=self._context)["data"])

    def close(self) -> None:
        """End the browser."""
        with suppress(OSError):
            self.send("browser.close")
        self._wire.close()


@contextmanager
def firefox(profile: Path, **preferences: bool | int | str) -> Iterator[Firefox]:
    """Start Firefox with a new profile.

    Args:
        profile: An empty folder.
        preferences: Preferences other than those that keep it quiet, with `__` for each dot.
    """
    more = {name.replace("__", "."): value for name, value in preferences.items()}
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in {**_PREFERENCES, **more}.items()
    ]
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "user.js").write_text("".join(lines), "utf-8")
    command = [tool("firefox-esr"), "--headless", "--no-remote", "--profile", str(profile)]
    log = profile / "stderr.txt"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [*command, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={**os.environ, "HOME": str(profile)},
        ) as process,
    ):
        try:
            wait_until(lambda: bool(_LISTENING.search(log.read_text("utf-8"))), "Firefox listens")
            found = _LISTENING.search(log.read_text("utf-8"))
            assert found
            browser = Firefox(int(found[1]))
            yield browser
            browser.close()
            process.wait(PATIENCE_S)
        finally:
            process.kill()


class _WebSocket:
    """A connection that carries one text message after another."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._stream = self._socket.makefile("rb")
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        headers = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13"
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n\r\n".encode())
        status = self._stream.readline()
        assert b" 101 " in status, status
        while self._stream.readline().strip():
            pass

    def send(self, text: str) -> None:
        data, mask = text.encode(), secrets.token_bytes(4)
        size = len(data)
        if size < 126:
            length = bytes([0x80 | size])
        elif size < 65536:
            length = bytes([0x80 | 126]) + size.to_bytes(2)
        else:
            length = bytes([0x80 | 127]) + size.to_bytes(8)
        repeated = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(size)
        self._socket.sendall(b"\x81" + length + mask + masked)

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def receive(self) -> str:
        whole = b""
        while True:
            first, second = self._stream.read(2)
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(self._stream.read(2 if size == 126 else 8))
            data = self._stream.read(size)
            assert first & 0x0F in (0, 1), "only text is expected"
            whole += data
            if first & 0x80:
                return whole.decode()
