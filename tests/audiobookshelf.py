"""A real Audiobookshelf server that shows a folder of books.

No package registry carries the server. `AUDIOBOOK_AUDIOBOOKSHELF` names the folder of its source, with its packages installed;
docs/testing.md says how.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

from patience import PATIENCE_S
from tools import Json, tool, wait_until

_LOGIN: Final = {"username": "root", "password": "root"}


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Audiobookshelf:
    """A running server with its own settings and database."""

    def __init__(self, folder: Path) -> None:
        """Start a server that keeps its files in a folder."""
        folder.mkdir()
        self._address = f"http://127.0.0.1:{free_port()}"
        self._token = ""
        environment = {
            "CONFIG_PATH": str(folder / "config"),
            "METADATA_PATH": str(folder / "metadata"),
            "FFMPEG_PATH": tool("ffmpeg"),
            "FFPROBE_PATH": tool("ffprobe"),
            "SKIP_BINARIES_CHECK": "1",
            "HOST": "127.0.0.1",
            "PORT": self._address.rpartition(":")[2],
        }
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [tool("node"), "index.js"],
                cwd=os.environ["AUDIOBOOK_AUDIOBOOKSHELF"],
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        """Wait until the server answers, and log in."""
        wait_until(self._answers, "the server")
        self.ask("/init", newRoot=_LOGIN)
        self._token = self.ask("/login", **_LOGIN)["user"]["accessToken"]
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def ask(self, path: str, method: str = "", **data: object) -> Any:
        """Return the answer to a request, decoded if it is JSON."""
        body = json.dumps(data).encode() if data or method else None
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = Request(self._address + path, body, headers, method=method or None)
        with urlopen(request, timeout=PATIENCE_S) as answer:
            found = answer.read()
            return json.loads(found) if "json" in answer.headers["Content-Type"] else found

    def add_library(self, folder: Path, **settings: object) -> str:
        """Create a library of the books in a folder, and return its identifier."""
        folders = [{"fullPath": str(folder)}]
        answer = self.ask(
            "/api/libraries", name=folder.name, folders=folders, mediaType="book", settings=settings
        )
        library: str = answer["id"]
        return library

    def scan(self, library: str, *, force: bool = False) -> list[Json]:
        """Scan a library, and return its items, each with everything that the server knows about it."""
        before = self.ask(f"/api/libraries/{library}")["lastScan"]
        self.ask(f"/api/libraries/{library}/scan?force={int(force)}", "POST")
        wait_until(lambda: self.ask(f"/api/libraries/{library}")["lastScan"] != before, "the scan")
        return self.items(library)

    def items(self, library: str) -> list[Json]:
        """Return the items of a library, ordered by path."""
        found = self.ask(f"/api/libraries/{library}/items?limit=0")["results"]
        items = [self.ask(f"/api/items/{item['id']}?expanded=1") for item in found]
        return sorted(items, key=lambda item: str(item["relPath"]))

    def _answers(self) -> bool:
        assert self._process.poll() is None, "the server ended"
        with suppress(URLError):
            return bool(self.ask("/ping"))
        return False


def shown(item: Json) -> Json:
    """Return what a user sees of an item, without the times of its chapters."""
    book = item["media"]["metadata"]
    return {
        "title": book["title"],
        "authors": [author["name"] for author in book["authors"]],
        "narrators": book["narrators"],
        "series": [(series["name"], series["sequence"]) for series in book["series"]],
        "year": book["publishedYear"],
        "description": book["description"],
        "language": book["language"],
        "chapters": titles(item),
    }


def titles(item: Json) -> Sequence[str]:
    """Return the titles of the chapters of an item."""
    return [chapter["title"] for chapter in item["media"]["chapters"]]
