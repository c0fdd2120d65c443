"""Client connections with time limits.

uvicorn limits how long a connection may be idle between requests, but not how long a request's header may take,
nor how long a client may stop reading.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class Limits(msgspec.Struct, frozen=True):
    """Limits for clients.

    Attributes:
        header_s: Seconds to send a complete request header, from the start of the connection or request.
        idle_s: Seconds a connection may be idle between two requests.
        stall_s: Seconds a client may go without reading anything of the response.
        header_bytes: Maximum size of a header.
        connections: Maximum number of connections; further ones get a 503.
    """

    header_s: float = 10.0
    idle_s: int = 5
    stall_s: float = 120.0
    header_bytes: int = 16 << 10
    connections: int = 256


class BoundedConnection(H11Protocol):
    """A connection that is closed when its client takes too long."""

    limits = Limits()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._header_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for the first header."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self.limits.connections:
            transport.abort()
            return
        self._wait_for_header()

    def data_received(self, data: bytes) -> None:
        """Process received data. Part of a header does not restart the timer for it."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_header()
        else:
            self._stop_waiting_for_header()

    def pause_writing(self) -> None:
        """Start the timer for a client that has stopped reading."""
        super().pause_writing()
        self._stall_timer = self.loop.call_later(self.limits.stall_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that timer, as the client reads again."""
        super().resume_writing()
        self._stop_waiting_for_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers."""
        self._stop_waiting_for_header()
        self._stop_waiting_for_reader()
        super().connection_lost(exc)

    def _wait_for_header(self) -> None:
        if self._header_timer is None and not self.transport.is_closing():
            self._header_timer = self.loop.call_later(self.limits.header_s, self.transport.abort)

    def _stop_waiting_for_header(self) -> None:
        if self._header_timer:
            self._header_timer.cancel()
            self._header_timer = None

    def _stop_waiting_for_reader(self) -> None:
        if self._stall_timer:
            self._stall_timer.cancel()
            self._stall_timer = None


def bounded_by(limits: Limits) -> type[BoundedConnection]:
    """Return a connection class that enforces these limits."""
    return type("Connection", (BoundedConnection,), {"limits": limits})
