"""Dates as written in books and pages."""

from __future__ import annotations

import re
from typing import Final

_DATE: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?![-\d])")


def date_text(text: str) -> str | None:
    """Return the date at the start of a text: a year, a month or a day. None if the text starts otherwise.

    Source: ISO 8601; "Date and Time Formats", W3C.
    """
    found = _DATE.match(text.strip())
    return found.group() if found else None
