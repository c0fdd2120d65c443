"""The values that flow from readers to engines: works, chapters, paragraphs; passages, sentences, marks.

They are all immutable. A reader makes a `Work` from a file; narration makes `Passage`s from a work; marks say
when each word of a spoken sentence begins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Final

import msgspec

from audiobook.casting import NO_CASTING, Casting, Character, Role
from audiobook.layout import Around, Cell, Picture, Styled
from audiobook.packed_list import PackedList

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,8}(-[xX](-[A-Za-z0-9]{1,8}){1,4})?\Z")
"""The form of a BCP 47 tag. Voices have private subtags: `en-GB-x-rp`."""


MANNERS: Final = ("characters", "digits", "cardinal", "ordinal", "year", "date", "time", "telephone")
"""The manners in which a text can ask for a part to be read, as in SSML's `say-as`."""


_MOST_CHAPTERS: Final = 400
"""How many chapters of a work are not packed: more than those of ten hours."""
_COUNTED_AT_ONCE: Final = 1 << 16
"""Number of characters whose words are in memory at once while they are counted."""


def is_speakable(text: str) -> bool:
    """Return whether a text contains anything to read aloud: a letter or a digit of any script."""
    return any(map(str.isalnum, text))


def count_chars(text: str) -> int:
    """Return the number of characters of a text without its white space."""
    if len(text) > _COUNTED_AT_ONCE:  # the words of a whole book would take ten times its memory
        parts = range(0, len(text), _COUNTED_AT_ONCE)
        return sum(count_chars(text[start : start + _COUNTED_AT_ONCE]) for start in parts)
    return len("".join(text.split()))


class Kind(str, Enum):
    """The kind of a paragraph, which determines the pause after it."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    BREAK = "break"
    """A line of signs, for example `* * *`: a longer pause, without words."""


class Problem(msgspec.Struct, frozen=True):
    """Something in a text that the user should know about, although the work can be built.

    Attributes:
        where: `path:line`.
        message: What was found and what was done about it.
    """

    where: str
    message: str

    def __str__(self) -> str:
        """Return the problem as one line for a terminal."""
        return f"{self.where}: {self.message}"


class ForeignText(msgspec.Struct, frozen=True):
    """A part of a paragraph in another language than its work.

    Attributes:
        start: Index of the first character.
        end: Index after the last character.
        language: BCP 47 tag.
    """

    start: int
    end: int
    language: str


class Phonemes(msgspec.Struct, frozen=True):
    """The phonemes of one or more words.

    Attributes:
        symbols: The phonemes, with a space between words.
        alphabet: `ipa`, `x-sampa`, or `espeak` for the mnemonics of espeak-ng; no other is supported.
    """

    symbols: str
    alphabet: str = "ipa"


class PhonemeSpan(msgspec.Struct, frozen=True):
    """A part of a spoken text that is given as phonemes, for a voice that accepts them.

    Attributes:
        start: Index of the first character.
        length: Number of characters, at least 1.
        phonemes: In IPA or mnemonics of espeak-ng.
    """

    start: int
    length: int
    phonemes: Phonemes

    @property
    def end(self) -> int:
        """Index after its last character."""
        return self.start + self.length


class Saying(msgspec.Struct, frozen=True):
    """A part of a paragraph whose pronunciation the source gives, for example in a lexicon or `ssml:ph`.

    Attributes:
        start: Index of the first character.
        end: Index after the last character.
        text: What to say instead, in plain letters; None if the source gives only phonemes.
        phonemes: Its phonemes, preferred to `text` if the voice accepts them.
        manner: How to read what is written, one of `MANNERS`; if this and `text` are None, the rules decide.
    """

    start: int
    end: int
    text: str | None
    phonemes: Phonemes | None = None
    manner: str | None = None


class Pause(msgspec.Struct, frozen=True):
    """A pause at a place in a paragraph, in place of the usual one.

    Attributes:
        offset: Index of the character after it; the length of the text for a pause after the paragraph.
        length_ms: Its length in milliseconds.
    """

    offset: int
    length_ms: int


class SpokenPart(msgspec.Struct, frozen=True):
    """A part of a paragraph that a character speaks.

    Attributes:
        start: Index of the first character of the text.
        end: Index after the last one.
        character: Who speaks it.
    """

    start: int
    end: int
    character: Character


def spoken_around(part: SpokenPart, taken: Sequence[SpokenPart]) -> Iterator[SpokenPart]:
    """Yield what is left of a part around others, which are in order and disjoint."""
    at = part.start
    for other in islice(taken, bisect_right(taken, at, key=attrgetter("end")), None):
        if other.start >= part.end:
            break
        if at < other.start:
            yield SpokenPart(at, other.start, part.character)
        at = other.end
    if at < part.end:
        yield SpokenPart(at, part.end, part.character)


class Paragraph(msgspec.Struct, frozen=True):
    """One paragraph or heading, as a reader of the page sees it.

    Attributes:
        text: The text on one line; hard-wrapped lines are joined by a space. A newline only occurs at
            the end of a line of verse.
        kind: Title, heading, text or break.
        lines: (offset in `text`, line number from 1) of each source line, ascending by offset; empty if the
            format has no lines.
        place: Where in the file, for formats with many parts: `!OEBPS/chapter-1.xhtml`, or `#12` for a page.
        foreign: Parts in another language, in order, disjoint.
        sayings: Parts whose pronunciation the source gives, in order, disjoint.
        pauses: Pauses that the source asks for, in order.
        voice: The voice that the source asks for; None leaves it to the settings.
        language: BCP 47 tag of the whole paragraph, if the source gives one other than that of the work; `foreign` has
            it as well.
        role: What the source says about all of it: a quotation, a note or a stage direction; None for anything else.
        label_chars: How many characters at the beginning are set apart, as a speaker's name is: bold, or a table cell.
        spoken: Parts that a character speaks, in order, disjoint.
        styles: Parts that look different, in order.
        within: The boxes around it, from the outermost in.
        cells: The cells of a table's row, in order, disjoint.
        pictures: The pictures at it, in order.
        is_added: Whether it is not in the text, such as credits and new titles of chapters.
    """

    text: str
    kind: Kind
    lines: tuple[tuple[int, int], ...] = ()
    place: str = ""
    foreign: tuple[ForeignText, ...] = ()
    sayings: tuple[Saying, ...] = ()
    pauses: tuple[Pause, ...] = ()
    voice: str | None = None
    language: str | None = None
    role: Role | None = None
    label_chars: int = 0
    spoken: tuple[SpokenPart, ...] = ()
    styles: tuple[Styled, ...] = ()
    within: tuple[Around, ...] = ()
    cells: tuple[Cell, ...] = ()
    pictures: tuple[Picture, ...] = ()
    is_added: bool = False

    @property
    def character(self) -> Character | None:
        """Who speaks what is in none of its spoken parts; None for the narrator."""
        if self.voice is not None:
            return Character(Role.NAMED, self.voice)
        if self.kind in (Kind.TITLE, Kind.HEADING):
            return Character(Role.HEADING)
        return Character(self.role) if self.role else None

    def line_of(self, offset: int) -> int:
        """Return the line number, from 1, of the character at `offset`; 0 if the format has no lines."""
        at = bisect_right(self.lines, offset, key=itemgetter(0))
        return self.lines[max(at - 1, 0)][1] if self.lines else 0

    def where(self, name: str, offset: int = 0) -> str:
        """Return the position of a character for messages: `path:line`, `path!member:line`, `path#page`."""
        line = self.line_of(offset)
        return f"{name}{self.place}:{line}" if line else f"{name}{self.place}"


class Chapter(msgspec.Struct, frozen=True):
    """A part of a work that a player can jump to.

    Attributes:
        title: One line, never empty.
        level: Depth in the table of contents, from 1.
        paragraphs: Its content in reading order; never empty.
        new_title: The title that the user gives it; empty leaves it its own. See `pipeline.chapters.changes`.
        is_merged: Whether the user joins it to the chapter before it.
    """

    title: str
    level: int
    paragraphs: tuple[Paragraph, ...]
    new_title: str = ""
    is_merged: bool = False


def chapters_of(chapters: Iterable[Chapter]) -> Sequence[Chapter]:
    """Return chapters as a sequence. Those of a long work are packed, so each access returns another object."""
    found = PackedList(Chapter, chapters, _MOST_CHAPTERS)
    return found if found.has_packed else tuple(found)


class Choice(msgspec.Struct, frozen=True):
    """Which chapters of a work are read aloud; by default all of them.

    Attributes:
        chapters: Numbers and ranges of numbers from 1, such as `3-7,10`; empty for all.
        skip: Titles or numbers of chapters to leave out.
    """

    chapters: str = ""
    skip: tuple[str, ...] = ()


class Metadata(msgspec.Struct, frozen=True):
    """The metadata that a text states; every field may be missing.

    Attributes:
        title: Title.
        authors: The authors in order.
        narrator: The name to give as the narrator.
        language: BCP 47 tag.
        date: Year, year and month, or full date in ISO 8601.
        description: Paragraphs of one line each, with a blank line between them.
        series: Name of the series.
        series_position: Position in the series, for example `2` or `2.5`.
        cover: The bytes of its cover: a JPEG, PNG, WebP or SVG that has not been checked.
        choice: Which chapters to read aloud.
        choice_where: `path:line` of that choice.
        casting: Which voices speak what.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    narrator: str | None = None
    language: str | None = None
    date: str | None = None
    description: str | None = None
    series: str | None = None
    series_position: str | None = None
    cover: bytes | None = None
    choice: Choice = Choice()
    choice_where: str = ""
    casting: Casting = NO_CASTING


class Work(msgspec.Struct, frozen=True):
    """One text in one language, read from one file.

    Attributes:
        slug: ASCII name shared by all language editions of the same work.
        language: BCP 47 tag.
        title: One line, never empty.
        chapters: In reading order; never empty. See `chapters_of`.
        name: Name of the file in messages and in the record, without any path of this computer.
        problems: Problems that the reader found, in source order.
        metadata: The metadata that the text states.
        source_chars: Number of characters of text in the file, not counting white space and the syntax of the
            format (tags, the structure of a ZIP archive).
        skipped_chars: How many of these are in no paragraph, by reason, for example `footnote` or `code`.
        encoding: The encoding, if the user had to name it; else None.
        chapters_by: The rule by which its chapters were found: `marked` by the format itself, `series` of numbered
            headings, `names` without numbers, `pattern` of the user, `paragraphs`, `parts`, or `files` of a folder.
    """

    slug: str
    language: str
    title: str
    chapters: Sequence[Chapter]
    name: str
    problems: tuple[Problem, ...] = ()
    metadata: Metadata = Metadata()
    source_chars: int = 0
    skipped_chars: Mapping[str, int] = msgspec.field(default_factory=dict)
    encoding: str | None = None
    chapters_by: str = "marked"


class Sentence(msgspec.Struct, frozen=True):
    """One sentence as it will be spoken, linked to the text that it comes from.

    Attributes:
        text: The text for the engine.
        starts: For each character of `text`, the start of its origin in the paragraph's text.
        ends: For each character of `text`, the end (exclusive) of its origin in the paragraph's text.
        phonemes: Parts of `text` given as phonemes, in order, disjoint. The voice is known to support them; an
            engine that ignores them speaks the text.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    phonemes: tuple[PhonemeSpan, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """The (start, end) of the sentence in its paragraph's text, end exclusive."""
        return self.source_span(0, len(self.text))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the (start, end) in the paragraph's text that spoken characters come from.

        Args:
            start: Index of the first spoken character.
            end: Index after the last spoken character, more than `start`.

        Returns:
            The span in the paragraph's text, end exclusive.
        """
        return self.starts[start], self.ends[end - 1]


class Passage(msgspec.Struct, frozen=True):
    """A unit of speech: a heading, a paragraph, or a part of a very long paragraph.

    Attributes:
        sentences: In order; never empty.
        language: BCP 47 tag of the text.
        pause_ms: The pause before it that the text asks for, in milliseconds; None for the usual one.
        character: Who speaks it, if it is a spoken part of its paragraph; None leaves it to the paragraph.
    """

    sentences: tuple[Sentence, ...]
    language: str
    pause_ms: int | None = None
    character: Character | None = None


class Mark(msgspec.Struct, frozen=True):
    """The time at which a word begins.

    Attributes:
        start: Index of the word's first character in the spoken sentence.
        length: Its length in characters, at least 1.
        offset_samples: When the word begins, from the start of its sentence or clip.
    """

    start: int
    length: int
    offset_samples: int


class LexiconFile(msgspec.Struct, frozen=True):
    """One file of a lexicon.

    Attributes:
        name: Its name in messages; ends in `.toml` or `.pls`.
        data: Its content.
        local: Whether it only applies to one language, because it is in that language's folder.
    """

    name: str
    data: bytes
    local: bool = False
