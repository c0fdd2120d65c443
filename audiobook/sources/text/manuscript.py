"""A text without what is no part of the book: Project Gutenberg's own words, notes for pictures."""

from __future__ import annotations

import re
from collections import Counter

from audiobook.document import Metadata, Problem, count_chars
from audiobook.sources.chapters.headings import Group
from audiobook.sources.chapters.lines import illustrations
from audiobook.sources.text.gutenberg import find_body


class Manuscript:
    """The lines of a text that are its own, and a count of what is not.

    What is left out leaves its lines empty, so that every number of a line stays right.

    Attributes:
        lines: All lines of the text, those that are left out empty.
        metadata: What the header of Project Gutenberg says.
        is_book: Whether it is written as Project Gutenberg writes books.
        skipped: Characters that were left out, by reason.
        problems: What the user should know.
    """

    def __init__(self, name: str, text: str) -> None:
        """Look at a text; `name` is how messages call its file."""
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
                Problem(f"{self.name}:{start + 1}", f"the {what} of Project Gutenberg is not read out")
            )
        self.lines[start:end] = [""] * (end - start)

    def _illustration(self, found: re.Match[str]) -> str:
        self.skipped["illustrations"] += count_chars(found[0])
        return "\n" * found[0].count("\n") or " "

    def skip(self, group: Group) -> None:
        """Count a group that is in the list of contents."""
        self.skipped["contents"] += sum(count_chars(text) for _, text in group.lines)
