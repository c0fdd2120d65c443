"""A text without Project Gutenberg's additions, picture notes, footnotes and notes of its transcribers."""

from __future__ import annotations

from collections import Counter
from typing import Final

from audiobook.document import Metadata, Problem, count_chars
from audiobook.sources.chapters.headings import Group
from audiobook.sources.chapters.lines import illustrations
from audiobook.sources.text.apparatus.frames import without_frame
from audiobook.sources.text.apparatus.gutenberg import find_body
from audiobook.sources.text.apparatus.notes import Notes, find_notes
from audiobook.sources.text.apparatus.transcribers import find_apparatus

_LONG_LINES: Final = 300
"""A text with more lines may be a book without the header of Project Gutenberg."""


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

    def __init__(self, name: str, text: str, *, narrate: frozenset[str] = frozenset()) -> None:
        """Find the book's own lines in a text.

        Args:
            name: The file's name in messages.
            text: All of it.
            narrate: Names from `base.PARTS` to read aloud instead of skipping.
        """
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
            for start, end in body.headers:
                self._cut(start, end, "boilerplate", "the Project Gutenberg header is not read out")
            for start, end in body.footers:
                self._cut(start, end, "boilerplate", "the Project Gutenberg licence is not read out")
        self.lines = illustrations().sub(self._illustration, "\n".join(self.lines)).split("\n")
        if self.is_book or len(self.lines) > _LONG_LINES:
            for part in find_apparatus(self.lines):
                self._cut(part.start, part.end, part.reason, part.message)
            self._unframe()
        if "footnotes" not in narrate:
            self._take_notes(find_notes(self.lines, is_book=self.is_book))

    def _cut(self, start: int, end: int, reason: str, message: str) -> None:
        length = sum(map(count_chars, self.lines[start:end]))
        if length:
            self.skipped[reason] += length
            first = next(at for at in range(start, end) if self.lines[at].strip())
            self.problems.append(Problem(f"{self.name}:{first + 1}", message))
        self.lines[start:end] = [""] * (end - start)

    def _illustration(self, found: object) -> str:
        text: str = found[0]  # type: ignore[index]
        self.skipped["illustrations"] += count_chars(text)
        return "\n" * text.count("\n") or " "

    def _unframe(self) -> None:
        """Remove the lines that are drawn around a text."""
        for at, line in enumerate(self.lines):
            if line.lstrip()[:1] in ("+", "|"):
                inner = without_frame(line)
                if lost := count_chars(line) - count_chars(inner):
                    self.skipped["marks"] += lost
                    self.lines[at] = inner

    def _take_notes(self, notes: Notes) -> None:
        for start, end in notes.bodies:
            self.skipped["footnotes"] += sum(map(count_chars, self.lines[start:end]))
            self.lines[start:end] = [""] * (end - start)
        if notes.marks:
            for at, line in enumerate(self.lines):
                if notes.marks.search(line):
                    self.lines[at] = notes.marks.sub("", line)
                    self.skipped["footnotes"] += count_chars(line) - count_chars(self.lines[at])

    def skip(self, group: Group) -> None:
        """Count the lines of a group that belongs to the table of contents."""
        self.skipped["contents"] += sum(count_chars(text) for _, text in group.lines)
