"""How long a service asks its clients to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_S: Final = 7 * 86_400.0
"""Longest wait in seconds; a longer one is not credible, but it still means “not now”."""
_LONGEST_DATE: Final = 64


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """Read a `Retry-After` header.

    Args:
        value: A number of seconds or a date; None if the header is missing.
        now: The time to count from; None means the current time.

    Returns:
        Seconds from now, from 0 to a week; None if the header is missing or cannot be read.

    Source: RFC 9110, section 10.2.3.
    """
    if value is None:
        return None
    stripped = value.strip()
    if stripped.isascii() and stripped.isdigit():
        return min(float(stripped.lstrip("0")[:12] or 0), _LONGEST_S)
    try:
        then = parsedate_to_datetime(stripped[:_LONGEST_DATE])
    except (ValueError, OverflowError, TypeError, LookupError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return min(max(0.0, (then - (now or datetime.now(UTC))).total_seconds()), _LONGEST_S)
