"""Measuring how much each character of a work speaks: the narrator, roles, speakers and quoted languages."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import msgspec

from audiobook.book.book import Book
from audiobook.book.script import SpokenPassage
from audiobook.casting import Character, Role
from audiobook.clips.key import Speaker
from audiobook.document import Paragraph, count_chars
from audiobook.pipeline.chapters.parts import speech_length_s

NARRATOR: Final = "narrator"
LANGUAGE: Final = "language"
_NAMES: Final = {Role.SPEAKER: "speaker", Role.NAMED: "voice"}
"""Names for single appearances of a role, where they differ from that of the role."""


class Appearance(msgspec.Struct, frozen=True):
    """What one character speaks in a work with one voice.

    Attributes:
        role: `narrator`, `headings`, `quotations`, `notes`, `dialogue`, `speaker`, `voice` for a part with a mark that
            names a voice, or `language` for a passage in another language.
        name: The speaker, the voice that the mark names, or the BCP 47 tag; empty for the other roles.
        speaker: The voice.
        chars: Number of characters that it speaks, excluding white space.
        length_s: Estimated length of this speech in seconds.
    """

    role: str
    name: str
    speaker: Speaker
    chars: int
    length_s: float


def appearances(book: Book) -> list[Appearance]:
    """Return an entry for each character with the amount that it speaks, largest first."""
    found: defaultdict[tuple[str, str, Speaker], list[str]] = defaultdict(list)
    for entry, paragraph in book.script.passages():
        role, name = _who(entry, paragraph, book.language)
        for sentence in entry.passage.sentences:
            start, end = sentence.span
            found[role, name, entry.speaker].append(paragraph.text[start:end])
    every = [
        Appearance(
            role,
            name,
            speaker,
            sum(map(count_chars, texts)),
            round(sum(map(speech_length_s, texts)) / speaker.speed, 3),
        )
        for (role, name, speaker), texts in found.items()
    ]
    return sorted(every, key=lambda one: (-one.chars, one.role, one.name, one.speaker.voice))


def _who(entry: SpokenPassage, paragraph: Paragraph, language: str) -> tuple[str, str]:
    character: Character | None = entry.passage.character or paragraph.character
    if character and character.role in _NAMES:
        return _NAMES[character.role], character.name
    if entry.passage.language.partition("-")[0] != language.partition("-")[0]:
        return LANGUAGE, entry.passage.language
    if character is None or character.role is Role.DIRECTION:
        return NARRATOR, ""
    return character.role.value, ""
