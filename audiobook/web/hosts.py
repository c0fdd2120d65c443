"""The address that the server listens on, and the host names it answers to."""

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
        port: Port number; 0 for any free port.

    Returns:
        A listening socket.

    Raises:
        UsageError: There is no such interface, or the port is in use or not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"this computer has no address “{host}”", hint=f"try: --host {LOOPBACK}") from error
    family, _, _, _, address = found[0]
    try:
        return _bound(family, (str(address[0]), port))
    except OSError as error:
        raise _refused(error, family, host, port) from error


def _bound(family: int, address: tuple[str, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # Allows a port whose connections have just ended. On Windows it would share a port in use.
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
        hint = f"choose another one: --port {free}"
        return UsageError(f"port {port} is in use", hint=hint)
    if error.errno == errno.EACCES:
        return UsageError(f"no permission to use port {port}", hint="choose another one: --port 8000")
    reason = error.strerror or type(error).__name__
    return UsageError(f"cannot listen on “{host}”: {reason}", hint=f"try: --host {LOOPBACK}")


def _free_port(family: int, host: str, first: int) -> int:
    """Return the first free port from `first` on; 0, which means any port, if none of the next hundred is free."""
    for port in range(first, min(first + _PORTS_TRIED, _LAST_PORT + 1)):
        try:
            _bound(family, (host, port)).close()
        except OSError:
            continue
        return port
    return 0


def shown_host(host: str) -> str:
    """Return a host as written in a URL; for all interfaces, the address that other machines can reach."""
    name = _own_address() if host in _EVERYWHERE else host
    return f"[{name}]" if ":" in name else name


def trusted_hosts(host: str) -> list[str]:
    """Return the host names that requests may use.

    This prevents DNS rebinding: a foreign page can make its own name point to this machine, but cannot change the
    `Host` that the browser sends.
    """
    names = {*_LOOPBACK_NAMES, shown_host(host).lower()}
    if host in _EVERYWHERE:
        own = socket.gethostname().lower()
        names |= {own, f"{own}.local"}
    return sorted(names)


def _own_address() -> str:
    """Return this machine's address in its network, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address for documentation
            return str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK
