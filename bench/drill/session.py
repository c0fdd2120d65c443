"""`python session.py COMMAND…`: run the studio, and do in it what its pages do.

A text is added, with a cover, a pronunciation and a mark; all works are built and published; Ctrl-C ends the studio. The
studio is started in the process group of this program, so both can be killed at once. A second run continues where a killed
one was: what is there already is not changed again.
"""

from __future__ import annotations

import http.client
import io
import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from PIL import Image

_TEXT: Final = b"# Harbour\n\nThe ferry reached Kaunas at noon.\n\nKaunas was quiet.\n"
_WORK: Final = "/works/en/harbour"
_WORD: Final = "Kaunas"
_PATIENCE_S: Final = 120.0
_BUSY: Final = ("waiting", "building")


class Pages:
    """The requests that pages of a studio send."""

    def __init__(self, address: str) -> None:
        """Open the address that the studio printed."""
        parts = urlsplit(address)
        self._host = parts.netloc
        self._cookie = ""
        opened = self._sent("GET", f"/?{parts.query}")
        self._cookie = (opened.headers["set-cookie"] or "").partition(";")[0]

    def _sent(self, method: str, path: str, body: bytes | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._host, timeout=_PATIENCE_S)
        headers = {"Cookie": self._cookie, "Origin": f"http://{self._host}"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path}: {answer.status} {answer.read()[:300]!r}")
        return answer

    def get(self, path: str) -> str:
        """Return a page or a part of one."""
        return self._sent("GET", path).read().decode()

    def post(self, path: str, body: bytes | Mapping[str, object]) -> None:
        """Send a file or an object."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._sent("POST", path, data).read()

    def events(self) -> http.client.HTTPResponse:
        """Return the stream of the states of builds and publications."""
        return self._sent("GET", "/events")


def attribute(page: str, name: str, after: str = "") -> str:
    """Return the first value of an attribute on a page, after some of its text."""
    return page.partition(after)[2].partition(f'{name}="')[2].partition('"')[0]


def add_text(pages: Pages) -> None:
    """Add a text, with its cover, a pronunciation and a mark."""
    pages.post(f"/texts?{urlencode({'name': 'harbour.md', 'language': 'en'})}", _TEXT)
    seen = attribute(pages.get(f"{_WORK}/choices"), "data-seen", "<")
    pages.post(f"{_WORK}/cover?{urlencode({'kind': 'own', 'seen': seen})}", _picture())
    entry = json.loads(pages.get(f"{_WORK}/word?word={_WORD}"))["entry"]
    word = {"number": 1, "paragraph": 0, "word": _WORD, "say": "Cow nass", "phonemes": ""}
    pages.post(f"{_WORK}/keep", {**word, "scope": "book", "before": entry})
    key = attribute(pages.get(f"{_WORK}/text/1/passages"), "data-key", 'id="p0-')
    spot = {"number": 1, "paragraph": 0, "sentence": 0, "key": key}
    pages.post(f"{_WORK}/marks", {**spot, "note": "too loud"})


def _picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (600, 600), "navy").save(data, "PNG")
    return data.getvalue()


def build_and_publish(pages: Pages, labels: list[str]) -> None:
    """Build works, and publish them."""
    pages.post("/builds", {"labels": labels})
    built = _state(pages, "builds", lambda works: not any(each["state"] in _BUSY for each in works.values()))
    if built:
        raise SystemExit(f"not built: {built}")
    pages.post("/publish", {})
    published = _state(pages, "publishing", lambda state: state["done"] == "publish")
    if published["messages"]:
        raise SystemExit(f"not published: {published}")


def _state(pages: Pages, topic: str, is_over: Any) -> Any:  # noqa: ANN401 - of JSON
    """Wait until a state is the last one, and return it."""
    stream, name = pages.events(), ""
    while line := stream.readline().decode():
        kind, _, value = line.strip().partition(": ")
        if kind == "event":
            name = value
        elif kind == "data" and name == topic:
            state = json.loads(value)
            state = state["works"] if topic == "builds" else state
            if is_over(state):
                stream.close()
                return state
    raise SystemExit("the studio has ended")


def main() -> int:
    """Run the session, and return the exit code of the studio."""
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, encoding="utf-8") as studio:
        assert studio.stdout
        try:
            address = studio.stdout.readline().strip()
            if not address:
                return studio.wait()
            pages = Pages(address)
            add_text(pages)
            build_and_publish(pages, ["en/harbour", "en/work-0", "fi/work-3"])
            studio.send_signal(signal.SIGINT)
            return studio.wait(_PATIENCE_S)
        finally:
            studio.kill()


if __name__ == "__main__":
    sys.exit(main())
