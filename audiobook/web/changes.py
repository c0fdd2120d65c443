"""Tells pages that something changed, by server-sent events.

Source: HTML, section 9.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.responses import Response, StreamingResponse

CHANGES_PATH: Final = "/-/changes"
"""Where pages listen; no published path begins so."""
_HEARTBEAT_S: Final = 15.0
_MOST_LISTENERS: Final = 100
_RETRY: Final = b"retry: 1000\n"
_BEAT: Final = b": \n\n"
_CHANGED: Final = b"event: changed\ndata: \n\n"


class Changes:
    """Whoever listens, and what they are told."""

    def __init__(self, version: str, heartbeat_s: float = _HEARTBEAT_S) -> None:
        """Tell nobody yet.

        Args:
            version: What tells what is there now from what was there before: a word.
            heartbeat_s: After how long a silence something is sent, so that who is gone is noticed.
        """
        self._version = version
        self._heartbeat_s = heartbeat_s
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = False

    def tell(self, version: str) -> None:
        """Tell all that there is another version."""
        self._version = version
        self._wake()

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    def close(self) -> None:
        """Let all go."""
        self._is_closed = True
        self._wake()

    def answer(self, seen: str | None) -> Response:
        """Give an answer that never ends, or 503 when too many listen.

        Args:
            seen: The version that the page knew when it lost the connection; None for a new page.
        """
        if len(self._waiting) >= _MOST_LISTENERS:
            return Response("too many listen\n", 503, media_type="text/plain")
        return StreamingResponse(
            self._events(seen), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _events(self, seen: str | None) -> AsyncIterator[bytes]:
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield _RETRY + self._identity() + b"\n"
            if seen not in (None, self._version):
                event.set()  # it missed something, while it or this server was away
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
