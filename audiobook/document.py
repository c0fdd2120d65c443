"""What is read and what is spoken: works, chapters, paragraphs; passages, sentences, marks.

Everything here is frozen. A `Work` is what a reader made of one file; `Passage`s are what narration made of
a work; marks say when something in a spoken sentence is heard.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from operator import itemgetter
from typing import Final

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,8}\Z")
"""How a BCP 47 tag looks."""


def is_speakable(text: str) -> bool:
    """Whether a text holds anything to say: a letter or a digit of any script."""
    return any(character.isalnum() for character in text)


def count_chars(text: str) -> int:
    """Give how many characters of a text are no white space."""
    return sum(map(len, text.split()))


class Kind(str, Enum):
    """What a paragraph is, which decides the pause that follows it."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    BREAK = "break"
    """A line that is only signs, such as `* * *`: heard as a longer pause, never as words."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that the user should know of, though the work can be built.

    Attributes:
        where: `path:line`.
        message: What was found and what was done about it.
    """

    where: str
    message: str

    def __str__(self) -> str:
        """Give the problem as one line for a terminal."""
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class ForeignText:
    """A part of a paragraph that is in another language than its work.

    Attributes:
        start: First character, from 0.
        end: One past the last.
        language: BCP 47 tag.
    """

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Phonemes:
    """The sounds of a word, or of several.

    Attributes:
        symbols: As they are written; a space stands between words.
        alphabet: `ipa`, `x-sampa`, or `espeak` for the mnemonics of espeak-ng; another is known to nobody here.
    """

    symbols: str
    alphabet: str = "ipa"


@dataclass(frozen=True, slots=True)
class PhonemeSpan:
    """A part of a spoken text that is said by its sounds, by a voice that takes them.

    Attributes:
        start: First character, from 0.
        length: Characters, at least 1.
        phonemes: Its sounds; in IPA or mnemonics of espeak-ng.
    """

    start: int
    length: int
    phonemes: Phonemes

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Saying:
    """A part of a paragraph that its source says how to pronounce, as a lexicon or `ssml:ph` does.

    Attributes:
        start: First character, from 0.
        end: One past the last.
        text: What is said instead of it, in plain letters; None where the source gives its sounds alone.
        phonemes: Its sounds, which count before the text where the voice takes them.
    """

    start: int
    end: int
    text: str | None
    phonemes: Phonemes | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or heading, as the reader of a page would see it.

    Attributes:
        text: The text on one line; hard-wrapped lines are joined by a space. A newline stands only where
            a line of verse ends.
        kind: What it is.
        lines: (offset in `text`, line number from 1) of each source line, ascending by offset; empty where
            a format has no lines.
        place: Where in the file, for formats of many parts: `!OEBPS/chapter-1.xhtml`, or `#12` for a page.
        foreign: Parts in another language, in order, disjoint.
        sayings: Parts that the source says how to pronounce, in order, disjoint.
    """

    text: str
    kind: Kind
    lines: tuple[tuple[int, int], ...] = ()
    place: str = ""
    foreign: tuple[ForeignText, ...] = ()
    sayings: tuple[Saying, ...] = ()

    def line_of(self, offset: int) -> int:
        """Give the line number, from 1, of the character at `offset` of the text; 0 where there are no lines."""
        at = bisect_right(self.lines, offset, key=itemgetter(0))
        return self.lines[max(at - 1, 0)][1] if self.lines else 0

    def where(self, name: str, offset: int = 0) -> str:
        """Give the place of a character as messages name it: `path:line`, `path!member:line`, `path#page`."""
        line = self.line_of(offset)
        return f"{name}{self.place}:{line}" if line else f"{name}{self.place}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of a work that a player can jump to.

    Attributes:
        title: One line, never empty.
        level: Depth in the contents, from 1.
        paragraphs: What is in it, in reading order; never empty.
    """

    title: str
    level: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a text says of itself; anything may be missing.

    Attributes:
        title: Title.
        authors: Who wrote it, in order.
        narrator: Who is to be named as its voice.
        language: BCP 47 tag.
        date: Year, year and month, or full date, as ISO 8601 writes it.
        description: What it is about: paragraphs of one line each, with a blank line between.
        series: The series that it belongs to.
        series_position: Its place in the series, such as `2` or `2.5`.
        cover: The bytes of its cover: a JPEG or PNG that is not checked yet.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    narrator: str | None = None
    language: str | None = None
    date: str | None = None
    description: str | None = None
    series: str | None = None
    series_position: str | None = None
    cover: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """One text in one language, read from one file.

    Attributes:
        slug: ASCII name shared by all language editions of the same work.
        language: BCP 47 tag.
        title: One line, never empty.
        chapters: In reading order; never empty.
        name: The file's name as messages and the record show it; holds no machine's path.
        problems: What the reader noticed, in source order.
        metadata: What the text says of itself.
        source_chars: Characters of text in the file that are no white space; marks of the format that are no
            text (tags, the record of a zip) do not count.
        skipped_chars: How many of these are in no paragraph, by reason, such as `footnote` or `code`.
        encoding: How the text was decoded, where the user had to say it; else None.
    """

    slug: str
    language: str
    title: str
    chapters: tuple[Chapter, ...]
    name: str
    problems: tuple[Problem, ...] = ()
    metadata: Metadata = Metadata()
    source_chars: int = 0
    skipped_chars: Mapping[str, int] = field(default_factory=dict)
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it will be spoken, tied to the text it came from.

    Attributes:
        text: What the engine is given.
        starts: For each character of `text`, where in the paragraph's text it came from.
        ends: For each character of `text`, the end (exclusive) of what it came from.
        phonemes: Parts of `text` that are said by their sounds, in order, disjoint. The voice was asked before; an
            engine that passes over them speaks the text.
    """

    text: str
    starts: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)
    phonemes: tuple[PhonemeSpan, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """The (start, end) of the sentence in its paragraph's text, end exclusive."""
        return self.source_span(0, len(self.text))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the (start, end) in the paragraph's text that spoken characters came from.

        Args:
            start: First spoken character, from 0.
            end: One past the last spoken character, more than `start`.

        Returns:
            The span in the paragraph's text, end exclusive.
        """
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is spoken in one go: a heading, a paragraph, or a part of a very long one.

    Attributes:
        sentences: In order; never empty.
        language: BCP 47 tag of the text.
    """

    sentences: tuple[Sentence, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that an engine timed.

    Attributes:
        start: First character of the word in the spoken sentence, from 0.
        length: Its length in characters, at least 1.
        offset_samples: When it begins, from the start of what the mark belongs to.
    """

    start: int
    length: int
    offset_samples: int


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """One file of a lexicon.

    Attributes:
        name: How messages call it; ends in `.toml` or `.pls`.
        data: Its bytes.
        local: Whether it is for one language alone, as it stands in that language's folder.
    """

    name: str
    data: bytes
    local: bool = False
