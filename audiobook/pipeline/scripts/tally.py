"""Counts the characters of a script, and finds pronunciations that could not be applied, chapter by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from audiobook.book.record.works import Characters
from audiobook.book.script import SpokenChapter, SpokenParagraph
from audiobook.casting import Role
from audiobook.document import Problem, Work, count_chars
from audiobook.narration.lexicon.entries import Lexicon
from audiobook.narration.passages import cut_pronunciations
from audiobook.pipeline.chapters.changes import RENAMED


class Tally(msgspec.Struct):
    """Counts the spoken characters of chapters, and reports pronunciations that could not be applied.

    Characters of a paragraph that are not spoken, such as emoji or `* * *`, count as signs.

    Attributes:
        name: Name of the text in messages.
        crossing: The lexicon entries inside which a sentence can end.
        problems: A problem for each place where a sentence ends inside such an entry.
    """

    name: str
    crossing: Lexicon
    problems: list[Problem] = msgspec.field(default_factory=list)
    _shown: int = 0
    _spoken: int = 0
    _unsaid: int = 0

    def counted(self, chapters: Iterable[SpokenChapter]) -> Iterator[SpokenChapter]:
        """Yield the same chapters, each after it was counted."""
        for chapter in chapters:
            for entry in chapter.paragraphs:
                self._note(entry)
                if not entry.paragraph.is_added:
                    self._count(entry)
            yield chapter

    def characters(self, work: Work, chars: int) -> Characters:
        """Return the counts.

        Args:
            work: The text whose chapters were counted.
            chars: Number of its characters before chapters were renamed; see `PreparedText.chars`.
        """
        skipped = dict(work.skipped_chars)
        if renamed := chars - self._shown:
            skipped[RENAMED] = renamed
        if self._unsaid:
            skipped[Role.UNSAID.value] = self._unsaid
        if signs := self._shown - self._spoken - self._unsaid:
            skipped["signs"] = skipped.get("signs", 0) + signs
        return Characters(work.source_chars, self._spoken, dict(sorted(skipped.items())))

    def _note(self, entry: SpokenParagraph) -> None:
        passages = [passage.passage for passage in entry.passages]
        for start, end in cut_pronunciations(entry.paragraph, passages, self.crossing):
            shown = " ".join(entry.paragraph.text[start:end].split())[:60]
            where = entry.paragraph.where(self.name, start)
            self.problems.append(
                Problem(where, f"“{shown}” is spoken as written, because a sentence ends inside it")
            )

    def _count(self, entry: SpokenParagraph) -> None:
        text = entry.paragraph.text
        self._shown += count_chars(text)
        spans = (sentence.span for passage in entry.passages for sentence in passage.passage.sentences)
        self._spoken += count_chars("".join(text[start:end] for start, end in spans))
        self._unsaid += sum(
            count_chars(text[part.start : part.end])
            for part in entry.paragraph.spoken
            if part.character.role is Role.UNSAID
        )
