"""The cause of a failed request, for a real failure of each kind on the loopback interface."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme
import urllib3
from patience import PATIENCE_S

from audiobook.http.body import TooLong, joined, pieces
from audiobook.http.failure import Failure, failure_of
from audiobook.http.session import plain_session, send, trusted_certificates

AUTHORITY = trustme.CA()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"

Serve = Callable[[socket.socket], None]
Server = Callable[[Serve], str]


@pytest.fixture
def server() -> Iterator[Server]:
    """Start a server that passes each connection to a function, and return `host:port`."""
    listening: list[socket.socket] = []

    def start(serve: Serve) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def run() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        serve(connection)

        threading.Thread(target=run, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listening:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def saying(data: bytes) -> Serve:
    """Return a handler that sends some bytes and closes the connection."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(data)

    return serve


def silent(connection: socket.socket) -> None:
    while connection.recv(1 << 16):
        pass


def for_host(host: str) -> Serve:
    """Return a handler with a TLS certificate for a host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(host).configure_cert(context)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            saying(HEAD + b"\r\n")(encrypted)

    return serve


def failure(url: str, silence_s: float = PATIENCE_S) -> Failure:
    with (
        pytest.raises((OSError, ValueError, urllib3.exceptions.HTTPError)) as caught,
        plain_session() as session,
        send(session, "GET", url, headers={}, timeout_s=(PATIENCE_S, silence_s)) as answer,
    ):
        joined(pieces(answer.raw, is_decoded=True), 1000)
    return failure_of(caught.value)


def test_a_certificate_without_a_trusted_authority(server: Server) -> None:
    assert failure(f"https://{server(for_host('127.0.0.1'))}") is Failure.UNTRUSTED


def test_a_certificate_for_another_host(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AUTHORITY.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    assert failure(f"https://{server(for_host('other.example'))}") is Failure.UNTRUSTED


def test_a_server_without_encryption(server: Server) -> None:
    assert failure(f"https://{server(saying(HEAD))}") is Failure.NO_TLS


def test_a_missing_file_of_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    assert failure("https://127.0.0.1:9") is Failure.NO_AUTHORITIES


def test_a_proxy_that_is_not_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert failure("https://service.example") is Failure.PROXY


def test_no_answer(server: Server) -> None:
    assert failure(f"http://{server(silent)}", silence_s=0.1) is Failure.TIMEOUT


@pytest.mark.parametrize("end", [b"\r\ncut", b"Content-Encoding: gzip\r\n\r\nno gzip..", b"\r\n"])
def test_an_answer_that_ends_too_early_or_is_damaged(end: bytes, server: Server) -> None:
    assert failure(f"http://{server(saying(HEAD + end))}") is Failure.CUT_OFF


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n"])
def test_a_connection_that_ends_before_the_answer(answer: bytes, server: Server) -> None:
    assert failure(f"http://{server(saying(answer))}") is Failure.UNREACHABLE


def test_no_server() -> None:
    assert failure("http://127.0.0.1:9") is Failure.UNREACHABLE


@pytest.mark.parametrize("url", ["http://", "ftp://127.0.0.1/", "http://[::1/"])
def test_an_address_that_is_not_valid(url: str) -> None:
    assert failure(url) is Failure.NOT_SENT


def test_a_body_is_read_up_to_its_limit_and_no_further() -> None:
    assert joined(iter([b"one", b"two"]), 6) == b"onetwo"
    rest = iter([b"one", b"two", b"three"])
    with pytest.raises(TooLong):
        joined(rest, 5)
    assert list(rest) == [b"three"]


def test_authorities_are_taken_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert trusted_certificates() is True
    monkeypatch.setenv("SSL_CERT_FILE", "one")
    assert trusted_certificates() == "one"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "two")
    assert trusted_certificates() == "two"
