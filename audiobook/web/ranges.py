"""Which bytes of a file a client asks for.

Source: RFC 9110, section 14.
"""

from __future__ import annotations

import re
from typing import Final

_MOST_RANGES: Final = 16
"""More than any player asks for at once; who asks for more gets the whole file."""
_UNIT = re.compile(r"bytes[ \t]*=", re.IGNORECASE)
_RANGE = re.compile(r"[ \t]*+(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*+")

Span = tuple[int, int]
"""First byte, and one past the last."""


def spans_of(header: str | None, length: int) -> list[Span] | None:
    """Give the spans that a `Range` header asks for.

    Args:
        header: Its value; None where there is none.
        length: Of the file, in bytes.

    Returns:
        Spans in their order in the file, none of which overlap, and none at all if they begin behind its end;
        None stands for the whole file, which is also the answer to what is no range of bytes.
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
