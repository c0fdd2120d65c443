"""The problems of a page; one that occurs often is reported a few times, and then counted."""

from __future__ import annotations

from collections import Counter
from typing import Final

from audiobook.document import Problem

_MOST_REPORTED: Final = 10


class PageProblems:
    """The problems found on a page."""

    def __init__(self, where: str) -> None:
        """Start without problems; `where` is the page's name in messages."""
        self._where = where
        self._problems: list[Problem] = []
        self._times: Counter[str] = Counter()

    def add(self, message: str, line: int) -> None:
        """Add a problem on a line, from 1; 0 if the format has no lines."""
        self._times[message] += 1
        if self._times[message] <= _MOST_REPORTED:
            self._problems.append(Problem(f"{self._where}:{line}" if line else self._where, message))

    def reported(self) -> list[Problem]:
        """Return the problems to report: each message at most ten times, and then how often it occurred."""
        return self._problems + [
            Problem(self._where, f"{message} ({times - _MOST_REPORTED} more times)")
            for message, times in self._times.items()
            if times > _MOST_REPORTED
        ]
