"""A studio of a small project, its requests, and a browser."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pytest
from browser import Visit, chromium
from patience import PATIENCE_S
from playwright.sync_api import Browser
from tools import Json, Shelf
from visitor import Answer

TALE = """# The Harbour

## Preface

Nobody reads this.

## Arrival

In 1990 the ferry reached Kaunas at 7 pm. Kaunas was quiet.

## Night

The lamps of Kaunas went out.
"""


@dataclass(frozen=True, slots=True)
class Studio:
    """A running studio.

    Attributes:
        shelf: Its project.
        process: The command.
        address: What it printed.
        cookie: What the browser has after opening that.
    """

    shelf: Shelf
    process: subprocess.Popen[str]
    address: str
    cookie: str

    @property
    def site(self) -> str:
        return self.address.partition("?")[0]

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send a request as its own pages do; a header given as "" is left out."""
        own = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        own |= {"Origin": self.site.rstrip("/")} if method == "POST" else {}
        own |= headers
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in own.items():
                if value:
                    connection.putheader(name.replace("_", "-"), value)
            if body is not None and "Content_Length" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            if body:
                connection.send(body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def post(self, path: str, **given: object) -> Json:
        """Send an object, and return the answer with its `status`."""
        answer = self.ask(path, "POST", json.dumps(given).encode())
        return {"status": answer.status, **json.loads(answer.body or b"{}")}

    def add(self, name: str, body: bytes, language: str = "") -> Json:
        """Send a text, and return the answer with its `status`."""
        answer = self.ask(f"/texts?name={quote(name)}&language={language}", "POST", body)
        return {"status": answer.status, **json.loads(answer.body)}


@contextmanager
def studio_of(shelf: Shelf) -> Iterator[Studio]:
    """Run the studio of a project for the length of the block."""
    process = shelf.start("studio", "--no-browser")
    assert process.stdout
    address = process.stdout.readline().strip()
    if not address:
        raise AssertionError(process.communicate()[1])
    with process:
        try:
            first = Studio(shelf, process, address, "")
            path = address.removeprefix(first.site.rstrip("/"))
            cookie = first.ask(path)["set-cookie"].partition(";")[0]
            yield Studio(shelf, process, address, cookie)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The studio of a project with one text. Tests leave that text as it is."""
    shelf = Shelf(tmp_path_factory.mktemp("studio") / "shelf")
    shelf.write("audiobook.toml", "# mine\n")
    shelf.write("texts/en/harbour.md", TALE)
    with studio_of(shelf) as one:
        yield one


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser for all tests in this folder."""
    with chromium() as one:
        yield one


@pytest.fixture
def visit(browser: Browser, studio: Studio) -> Iterator[Visit]:
    """Somebody who opened the address of the studio. Afterwards, no page may have had errors."""
    one = Visit(browser, studio.site)
    one.page.goto(studio.address)
    one.page.wait_for_url(studio.site)
    yield one
    one.close()
