"""The response with a file, or with the requested ranges of it.

Source: RFC 9110, sections 8.8, 13 and 14.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from io import BufferedReader
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from audiobook.errors import OutputMismatch
from audiobook.web.holdings import Opened
from audiobook.web.ranges import Span, spans_of

_PIECE_BYTES: Final = 1 << 17


class Delivery(StreamingResponse):
    """A response that streams from an open file, and always closes it."""

    def __init__(
        self, opened: Opened, body: AsyncIterator[bytes], status: int, headers: dict[str, str]
    ) -> None:
        """Prepare a response whose body is read from an open file."""
        super().__init__(body, status, headers)
        self._stream = opened.stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, then close the file."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stream.close()


def deliver(opened: Opened, path: str, request: Headers, *, head: bool) -> Response:
    """Return the response to a request for a file.

    Only the file's digest decides what is sent. `Last-Modified` is informative, and dates in the request are
    ignored.

    Args:
        opened: The open file; closed here or after the response was sent.
        path: Path of the file, for messages.
        request: Headers of the request.
        head: Whether the request is a HEAD request.

    Returns:
        A response with status 200, 206, 304 or 416.
    """
    file = opened.file
    tag = f'"{file.sha256}"'
    headers = {
        "accept-ranges": "bytes",
        "etag": tag,
        "last-modified": formatdate(min(opened.modified_s, time.time()), usegmt=True),
    }
    if _is_known(request.get("if-none-match"), tag):
        opened.stream.close()
        return Response(status_code=304, headers=headers)
    asked = request.get("range") if request.get("if-range", tag).strip() == tag else None
    spans = spans_of(asked, file.length_bytes)
    if spans == []:
        opened.stream.close()
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{file.length_bytes}"})
    return _answer(opened, path, spans, headers, head=head)


def _is_known(header: str | None, tag: str) -> bool:
    """Return whether an `If-None-Match` header matches the tag. Source: RFC 9110, section 13.1.2."""
    if header is None:
        return False
    return header.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in header.split(","))


def _answer(
    opened: Opened, path: str, spans: list[Span] | None, headers: dict[str, str], *, head: bool
) -> Response:
    length, type = opened.file.length_bytes, opened.file.type
    if spans is not None and len(spans) > 1:
        parts, ending = _parts(spans, opened)
        boundary = _boundary(opened)
        headers["content-type"] = f"multipart/byteranges; boundary={boundary}"
    else:
        parts, ending = [(b"", span) for span in spans or [(0, length)]], b""
        headers["content-type"] = type
        if spans:
            headers["content-range"] = _content_range(spans[0], length)
    size = sum(len(before) + end - start for before, (start, end) in parts) + len(ending)
    headers["content-length"] = str(size)
    status = 200 if spans is None else 206
    if head:
        opened.stream.close()
        return Response(status_code=status, headers=headers)
    return Delivery(opened, _body(opened.stream, path, parts, ending), status, headers)


def _content_range(span: Span, length: int) -> str:
    return f"bytes {span[0]}-{span[1] - 1}/{length}"


def _boundary(opened: Opened) -> str:
    """Return a boundary that the file cannot be expected to contain: half of its own digest."""
    return opened.file.sha256[:32]


def _parts(spans: list[Span], opened: Opened) -> tuple[list[tuple[bytes, Span]], bytes]:
    """Return each span with the bytes that precede it, and the closing bytes. Source: RFC 9110, section 14.6."""
    boundary = _boundary(opened)
    parts = []
    for number, span in enumerate(spans):
        lines = [
            f"{'' if number == 0 else chr(13) + chr(10)}--{boundary}",
            f"Content-Type: {opened.file.type}",
            f"Content-Range: {_content_range(span, opened.file.length_bytes)}",
        ]
        parts.append(("\r\n".join(lines) + "\r\n\r\n", span))
    return [(before.encode(), span) for before, span in parts], f"\r\n--{boundary}--\r\n".encode()


async def _body(
    stream: BufferedReader, path: str, parts: list[tuple[bytes, Span]], ending: bytes
) -> AsyncIterator[bytes]:
    for before, (start, end) in parts:
        if before:
            yield before
        at = start
        while at < end:
            data = await to_thread.run_sync(_read, stream, at, min(_PIECE_BYTES, end - at))
            if not data:
                # Raising ends the connection early, which shows the client that the response is incomplete.
                raise OutputMismatch("became shorter while it was being sent", where=path)
            at += len(data)
            yield data
    if ending:
        yield ending


def _read(stream: BufferedReader, at: int, length: int) -> bytes:
    stream.seek(at)
    return stream.read(length)
