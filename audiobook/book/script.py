"""The script of a book: chapters, paragraphs and passages in order, with the keys of their clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.document import Paragraph, Passage


class SpokenPassage(msgspec.Struct, frozen=True):
    """A passage and its clip.

    Attributes:
        passage: The text.
        key: Key of the clip.
        speaker: The voice and how it speaks.
        sound: Pauses, level and encoding of the clip.
    """

    passage: Passage
    key: str
    speaker: Speaker
    sound: Sound


class SpokenParagraph(msgspec.Struct, frozen=True):
    """A paragraph and its passages: empty for signs such as `* * *` or a name that is not spoken, several if very long."""

    paragraph: Paragraph
    passages: tuple[SpokenPassage, ...]


class SpokenChapter(msgspec.Struct, frozen=True):
    """A chapter; at least one of its paragraphs is spoken."""

    title: str
    level: int
    paragraphs: tuple[SpokenParagraph, ...]


class Script(msgspec.Struct, frozen=True):
    """Everything that is spoken in a book.

    Attributes:
        title: Title of the book.
        chapters: In order; those of a long book may be read from a file at each access, see `WaitingScripts`.
    """

    title: str
    chapters: Sequence[SpokenChapter]

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield every paragraph in order."""
        return (spoken.paragraph for chapter in self.chapters for spoken in chapter.paragraphs)

    def passages(self) -> Iterator[tuple[SpokenPassage, Paragraph]]:
        """Yield every passage in order, with its paragraph."""
        for chapter in self.chapters:
            for spoken in chapter.paragraphs:
                for passage in spoken.passages:
                    yield passage, spoken.paragraph
