"""Connections that take too long are closed without affecting others."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from patience import PATIENCE_S
from tools import wait_until
from visitor import ask, say

from audiobook.web.connection import Limits, bounded_by

LIMITS = Limits(header_s=0.6, idle_s=1, stall_s=1.0, header_bytes=4096, connections=8)
SERVER = Path(__file__).with_name("small_server.py")
LARGE = 64 << 20


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with small limits, in a separate process."""
    given = [str(LIMITS.header_s), str(LIMITS.idle_s), str(LIMITS.stall_s), str(LIMITS.header_bytes)]
    command = [sys.executable, str(SERVER), str(LARGE), *given, str(LIMITS.connections)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.kill()


def test_the_default_time_for_a_header_is_bounded() -> None:
    assert 0 < Limits().header_s < 25
    assert bounded_by(Limits()).limits == Limits()
    assert bounded_by(LIMITS).limits.header_s == LIMITS.header_s


@pytest.mark.slow
@pytest.mark.parametrize(
    "begun", [b"", b"G", b"GET / HTTP/1.1\r\nHost: local", b"GET / HTTP/1.1\r\nHost: localhost\r\n"]
)
def test_an_unfinished_header_times_out(port: int, begun: bytes) -> None:
    with suppress(ConnectionResetError):  # a reset closes the connection too
        assert say(port, begun) == b""


def answered(port: int, *pieces: bytes) -> socket.socket:
    """Return a connection on which a request in pieces was answered. On a busy machine, a piece may come too late."""
    for _ in range(20):
        connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.1)  # so that the server reads the next piece apart from this one
            if answer := connection.recv(65536):
                assert answer.startswith(b"HTTP/1.1 200")
                return connection
        connection.close()
    pytest.fail("no answer")


def test_a_header_in_two_pieces_is_accepted(port: int) -> None:
    answered(port, b"GET /small HTTP/1.1\r\nHo", b"st: localhost\r\n\r\n").close()


def dripped_into(connection: socket.socket, drop: bytes) -> int:
    """Send piece by piece until the other side closes, and return how many pieces were sent."""
    for number in range(400):
        try:
            connection.sendall(drop)
        except ConnectionError:
            return number
        time.sleep(0.05)
    pytest.fail("the server takes drops without end")


def test_a_dripping_header_gains_no_time(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        assert dripped_into(connection, b"y")


def test_a_second_header_on_a_connection_has_the_same_time(port: int) -> None:
    with answered(port, b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        assert dripped_into(connection, b"G")


def test_an_idle_connection_is_closed(port: int) -> None:
    # `say` returns when the server closes the connection, and fails if it does not.
    assert say(port, b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.slow
def test_a_client_that_does_not_read_is_disconnected_and_takes_no_memory(port: int) -> None:
    begun = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) for _ in range(4)]
    try:
        for connection in begun:
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: int(ask(port, "/connections").body) == 1, "those that do not read to be let go")
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


@pytest.mark.slow
def test_connections_over_the_limit_get_a_503(port: int) -> None:
    def is_refused() -> bool:
        # The held connections time out after a while, possibly before the next request.
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(LIMITS.connections)]
        try:
            return ask(port, "/small").status == 503
        finally:
            for connection in held:
                connection.close()

    wait_until(is_refused, "one too many to be refused")
    wait_until(lambda: ask(port, "/small").status == 200, "room for one more")


@pytest.mark.slow
def test_a_header_has_a_maximum_size(port: int) -> None:
    header = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * LIMITS.header_bytes
    assert say(port, header).startswith(b"HTTP/1.1 400")
