"""Bodies of responses, read as they arrive and never without a limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_PIECE_BYTES: Final = 256 << 10


class TooLong(Exception):
    """A body is longer than its limit."""


def pieces(response: BaseHTTPResponse, *, is_decoded: bool) -> Iterator[bytes]:
    """Yield the body as it arrives, at most 256 KB at a time.

    Args:
        response: The raw response, its body unread.
        is_decoded: Whether to undo the `Content-Encoding`; without it, the bytes are those of the server's file.

    Raises:
        OSError, ValueError, urllib3.exceptions.HTTPError: Reading failed; see `audiobook.http.failure.failure_of`.
    """
    while piece := response.read1(_PIECE_BYTES, decode_content=is_decoded):
        yield piece


def joined(parts: Iterable[bytes], most_bytes: int) -> bytes:
    """Return a whole body.

    Args:
        parts: From `pieces`.
        most_bytes: The longest body to accept.

    Raises:
        TooLong: The body is longer.
    """
    found: list[bytes] = []
    length = 0
    for part in parts:
        length += len(part)
        if length > most_bytes:
            raise TooLong
        found.append(part)
    return b"".join(found)
