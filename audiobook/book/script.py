"""What a book says, in order: chapters, paragraphs, and the key of the clip that says each passage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.document import Paragraph, Passage


@dataclass(frozen=True, slots=True)
class SpokenPassage:
    """A passage and its clip.

    Attributes:
        passage: What is said.
        key: Key of the clip.
        speaker: Who says it.
        sound: How the speech becomes the clip.
    """

    passage: Passage
    key: str
    speaker: Speaker
    sound: Sound


@dataclass(frozen=True, slots=True)
class SpokenParagraph:
    """A paragraph and what is said for it: nothing for a line of signs, several passages if very long."""

    paragraph: Paragraph
    passages: tuple[SpokenPassage, ...]


@dataclass(frozen=True, slots=True)
class SpokenChapter:
    """A chapter; at least one of its paragraphs says something."""

    title: str
    level: int
    paragraphs: tuple[SpokenParagraph, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """All that is said in a book."""

    title: str
    chapters: tuple[SpokenChapter, ...]

    def passages(self) -> Iterator[tuple[SpokenPassage, Paragraph]]:
        """Give every passage in order, with the paragraph it is from."""
        for chapter in self.chapters:
            for spoken in chapter.paragraphs:
                for passage in spoken.passages:
                    yield passage, spoken.paragraph
