"""One connection of a client, which must not take for ever.

uvicorn bounds how long a connection idles between requests, but neither how long a request's header takes
nor how long a client does not read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take.

    Attributes:
        header_s: Until a request's header has come whole, from when the connection, or the request, begins.
        idle_s: Between two requests.
        stall_s: Without reading anything of what is sent.
        header_bytes: Longest header.
        connections: How many at once; more get 503.
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
        """Begin to wait for a header."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self.limits.connections:
            transport.abort()
            return
        self._wait_for_header()

    def data_received(self, data: bytes) -> None:
        """Take what came; the time for a header does not begin anew with each byte of it."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_header()
        else:
            self._stop_waiting_for_header()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._stall_timer = self.loop.call_later(self.limits.stall_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it reads."""
        super().resume_writing()
        self._stop_waiting_for_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
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
    """Give the kind of connection that holds these limits."""
    return type("Connection", (BoundedConnection,), {"limits": limits})
