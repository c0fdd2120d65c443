"""The recipes for web servers in the documentation, run with the real servers."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Final

import pytest
from records import put, record
from tools import tool
from visitor import ask, wait_for_port

from audiobook.publish.address import base_address
from audiobook.publish.publication import PublicFile
from audiobook.publish.publishing import publish
from audiobook.publish.upload.transfer import cache_control
from audiobook.settings import PublishSettings

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "publishing.md"
NGINX: Final = """
user {user}; daemon off; pid {home}/pid; error_log {home}/log; worker_processes 1; events {{}}
http {{
    access_log off; client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home};
    uwsgi_temp_path {home}; scgi_temp_path {home};
    {recipe}
}}
"""
CADDY: Final = "{{\n\tadmin off\n\tauto_https off\n}}\n{recipe}"
OTHER_NAMES: Final = {"application/javascript": "text/javascript"}
"""Names of media types that are the same, and their names today."""


def recipe(heading: str) -> str:
    """Return the block of code under a heading of the documentation."""
    section = DOCUMENT.read_text("utf-8").split(f"\n### {heading}\n")[1]
    found = re.search(r"```\w+\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def nginx(root: Path, home: Path, port: int) -> list[str]:
    text = recipe("nginx").replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/srv/www", str(root))
    (home / "conf").write_text(NGINX.format(user=getuser(), home=home, recipe=text))
    return [tool("nginx"), "-c", str(home / "conf"), "-e", str(home / "log")]


def caddy(root: Path, home: Path, port: int) -> list[str]:
    text = (
        recipe("Caddy").replace("example.org {", f"http://127.0.0.1:{port} {{").replace("/srv/www", str(root))
    )
    (home / "conf").write_text(CADDY.format(recipe=text))
    return [tool("caddy"), "run", "--config", str(home / "conf"), "--adapter", "caddyfile"]


@contextmanager
def running(server: Callable[[Path, Path, int], list[str]], root: Path, home: Path) -> Iterator[int]:
    """Run a server with its recipe, and yield its port."""
    home.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = server(root, home, port)
    with subprocess.Popen(
        command, env={"HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for_port(port)
            yield port
        finally:
            process.terminate()


def differences(port: int, path: str, file: PublicFile) -> Iterator[object]:
    """Yield what a server answers that it should not."""
    answer = ask(port, f"/books/{path}", Origin="https://other.example")
    kind = answer["Content-Type"].partition(";")[0]
    if (answer.status, len(answer.body)) != (200, file.length_bytes):
        yield answer.status
    if OTHER_NAMES.get(kind, kind) != file.type.partition(";")[0]:
        yield kind
    if answer["Cache-Control"] != cache_control(path):
        yield answer["Cache-Control"]
    if answer["Access-Control-Allow-Origin"] != ("*" if path.endswith((".vtt", ".srt")) else ""):
        yield answer["Access-Control-Allow-Origin"]
    part = ask(port, f"/books/{path}", Range="bytes=1-3")
    if (part.status, part.body) != (206, answer.body[1:4]):
        yield part.status
    if (again := ask(port, f"/books/{path}", If_None_Match=answer["ETag"]).status) != 304:
        yield again


@pytest.mark.slow
@pytest.mark.parametrize("server", [nginx, caddy])
def test_a_recipe_sends_every_file_as_it_should(
    server: Callable[[Path, Path, int], list[str]], tmp_path: Path
) -> None:
    root = tmp_path / "www"
    shelf = put(root / "books", record(), record(language="fi"))
    (root / "books/en/essay.m4b").write_bytes(b"a book")
    done = publish(
        shelf,
        root / "books",
        base_address("https://example.org"),
        PublishSettings(fast_start=False),
        datetime.now(UTC),
    )
    (root / "books/.audiobook-sent.json").write_bytes(b"{}")
    with running(server, root, tmp_path / "home") as port:
        assert ask(port, "/books/.audiobook-sent.json").status == 404
        wrong = {
            path: found
            for path, file in done.publication.files.items()
            if (found := list(differences(port, path, file)))
        }
    assert not wrong
