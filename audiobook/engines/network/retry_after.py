"""How long a service asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """Read a `Retry-After` header.

    Args:
        value: A number of seconds or a date; None where there is no such header.
        now: The time to count from; None takes the system's.

    Returns:
        Seconds from now, at least 0; None where nothing can be read.

    Source: RFC 9110, section 10.2.3.
    """
    if value is None:
        return None
    told = value.strip()
    if told.isascii() and told.isdigit():
        return float(told[:12])
    try:
        then = parsedate_to_datetime(told)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - (now or datetime.now(UTC))).total_seconds())
