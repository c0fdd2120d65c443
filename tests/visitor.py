"""A client of a real server: real sockets, real processes."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from patience import PATIENCE_S
from tools import Shelf, wait_until


@dataclass(frozen=True, slots=True)
class Answer:
    """The response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers[name] or ""


@dataclass(slots=True)
class Served:
    """A project served by the real command."""

    shelf: Shelf
    process: subprocess.Popen[str]
    url: str
    complaints: list[str] = field(default_factory=list)
    _reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Start reading its standard error."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        self.complaints.extend(self.process.stderr)

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return ask(self.port, path, method, **headers)

    def hear(self, text: str) -> None:
        """Wait until it has printed something to standard error."""
        wait_until(lambda: text in "".join(self.complaints), text)

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Stop it, and return its exit code and output."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code, "".join(self.complaints)


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send one request; the path is sent unchanged, and `_` in names of headers becomes `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def say(port: int, data: bytes) -> bytes:
    """Send bytes, and return everything until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def served(shelf: Shelf, *arguments: str) -> Iterator[Served]:
    """Serve a project for the length of the block."""
    process = shelf.start("serve", "--port", "0", *arguments)
    assert process.stdout
    url = process.stdout.readline().strip()
    if not url:
        raise AssertionError(process.communicate()[1])
    with process:
        try:
            yield Served(shelf, process, url)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for_port(port: int) -> None:
    """Wait until the server accepts connections."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, f"port {port}")
