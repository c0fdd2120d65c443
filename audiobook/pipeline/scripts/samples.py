"""Short samples of a text, to try a voice with: its beginning, or the first words of a role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from audiobook.casting import Casting, Character, Role
from audiobook.document import Chapter, Kind, Work, is_speakable
from audiobook.narration.casting import cast_paragraphs

_SAMPLE_CHARS: Final = 300
_ANYBODY: Final = "anybody"
"""Name of an imaginary voice with all roles, to find what they say."""


def beginning(work: Work) -> str:
    """Return the first words of a text, without titles and headings; its title if it has nothing else."""
    paragraphs = [each for chapter in work.chapters for each in chapter.paragraphs]
    texts = [each.text for each in paragraphs if each.kind is Kind.TEXT] or [each.text for each in paragraphs]
    return _cut(texts)


def first_words(work: Work, character: Character) -> str:
    """Return the first words that a character says in a text; empty if it says nothing."""
    return _cut(text for chapter in work.chapters for text in _said(chapter, work.language, character))


def _said(chapter: Chapter, language: str, character: Character) -> Iterator[str]:
    """Yield the parts of a chapter that a character says."""
    names = {character.name: _ANYBODY} if character.role is Role.SPEAKER else {}
    casting = Casting(dialogue=_ANYBODY, quotations=_ANYBODY, speakers=names)
    for paragraph in cast_paragraphs(chapter.paragraphs, language, casting):
        if paragraph.character == character:
            yield paragraph.text
        for part in paragraph.spoken:
            if part.character == character:
                yield paragraph.text[part.start : part.end]


def _cut(texts: Iterable[str]) -> str:
    """Return the first speakable texts, joined and cut between words after the length of a sample."""
    found = ""
    for text in texts:
        if is_speakable(text):
            found = f"{found} {' '.join(text.split())}".strip()
        if len(found) > _SAMPLE_CHARS:
            return found[:_SAMPLE_CHARS].rpartition(" ")[0] or found[:_SAMPLE_CHARS]
    return found
