"""Notify open pages of changes with server-sent events.

Source: HTML, section 9.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.responses import Response, StreamingResponse

CHANGES_PATH: Final = "/-/changes"
"""The path where pages listen; no published path starts like this."""
_HEARTBEAT_S: Final = 15.0
_MOST_LISTENERS: Final = 100
_RETRY: Final = b"retry: 1000\n"
_BEAT: Final = b": \n\n"
_CHANGED: Final = b"event: changed\ndata: \n\n"


class Changes:
    """The listening pages, and the events sent to them."""

    def __init__(self, version: str, heartbeat_s: float = _HEARTBEAT_S) -> None:
        """Start without listeners.

        Args:
            version: Identifies what is published now; differs after each publication.
            heartbeat_s: Seconds of silence after which a comment is sent, to notice closed connections.
        """
        self._version = version
        self._heartbeat_s = heartbeat_s
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = False

    def tell(self, version: str) -> None:
        """Notify all listeners of a new version."""
        self._version = version
        self._wake()

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    def close(self) -> None:
        """End all responses."""
        self._is_closed = True
        self._wake()

    def answer(self, seen: str | None) -> Response:
        """Return a response that streams events until `close`, or a 503 if there are too many listeners.

        Args:
            seen: The version that the page had when it lost the connection; None for a new page.
        """
        if len(self._waiting) >= _MOST_LISTENERS:
            return Response("too many listeners\n", 503, media_type="text/plain")
        return StreamingResponse(
            self._events(seen), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _events(self, seen: str | None) -> AsyncIterator[bytes]:
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield _RETRY + self._identity() + b"\n"
            if seen not in (None, self._version):
                event.set()  # it missed a change while it was disconnected
            while not self._is_closed:
                try:
                    await asyncio.wait_for(event.wait(), self._heartbeat_s)
                except TimeoutError:
                    yield _BEAT
                    continue
                event.clear()
                if not self._is_closed:
                    yield self._identity() + _CHANGED
        finally:
            self._waiting.discard(event)

    def _identity(self) -> bytes:
        return f"id: {self._version}\n".encode()
