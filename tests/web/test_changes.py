"""Pages hear of changes, and closed connections are noticed."""

import asyncio
from collections.abc import AsyncGenerator
from typing import cast

from starlette.responses import StreamingResponse

from audiobook.web.changes import Changes


def events(changes: Changes, seen: str | None = None) -> AsyncGenerator[bytes, None]:
    answer = changes.answer(seen)
    assert isinstance(answer, StreamingResponse)
    return cast(AsyncGenerator[bytes, None], answer.body_iterator)


def test_a_heartbeat_is_sent_so_that_closed_connections_are_noticed() -> None:
    async def listen() -> list[bytes]:
        heard = events(Changes("v1", heartbeat_s=0.01))
        return [await anext(heard) for _ in range(3)]

    assert asyncio.run(listen()) == [b"retry: 1000\nid: v1\n\n", b": \n\n", b": \n\n"]


def test_every_listener_hears_of_a_change_and_of_the_end() -> None:
    async def listen() -> list[list[bytes]]:
        changes = Changes("v1")
        listeners = [events(changes) for _ in range(5)]
        for listener in listeners:
            await anext(listener)
        tasks = [asyncio.create_task(_rest(listener)) for listener in listeners]
        await _settled()
        changes.tell("v2")
        await _settled()
        changes.close()
        return await asyncio.gather(*tasks)

    assert asyncio.run(listen()) == [[b"id: v2\nevent: changed\ndata: \n\n"]] * 5


async def _settled() -> None:
    """Let all tasks go on until each waits for something."""
    for _ in range(10):
        await asyncio.sleep(0)


async def _rest(listener: AsyncGenerator[bytes, None]) -> list[bytes]:
    return [heard async for heard in listener]


def test_at_most_a_hundred_pages_listen_and_one_that_leaves_makes_room() -> None:
    async def listen() -> tuple[int, int]:
        changes = Changes("v1")
        listeners = [events(changes) for _ in range(100)]
        for listener in listeners:
            await anext(listener)
        refused = changes.answer(None).status_code
        await listeners[0].aclose()
        return refused, changes.answer(None).status_code

    assert asyncio.run(listen()) == (503, 200)
