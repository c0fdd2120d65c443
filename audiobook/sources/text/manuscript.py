"""A text without Project Gutenberg's additions and picture notes."""

from __future__ import annotations

import re
from collections import Counter

from audiobook.document import Metadata, Problem, count_chars
from audiobook.sources.chapters.headings import Group
from audiobook.sources.chapters.lines import illustrations
from audiobook.sources.text.gutenberg import find_body


class Manuscript:
    """The lines of a text that belong to the book, and a count of what was skipped.

    Skipped lines are replaced by empty ones, so line numbers stay correct.

    Attributes:
        lines: All lines of the text; skipped ones are empty.
        metadata: Metadata from the Project Gutenberg header.
        is_book: Whether the text follows Project Gutenberg's layout of books.
        skipped: Number of skipped characters, by reason.
        problems: Problems to report to the user.
    """

    def __init__(self, name: str, text: str) -> None:
        """Find the book's own lines in a text; `name` is the file's name in messages."""
        self.name = name
        self.skipped: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.metadata = Metadata()
        self.is_book = False
        self.lines = text.split("\n")
        body = find_body(self.lines)
        if body:
            self.metadata = body.metadata
            self.is_book = True
            self._cut(0, body.start, "header")
            self._cut(body.end, len(self.lines), "licence")
        self.lines = illustrations().sub(self._illustration, "\n".join(self.lines)).split("\n")

    def _cut(self, start: int, end: int, what: str) -> None:
        length = sum(map(count_chars, self.lines[start:end]))
        if length:
            self.skipped["boilerplate"] += length
            self.problems.append(
                Problem(f"{self.name}:{start + 1}", f"the Project Gutenberg {what} is not read out")
            )
        self.lines[start:end] = [""] * (end - start)

    def _illustration(self, found: re.Match[str]) -> str:
        self.skipped["illustrations"] += count_chars(found[0])
        return "\n" * found[0].count("\n") or " "

    def skip(self, group: Group) -> None:
        """Count the lines of a group that belongs to the table of contents."""
        self.skipped["contents"] += sum(count_chars(text) for _, text in group.lines)
