"""The HTTP server, which runs until it is stopped."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from audiobook.system.interrupts import interrupts_answered_by
from audiobook.web.connection import Limits, bounded_by

_FAREWELL_S: Final = 1
"""How long responses in progress may take when the server stops."""


class _Server(uvicorn.Server):
    """Ends responses that would never end by themselves before it waits for the others."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    def stop(self) -> None:
        """Stop the server soon."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # `serve` handles signals, around the whole event loop.
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._on_stop:
            self._on_stop()
        await super().shutdown(sockets)


def serve(
    app: ASGIApp,
    listener: socket.socket,
    limits: Limits,
    beside: Coroutine[Any, Any, None] | None = None,
    on_stop: Callable[[], None] | None = None,
) -> None:
    """Answer requests until the process is interrupted.

    Args:
        app: The application that answers requests.
        listener: The socket that clients connect to.
        limits: Limits for clients.
        beside: A task to run next to the server; if it ends or fails, the server stops.
        on_stop: Called when the server stops, before it waits for responses in progress.

    Raises:
        Interrupted: A signal asked the process to stop.
    """
    config = uvicorn.Config(
        app,
        http=bounded_by(limits),
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=limits.header_bytes,
        limit_concurrency=limits.connections,
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=_FAREWELL_S,
    )
    server = _Server(config, on_stop)
    with interrupts_answered_by(server.stop):
        asyncio.run(_both(server, listener, beside))


async def _both(
    server: uvicorn.Server, listener: socket.socket, beside: Coroutine[Any, Any, None] | None
) -> None:
    task = asyncio.create_task(beside) if beside else None
    if task:
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[listener])
    finally:
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
