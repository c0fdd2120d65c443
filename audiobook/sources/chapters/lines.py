"""Lines of plain text whose words start a chapter, such as `CHAPTER I.`, `1. nodaļa` or `Ensimmäinen luku`."""

from __future__ import annotations

import re

import msgspec

from audiobook.sources.chapters.forms import CHAPTER, PART, forms
from audiobook.sources.chapters.vocabulary import languages_of, phrase_key, vocabulary

__all__ = ["CHAPTER", "PART", "ChapterLine", "chapter_line", "illustrations", "is_alone", "is_contents_line"]

_LONGEST_CHARS = 120
_LONGEST_PHRASE_CHARS = 60


class ChapterLine(msgspec.Struct, frozen=True):
    """A line that starts a chapter or a part.

    Attributes:
        level: `PART` or `CHAPTER`.
        key: Word and number in lower case; the same for a chapter and its entry in the table of contents.
        title: Whether the line also contains the chapter's title.
    """

    level: int
    key: str
    title: bool


def chapter_line(line: str, language: str = "") -> ChapterLine | None:
    """Recognise a line that starts a chapter, if it is a separate paragraph.

    A sentence that merely starts with such words ("Chapter 3 was hard.") does not count: what follows the number
    is a title only after punctuation, or with a capital letter.

    Args:
        line: The line, stripped.
        language: BCP 47 tag of the text, whose words are understood besides those of English; empty for any language.

    Returns:
        The chapter or part that the line starts, or None.
    """
    if len(line) > _LONGEST_CHARS:
        return None
    if is_alone(line):
        return ChapterLine(CHAPTER, phrase_key(line), title=False)
    for tag in (language,) if language else languages_of(line):
        for form in forms(line, tag):
            if form.level and form.is_plain:
                return ChapterLine(form.level, f"{form.shape} {form.number}", title=bool(form.title))
    return None


def is_alone(line: str) -> bool:
    """Return whether a line is a heading that needs no number, such as `Preface`."""
    return len(line) <= _LONGEST_PHRASE_CHARS and phrase_key(line) in vocabulary().alone


def is_contents_line(line: str) -> bool:
    """Return whether a line is the heading of a table of contents."""
    return len(line) <= _LONGEST_PHRASE_CHARS and phrase_key(line) in vocabulary().contents


def illustrations() -> re.Pattern[str]:
    """Return a pattern that matches notes for pictures, such as `[Illustration: A house]`."""
    return vocabulary().illustration
