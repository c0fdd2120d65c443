"""The record of a built work: what it was made from, its files and its chapters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.pictures import PictureRecord
from audiobook.book.record.stamps import ChapterFile, CoverRecord, FileStamp, FormatRecord
from audiobook.clips.key import Speaker
from audiobook.document import LANGUAGE_TAG
from audiobook.settings import ACX
from audiobook.system.opening import require_own_folder

if TYPE_CHECKING:
    Chapters = Sequence[ChapterRecord]
else:
    Chapters = tuple[ChapterRecord, ...]  # what a record is decoded to

FORMAT: Final = 1
"""Version of the record; readers refuse any other."""


class Characters(msgspec.Struct, frozen=True):
    """The number of spoken and skipped characters of a text, excluding white space.

    Attributes:
        source: Characters in the text's file.
        spoken: How many of these are spoken.
        skipped: The others, by the reason why they are not spoken.
    """

    source: int
    spoken: int
    skipped: dict[str, int]


class RecordHead(msgspec.Struct, frozen=True, kw_only=True):
    """A built work, without its chapters.

    Attributes:
        format: Version of the record.
        slug: ASCII name, the same in all languages.
        language: BCP 47 tag.
        title: Title.
        authors: Authors that the settings give to this work, else those in the text, else those of the project.
        narrator: The narrator set for this work; otherwise the one in the text, otherwise the one set for the language,
            otherwise the name of the voice.
        date: Year, year and month, or full date given by the text; None if it gives none.
        description: Paragraphs of one line each, with a blank line between them; None if the text has none.
        series: Name of the series, or None.
        series_position: Position in the series, or None.
        source: The text's file or folder, as in messages.
        source_files: SHA-256 of each file that was read in a folder, by its name relative to it; empty for a file.
        encoding: The encoding of the text, if the user had to name it; else None.
        inputs: Everything that the outputs depend on.
        audio: The MP3.
        cover: The front cover.
        formats: The files of other formats, by format.
        chapter_files: The files of chapters in order, then their playlist; empty unless `inputs.split` asks for them.
        pictures: The pictures of the text, in the order in which it refers to them, each once.
        rate_hz: Sample rate of all times.
        length_samples: Number of samples that a gapless player plays.
        duration_s: The same in seconds.
        foreign: The speakers of the languages that it quotes, by tag.
        voices: The speakers of the voices that the text or its casting names, by name; the main one if such a voice
            is not used.
        characters: How much of the text is spoken, and what is not.
        chapters_by: The rule by which its chapters were found; see `Work.chapters_by`.
        problems: What was noticed in the text.
    """

    format: int = FORMAT
    slug: str
    language: str
    title: str
    authors: tuple[str, ...]
    narrator: str
    date: str | None
    description: str | None
    series: str | None
    series_position: str | None
    source: str
    source_files: dict[str, str] = {}
    encoding: str | None = None
    inputs: Inputs
    audio: FileStamp
    cover: CoverRecord
    formats: dict[str, FormatRecord] = {}
    chapter_files: tuple[ChapterFile, ...] = ()
    pictures: tuple[PictureRecord, ...] = ()
    rate_hz: Annotated[int, msgspec.Meta(gt=0)]
    length_samples: int
    duration_s: float
    foreign: dict[str, Speaker]
    voices: dict[str, Speaker] = {}
    characters: Characters
    chapters_by: str = "marked"
    problems: tuple[str, ...]

    @property
    def shown_pictures(self) -> tuple[PictureRecord, ...]:
        """The pictures that have a file."""
        return tuple(picture for picture in self.pictures if picture.name)

    def encodings(self) -> set[str]:
        """Return the encodings other than MP3 in which its clips are stored."""
        return {stamp.encoding for stamp in self.formats.values() if stamp.encoding}


class Record(RecordHead, frozen=True, kw_only=True):
    """A built work.

    Attributes:
        chapters: In order.
        digest: SHA-256 of the record with this field empty.
    """

    chapters: Annotated[Chapters, msgspec.Meta(min_length=1)]
    digest: str = ""

    @property
    def text_chapters(self) -> Sequence[ChapterRecord]:
        """Its chapters without the credits of a preset."""
        return self.chapters[1:-1] if self.inputs.preset == ACX else self.chapters

    def clip_keys(self) -> set[str]:
        """Return the keys of all its clips."""
        return {
            key for chapter in self.chapters for paragraph in chapter.paragraphs for key in paragraph.clips
        }


class BriefParagraph(msgspec.Struct, frozen=True):
    """A paragraph without its text: the keys of its clips in order."""

    clips: tuple[str, ...]


class BriefChapter(msgspec.Struct, frozen=True):
    """A chapter without text: title, start, end, and paragraphs."""

    title: str
    start_samples: int
    end_samples: int
    paragraphs: tuple[BriefParagraph, ...]


class BriefRecord(RecordHead, frozen=True, kw_only=True):
    """A record without text and times. They make up nine tenths of a record, and a build does not need them.

    Attributes:
        chapters: See `Record`.
        digest: See `Record`.
    """

    chapters: Annotated[tuple[BriefChapter, ...], msgspec.Meta(min_length=1)]
    digest: str

    @property
    def text_chapters(self) -> tuple[BriefChapter, ...]:
        """Its chapters without the credits of a preset."""
        return self.chapters[1:-1] if self.inputs.preset == ACX else self.chapters

    def clip_keys(self) -> set[str]:
        """Return the keys of all its clips."""
        return {
            key for chapter in self.chapters for paragraph in chapter.paragraphs for key in paragraph.clips
        }


def with_chapters(record: RecordHead, chapters: Iterable[ChapterRecord]) -> Record:
    """Return a record with chapters, without a digest."""
    return Record(**head_fields(record), chapters=tuple(chapters))


def head_fields(record: RecordHead) -> dict[str, Any]:
    """Return the fields of a record that are not its chapters or digest, by name."""
    return {name: getattr(record, name) for name in RecordHead.__struct_fields__}


def records_in(output: Path) -> list[Path]:
    """Return the paths of all records below an output folder in order, recognised by the form of their names.

    Raises:
        StorageError: The folder of a language is a link, which could lead out of the output folder.
    """
    folders = (folder for folder in sorted(output.glob("*/")) if LANGUAGE_TAG.match(folder.name))
    return [
        path
        for folder in folders
        for path in sorted(require_own_folder(folder).glob("*.json"))
        if "." not in path.stem
    ]
