"""Connections that take too long are closed, and others never notice."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from visitor import ask, say

from audiobook.web.connection import Limits, bounded_by

LIMITS = Limits(header_s=0.6, idle_s=1, stall_s=1.0, header_bytes=4096, connections=8)
SERVER = Path(__file__).with_name("small_server.py")
LARGE = 64 << 20


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with small limits, in a process of its own."""
    given = [str(LIMITS.header_s), str(LIMITS.idle_s), str(LIMITS.stall_s), str(LIMITS.header_bytes)]
    command = [sys.executable, str(SERVER), str(LARGE), *given, str(LIMITS.connections)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.kill()


def test_a_header_has_less_time_than_anybody_needs_by_default() -> None:
    assert 0 < Limits().header_s < 25
    assert bounded_by(Limits()).limits == Limits()
    assert bounded_by(LIMITS).limits.header_s == LIMITS.header_s


@pytest.mark.parametrize(
    "begun", [b"", b"G", b"GET / HTTP/1.1\r\nHost: local", b"GET / HTTP/1.1\r\nHost: localhost\r\n"]
)
def test_a_header_that_never_ends_is_not_waited_for(port: int, begun: bytes) -> None:
    start = time.monotonic()
    with suppress(ConnectionResetError):  # this, too, is an end
        assert say(port, begun) == b""
    assert LIMITS.header_s * 0.9 < time.monotonic() - start < 5


def test_a_header_that_drips_gains_no_time(port: int) -> None:
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        with suppress(ConnectionError):
            while time.monotonic() - start < 10:
                connection.sendall(b"y")
                time.sleep(0.05)
    assert time.monotonic() - start < 5


def test_the_second_header_of_a_connection_has_no_more_time(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        start = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - start < 10:
                connection.sendall(b"G")
                time.sleep(0.05)
    assert time.monotonic() - start < 5


def test_an_idle_connection_ends(port: int) -> None:
    start = time.monotonic()
    told = say(port, b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 200")
    assert time.monotonic() - start < 5


def test_who_does_not_read_is_let_go_and_takes_no_memory(port: int) -> None:
    begun = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(4)]
    try:
        for connection in begun:
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(LIMITS.stall_s + 1)
        for connection in begun:
            read = 0
            try:
                while data := connection.recv(1 << 20):
                    read += len(data)
            except ConnectionError:
                pass
            assert read < LARGE
    finally:
        for connection in begun:
            connection.close()
    peak_kb = int(ask(port, "/peak").body)
    assert peak_kb < 150_000


def test_more_than_are_allowed_are_told_to_come_back(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(LIMITS.connections)]
    try:
        time.sleep(0.1)
        assert ask(port, "/small").status == 503
    finally:
        for connection in held:
            connection.close()
    time.sleep(0.2)
    assert ask(port, "/small").status == 200


def test_a_header_is_bounded(port: int) -> None:
    header = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * LIMITS.header_bytes
    assert say(port, header).startswith(b"HTTP/1.1 400")
