"""Where the server listens, and by which names it may be called."""

from __future__ import annotations

import errno
import os
import socket
from typing import Final

from audiobook.errors import UsageError

LOOPBACK: Final = "127.0.0.1"
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound
_BACKLOG: Final = 256
_LAST_PORT: Final = 65535
_PORTS_TRIED: Final = 100


def listen(host: str, port: int) -> socket.socket:
    """Listen on a port.

    Args:
        host: Name or address of an interface.
        port: 0 takes any that is free.

    Returns:
        A socket to which clients can connect from now on.

    Raises:
        UsageError: There is no such interface, or the port is not free.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"this machine has no address “{host}”", hint=f"try: --host {LOOPBACK}") from error
    family, _, _, _, address = found[0]
    try:
        return _bound(family, (str(address[0]), port))
    except OSError as error:
        raise _refused(error, family, host, port) from error


def _bound(family: int, address: tuple[str, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # Ports of connections that have just ended are free; elsewhere this would share a port in use.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _refused(error: OSError, family: int, host: str, port: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        free = _free_port(family, host, port + 1)
        hint = f"try: audiobook serve --port {free}"
        return UsageError(f"port {port} is in use", hint=hint)
    if error.errno == errno.EACCES:
        return UsageError(f"port {port} must not be used", hint="try: audiobook serve --port 8000")
    reason = error.strerror or type(error).__name__
    return UsageError(f"cannot listen on “{host}”: {reason}", hint=f"try: --host {LOOPBACK}")


def _free_port(family: int, host: str, first: int) -> int:
    """Give the next port that is free; 0, which stands for any, when none is near."""
    for port in range(first, min(first + _PORTS_TRIED, _LAST_PORT + 1)):
        try:
            _bound(family, (host, port)).close()
        except OSError:
            continue
        return port
    return 0


def shown_host(host: str) -> str:
    """Give the host as it stands in an address; for all interfaces, the one that others reach."""
    name = _own_address() if host in _EVERYWHERE else host
    return f"[{name}]" if ":" in name else name


def trusted_hosts(host: str) -> list[str]:
    """Give the names by which the server may be called.

    Source: DNS rebinding: a page elsewhere may have its own name lead to this machine, but cannot change
    the name that a browser sends.
    """
    names = {*_LOOPBACK_NAMES, shown_host(host).lower()}
    if host in _EVERYWHERE:
        own = socket.gethostname().lower()
        names |= {own, f"{own}.local"}
    return sorted(names)


def _own_address() -> str:
    """Give this machine's address in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address for documents
            return str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK
