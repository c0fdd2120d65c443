"""The byte ranges that a client requests.

Source: RFC 9110, section 14.
"""

from __future__ import annotations

import re
from typing import Final

_MOST_RANGES: Final = 16
"""More than any player requests at once. A request for more gets the whole file."""
_UNIT = re.compile(r"bytes[ \t]*=", re.IGNORECASE)
_RANGE = re.compile(r"[ \t]*+(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*+")

Span = tuple[int, int]
"""Offset of the first byte, and offset after the last."""


def spans_of(header: str | None, length: int) -> list[Span] | None:
    """Return the spans that a `Range` header requests.

    Args:
        header: Value of the header; None if the request has none.
        length: Length of the file in bytes.

    Returns:
        Sorted spans that neither overlap nor touch; empty if all start after the end of the file. None means the
        whole file: there is no header, or it is not a valid range of bytes.
    """
    unit = _UNIT.match(header) if header else None
    if header is None or unit is None:
        return None
    given = header[unit.end() :].split(",", _MOST_RANGES)
    asked = [_RANGE.fullmatch(one) for one in given]
    spans: list[Span] = []
    for one in asked:
        if one is None:
            return None
        first, last, suffix = one.groups()
        if last and int(last) < int(first):
            return None
        spans.append(_span(first, last, suffix, length))
    return _joined([span for span in spans if span[0] < span[1]])


def _span(first: str | None, last: str | None, suffix: str | None, length: int) -> Span:
    if first is None:
        return max(0, length - int(suffix or 0)), length
    return int(first), min(length, int(last) + 1) if last else length


def _joined(spans: list[Span]) -> list[Span]:
    """Join spans that overlap or touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
