"""Dates as books and pages state them."""

from __future__ import annotations

import re
from typing import Final

_DATE: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?![-\d])")


def date_text(text: str) -> str | None:
    """Return the year, the year and month, or the day that a text begins with; None if it does not begin with a date.

    Source: ISO 8601; "Date and Time Formats", W3C.
    """
    found = _DATE.match(text.strip())
    return found.group() if found else None
