"""Casting a work: which parts of its paragraphs the speakers of a play, or the people in a story, say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from msgspec.structs import replace

from audiobook.casting import Casting, Character, Role
from audiobook.document import (
    Chapter,
    Kind,
    Paragraph,
    SpokenPart,
    Work,
    chapters_of,
    is_speakable,
    spoken_around,
)
from audiobook.narration.dialogue.finding import find_dialogue
from audiobook.narration.speeches import find_speeches

_DIALOGUE: Final = Character(Role.DIALOGUE)
_FEW: Final = 3
_WITHOUT_HEADINGS: Final = ("paragraphs", "parts")


def cast_work(work: Work, language: str, casting: Casting) -> Sequence[Chapter]:
    """Return the chapters of a work with the parts that characters with voices speak.

    A text without headings, whose chapters are paragraphs or parts of it, is cast as a whole.

    Args:
        work: The work.
        language: BCP 47 tag in which it is read.
        casting: The voices of its characters.
    """
    if not (casting.speakers or casting.dialogue or casting.quotations):
        return work.chapters
    if work.chapters_by not in _WITHOUT_HEADINGS:
        cast = (cast_paragraphs(chapter.paragraphs, language, casting) for chapter in work.chapters)
    else:
        every = [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]
        found = iter(cast_paragraphs(every, language, casting))
        cast = (list(islice(found, len(chapter.paragraphs))) for chapter in work.chapters)
    return chapters_of(
        replace(
            chapter, paragraphs=tuple(paragraphs if any(map(_is_heard, paragraphs)) else chapter.paragraphs)
        )
        for chapter, paragraphs in zip(work.chapters, cast, strict=True)
    )


def cast_paragraphs(paragraphs: Sequence[Paragraph], language: str, casting: Casting) -> Sequence[Paragraph]:
    """Return paragraphs that follow each other with the parts that characters speak; see `cast_work`."""
    paragraphs = _without_layout(paragraphs)
    speeches = find_speeches(paragraphs, casting)
    if casting.dialogue:
        texts = [
            paragraph.text if parts is None and _is_story(paragraph) else None
            for paragraph, parts in zip(paragraphs, speeches, strict=True)
        ]
        said = find_dialogue(texts, language)
    else:
        said = [[] for _ in paragraphs]
    return [
        _with_parts(paragraph, parts or [SpokenPart(*span, _DIALOGUE) for span in spans])
        for paragraph, parts, spans in zip(paragraphs, speeches, said, strict=True)
    ]


def _is_heard(paragraph: Paragraph) -> bool:
    """Return whether a paragraph has more to speak than names that are left out."""
    at = 0
    for part in paragraph.spoken:
        if part.character.role is Role.UNSAID:
            if is_speakable(paragraph.text[at : part.start]):
                return True
            at = part.end
    return is_speakable(paragraph.text[at:])


def _without_layout(paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """Return paragraphs without the role of quotations if all have it, as in books that indent everything."""
    roles = [paragraph.role for paragraph in paragraphs if paragraph.kind is Kind.TEXT]
    if len(roles) < _FEW or any(role is not Role.QUOTATION for role in roles):
        return paragraphs
    return [
        replace(paragraph, role=None) if paragraph.role is Role.QUOTATION else paragraph
        for paragraph in paragraphs
    ]


def _is_story(paragraph: Paragraph) -> bool:
    """Return whether people may speak in a paragraph: headings, notes and quotations have no dialogue."""
    return paragraph.kind is Kind.TEXT and paragraph.character is None


def _with_parts(paragraph: Paragraph, parts: Iterable[SpokenPart]) -> Paragraph:
    """Return a paragraph with these parts, except where its own marks name a voice."""
    added = [piece for part in parts for piece in spoken_around(part, paragraph.spoken)]
    if not added:
        return paragraph
    every = sorted((*paragraph.spoken, *added), key=lambda part: part.start)
    return replace(paragraph, spoken=tuple(every))
