"""The record of a built work: what it was made from, and the times of its parts.

`publish`, `serve` and `check` read nothing else. `docs/formats.md` describes it for other programs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from audiobook.casting import Casting
from audiobook.clips.key import Speaker
from audiobook.document import LANGUAGE_TAG, Kind
from audiobook.files import atomic_write, digest
from audiobook.layout import Box, Style
from audiobook.settings import (
    ACX,
    AudioSettings,
    ChapterSettings,
    CreditsSettings,
    Mp3Settings,
    PauseSettings,
)
from audiobook.system.opening import require_own_folder

FORMAT: Final = 1
"""Version of the record; readers refuse any other."""
PICTURES: Final = ".pictures"
"""The end of the name of a work's folder of pictures."""
_MOST_TOLD: Final = 10
PICTURE_ENDINGS: Final = (".jpg", ".png")


class FileStamp(msgspec.Struct, frozen=True):
    """A file next to the record: name, length and SHA-256."""

    name: str
    length_bytes: int
    sha256: str


class FormatRecord(FileStamp, frozen=True):
    """A file of another format next to the record.

    Attributes:
        encoding: How its clips are encoded, which is part of their keys; empty for a format without sound.
    """

    encoding: str = ""


class CoverRecord(FileStamp, frozen=True):
    """The cover's file next to the record.

    Attributes:
        size_px: Width and height in pixels.
        drawn: Whether it was drawn rather than the work's own picture.
        design: Digest of everything that it was made from; equal digests mean the same picture.
        small_sha256: Digest of the small copy in the MP3.
    """

    size_px: int
    drawn: bool
    design: str
    small_sha256: str


class PictureRecord(FileStamp, frozen=True):
    """A picture in the text, as a file for pages in a folder next to the record; without a name if it is not shown.

    Attributes:
        picture: What the text or its reader calls it; see `layout.Picture`.
        where: Where the text first refers to it: `path:line`.
        source_sha256: Digest of the picture before it was made fit for a page; empty if it could not be read.
        is_beside: Whether it is a separate file in the folder of the text, rather than inside the text file.
        width_px: Width in pixels.
        height_px: Height in pixels.
        problem: Why it is not shown; empty if it is.
    """

    picture: str
    where: str
    source_sha256: str
    is_beside: bool
    width_px: int = 0
    height_px: int = 0
    problem: str = ""


class Inputs(msgspec.Struct, frozen=True):
    """Everything that the outputs depend on; equal inputs give equal outputs.

    Attributes:
        source_sha256: Digest of the text's file.
        cover_sha256: Digest of the cover's file, None without one; a cover inside the text is part of the text.
        lexicon_sha256: Digest of the names and bytes of the lexicons for the text's language, None without one.
        authors: The authors that the settings give to texts without one.
        narrate: Parts of a book that are read aloud because of the settings.
        speaker: The voice and how it speaks.
        pauses: Pauses.
        audio: Encoding and loudness.
        maker: Name and version of this program.
        chosen_chapters: The chapters chosen on the command line or in the settings, such as `3-7,10`; empty for all.
        skipped_chapters: The chapters left out there, by title or number.
        chapters: How the settings want its chapters found and shaped.
        cast: The voices that the settings give to roles.
        listener: Digest of the speech recogniser that gave the times of words; empty if none did.
        formats: The formats to make besides the MP3, in order of their names.
        narrator: The narrator of a text that names none: the name from the settings, else that of the voice.
        split: `chapter` for a file for each chapter besides the MP3; empty for none.
        preset: `acx` for credits, and files of chapters as ACX requires them; empty for none.
        mp3: What the tag of the MP3 has.
        own_title: The title that the command line or the settings give to this work; empty leaves it to the text.
        own_authors: The authors that they give to it.
        own_narrator: The narrator that they give to it.
        draws_cover: Whether its cover is drawn although the text may have a picture.
        credits: What the settings say in the credits of the preset `acx`.
        merged_chapters: The chapters that the command line or the settings join to the one before, by title or number.
        renamed_chapters: The titles that they give to chapters, by title or number in the text.
        palette: The colours that they give to its drawn cover; empty lets the words on it decide.
    """

    source_sha256: str
    cover_sha256: str | None
    lexicon_sha256: str | None
    authors: tuple[str, ...]
    narrate: tuple[str, ...]
    speaker: Speaker
    pauses: PauseSettings
    audio: AudioSettings
    maker: str
    chosen_chapters: str = ""
    skipped_chapters: tuple[str, ...] = ()
    chapters: ChapterSettings = ChapterSettings()
    cast: Casting = Casting()
    listener: str = ""
    formats: tuple[str, ...] = ()
    narrator: str = ""
    split: str = ""
    preset: str = ""
    mp3: Mp3Settings = Mp3Settings()
    own_title: str = ""
    own_authors: tuple[str, ...] = ()
    own_narrator: str = ""
    draws_cover: bool = False
    credits: CreditsSettings = CreditsSettings()
    merged_chapters: tuple[str, ...] = ()
    renamed_chapters: dict[str, str] = {}
    palette: str = ""


class Characters(msgspec.Struct, frozen=True):
    """How many characters of a text are spoken, not counting white space.

    Attributes:
        source: Characters in the text's file.
        spoken: How many of these are spoken.
        skipped: The others, by the reason why they are not spoken.
    """

    source: int
    spoken: int
    skipped: dict[str, int]


class SentenceRecord(msgspec.Struct, frozen=True):
    """The times of a sentence and its words.

    Attributes:
        start: Index of its first character in the paragraph's text.
        end: Index after its last character.
        start_samples: When it begins.
        end_samples: When it ends.
        words: For each word in order of time: index of its first character, length, and when it begins in samples.
    """

    start: int
    end: int
    start_samples: int
    end_samples: int
    words: tuple[tuple[int, int, int], ...]


class ParagraphRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph as shown on a page, with the times of its sentences; without sentences if it is not spoken.

    Attributes:
        kind: title, heading, text or break.
        place: Where in the source, for formats with many parts: `!OEBPS/chapter-1.xhtml`, or `#12` for a page.
        line: Line of the source on which it begins, from 1; 0 if the format has no lines.
        text: The text as shown.
        foreign: Parts in another language: index of the first character, index after the last, BCP 47 tag.
        clips: Keys of its clips in order.
        sentences: In order.
        styles: Parts that look different: index of the first character, index after the last, style. In order.
        links: Links, in the same form; the address is that of a web page or a mailbox.
        within: The boxes around it, from the outermost in: kind, whether it begins here rather than continues from the
            paragraph before, and the number of an item in a numbered list, else 0.
        cells: The cells of the row that it is: column from 0, index of the first character, index after the last,
            whether it is a heading. In order.
        pictures: The pictures at it: index in `Record.pictures`, whether it is at the beginning rather than the end, and
            alternative text. In order.
    """

    kind: Kind
    place: str
    line: int
    text: str
    foreign: tuple[tuple[int, int, str], ...]
    clips: tuple[str, ...]
    sentences: tuple[SentenceRecord, ...]
    styles: tuple[tuple[int, int, Style], ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()
    within: tuple[tuple[Box, bool, int], ...] = ()
    cells: tuple[tuple[int, int, int, bool], ...] = ()
    pictures: tuple[tuple[int, bool, str], ...] = ()


class ChapterRecord(msgspec.Struct, frozen=True):
    """A chapter: title, depth from 1, start, end, and paragraphs."""

    title: str
    level: int
    start_samples: int
    end_samples: int
    paragraphs: tuple[ParagraphRecord, ...]


class RecordHead(msgspec.Struct, frozen=True, kw_only=True):
    """A built work, without its chapters.

    Attributes:
        format: Version of the record.
        slug: ASCII name, the same in all languages.
        language: BCP 47 tag.
        title: Title.
        authors: Authors that the settings give to this work, else those in the text, else those of the project.
        narrator: Narrator that the settings give to this work, else that in the text, else the one of its language or
            the name of the voice.
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
    chapter_files: tuple[FileStamp, ...] = ()
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
        """Return the other encodings that its clips are kept in."""
        return {stamp.encoding for stamp in self.formats.values() if stamp.encoding}


class Record(RecordHead, frozen=True, kw_only=True):
    """A built work.

    Attributes:
        chapters: In order.
        digest: SHA-256 of the record with this field empty.
    """

    chapters: Annotated[tuple[ChapterRecord, ...], msgspec.Meta(min_length=1)]
    digest: str = ""

    @property
    def text_chapters(self) -> tuple[ChapterRecord, ...]:
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
    """A record without text and times, which are nine tenths of it and which a build does not need.

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
    return Record(**_head_fields(record), chapters=tuple(chapters))


def _head_fields(record: RecordHead) -> dict[str, Any]:
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


def picture_folder(slug: str) -> str:
    """Return the name of the folder with the pictures of a work, next to its record."""
    return f"{slug}{PICTURES}"


def picture_name(slug: str, sha256: str, ending: str) -> str:
    """Return the name of the file of a picture, relative to the folder of the record."""
    return f"{picture_folder(slug)}/{sha256[:8]}-{sha256[8:16]}{ending}"


def is_picture_name(name: str, slug: str, sha256: str) -> bool:
    """Return whether a name is that of a picture of a work with this digest."""
    return name in (picture_name(slug, sha256, ending) for ending in PICTURE_ENDINGS)


def picture_problems(pictures: Sequence[PictureRecord]) -> list[str]:
    """Return a message for each of the first pictures that are not shown, and their number if there are more."""
    found = [f"{picture.where}: {picture.problem}" for picture in pictures if picture.problem]
    more = len(found) - _MOST_TOLD
    if more <= 1:
        return found
    where = next(picture.where for picture in pictures if picture.problem)
    return [*found[:_MOST_TOLD], f"{where}: {more} more pictures are not shown on the page"]


def sealed(record: Record) -> Record:
    """Return a record with its digest."""
    body = msgspec.json.encode(msgspec.structs.replace(record, digest=""))
    return msgspec.structs.replace(record, digest=digest(body))


def book_digest(record: Record) -> str:
    """Return a digest of what an export depends on: the record without pictures and other formats."""
    inputs = msgspec.structs.replace(record.inputs, formats=(), split="")
    of_pictures = set(picture_problems(record.pictures))
    problems = tuple(problem for problem in record.problems if problem not in of_pictures)
    bare = msgspec.structs.replace(
        record, inputs=inputs, formats={}, chapter_files=(), pictures=(), problems=problems
    )
    return sealed(bare).digest


def write_record(path: Path, record: Record) -> str:
    """Write a record with its digest; see `write_encoded`."""
    return write_encoded(path, record, map(msgspec.json.encode, record.chapters))


def write_encoded(path: Path, record: RecordHead, chapters: Iterable[bytes]) -> str:
    """Write a record with its digest. Write it last: its existence means that the book is complete, except for SRT files.

    Args:
        path: The file.
        record: The record, whose own chapters are ignored.
        chapters: Its chapters in order, at least one, each in JSON: the words of ten hours take 2 MB in JSON, and 20 MB as values.

    Returns:
        The digest.

    Raises:
        StorageError: It cannot be written.
    """
    head = msgspec.json.encode(RecordHead(**_head_fields(record))).removesuffix(b"}")
    state = hashlib.sha256()
    with atomic_write(path) as stream:
        for piece in _joined(head, chapters):
            state.update(piece)
            stream.write(piece)
        state.update(b'],"digest":""}')
        stream.write(b'],"digest":"' + state.hexdigest().encode() + b'"}\n')
    return state.hexdigest()


def _joined(head: bytes, chapters: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a record up to the end of its last chapter."""
    yield head
    before = b',"chapters":['
    for chapter in chapters:
        yield before
        yield chapter
        before = b","
