"""Messages to open pages, as server-sent events.

Source: HTML, section 9.2.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from starlette.responses import PlainTextResponse, Response, StreamingResponse

_HEARTBEAT_S: Final = 15.0
_LEAST_GAP_S: Final = 0.15
"""Minimum time between two messages to a page."""
_MOST_LISTENERS: Final = 40


class Events:
    """The latest state of each topic, and the pages that listen.

    A page that reconnects, after its window was closed or the computer slept, gets the state of every topic.
    """

    def __init__(self) -> None:
        """Start without topics."""
        self._states: dict[str, tuple[int, bytes]] = {}
        self._count = 0
        self.version = int(time.time())
        """Increases when files of the project change; a page has the value from just before it was made. The time is never
        a value of an earlier studio, whose pages may still be open."""
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = False

    def tell(self, topic: str, state: Any) -> None:  # noqa: ANN401 - anything that JSON can say
        """Send the state of a topic to all pages."""
        self._count += 1
        self._states[topic] = self._count, msgspec.json.encode(state)
        self._wake()

    def changed(self) -> None:
        """Notify all pages that files of the project changed."""
        self.version += 1
        self.tell("changed", self.version)

    def close(self) -> None:
        """End all streams."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    def answer(self) -> Response:
        """Return a response that streams events until `close`."""
        if len(self._waiting) >= _MOST_LISTENERS:
            return PlainTextResponse("too many open pages\n", 503)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[bytes]:
        event = asyncio.Event()
        event.set()
        self._waiting.add(event)
        seen = 0
        try:
            yield b"retry: 1000\n\n"
            while not self._is_closed:
                try:
                    await asyncio.wait_for(event.wait(), _HEARTBEAT_S)
                except TimeoutError:
                    yield b": \n\n"
                    continue
                event.clear()
                for topic, (number, state) in list(self._states.items()):
                    if number > seen:
                        yield b"event: %s\ndata: %s\n\n" % (topic.encode(), state)
                seen = self._count
                await asyncio.sleep(_LEAST_GAP_S)
        finally:
            self._waiting.discard(event)
