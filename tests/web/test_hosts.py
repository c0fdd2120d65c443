"""The address that the server listens on, and the host names it answers to."""

import shutil
import socket

import pytest
from patience import PATIENCE_S
from tools import Shelf
from visitor import served

from audiobook.errors import UsageError
from audiobook.web.hosts import listen, shown_host, trusted_hosts

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def test_a_loopback_server_accepts_only_loopback_names() -> None:
    assert set(trusted_hosts("127.0.0.1")) == LOOPBACK_NAMES
    assert set(trusted_hosts("::1")) == LOOPBACK_NAMES


def test_the_named_host_is_accepted() -> None:
    assert set(trusted_hosts("Shelf.Example")) == {*LOOPBACK_NAMES, "shelf.example"}


def test_all_interfaces_have_the_names_of_the_machine_and_no_wildcard() -> None:
    names = set(trusted_hosts("0.0.0.0"))
    assert names > LOOPBACK_NAMES
    assert socket.gethostname().lower() in names
    assert shown_host("0.0.0.0") in names
    assert not [name for name in names if "*" in name]


def test_addresses_are_shown_as_in_a_url() -> None:
    assert shown_host("::1") == "[::1]"
    assert shown_host("127.0.0.1") == "127.0.0.1"


def test_a_port_in_use_is_refused_with_the_next_free_one() -> None:
    with listen("127.0.0.1", 0) as one:
        port = one.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is in use") as told:
            listen("127.0.0.1", port)
        free = int(str(told.value.hint).rpartition(" ")[2])
        assert free == 0 or port < free <= port + 100


@pytest.mark.slow
def test_the_other_loopback_is_served_too(
    built_shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        listen("::1", 0).close()
    except UsageError:
        pytest.skip("this machine has no IPv6")
    root = tmp_path_factory.mktemp("six") / "shelf"
    shutil.copytree(built_shelf.root, root, ignore=shutil.ignore_patterns("site", "site.lock"))
    with served(Shelf(root), "--host", "::1") as one:
        assert one.url.startswith("http://[::1]:")
        with socket.create_connection(("::1", one.port), timeout=PATIENCE_S) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: [::1]:{one.port}\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", one.port), timeout=PATIENCE_S)
