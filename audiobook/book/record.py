"""The record of a built work: from what it was made, and when everything in it is said.

All that `publish`, `serve` and `check` read. `docs/formats.md` describes it for other programs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec

from audiobook.clips.key import Speaker
from audiobook.document import LANGUAGE_TAG, Kind
from audiobook.files import digest, write_bytes
from audiobook.settings import AudioSettings, PauseSettings
from audiobook.system.opening import require_own_folder

FORMAT: Final = 1
"""Version of the record; readers refuse another one."""


class FileStamp(msgspec.Struct, frozen=True):
    """A file beside the record: its name, length and SHA-256."""

    name: str
    length_bytes: int
    sha256: str


class CoverRecord(FileStamp, frozen=True):
    """The cover's file beside the record.

    Attributes:
        size_px: Its width and height in pixels.
        drawn: Whether it was drawn; else it is the work's own picture.
        design: Digest of all that it was made from; an equal one means the same picture.
        small_sha256: Digest of the small one in the MP3.
    """

    size_px: int
    drawn: bool
    design: str
    small_sha256: str


class Inputs(msgspec.Struct, frozen=True):
    """Everything the outputs depend on; equal inputs mean equal outputs.

    Attributes:
        source_sha256: Digest of the text's file.
        cover_sha256: Digest of the cover's file, None without one; a cover inside the text is part of the text.
        lexicon_sha256: Digest of the names and bytes of the lexicons for the text's language, None without one.
        authors: Names, of texts that name none.
        narrate: Parts of a book that were read out because the settings said so.
        speaker: Who speaks, and how.
        pauses: How long it is silent.
        audio: How the sound is made.
        maker: Name and version of this program.
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


class Characters(msgspec.Struct, frozen=True):
    """What became of the text: characters, white space not counted.

    Attributes:
        source: In the text's file.
        spoken: Of these, in what is said.
        skipped: The others, by the reason why they are not said.
    """

    source: int
    spoken: int
    skipped: dict[str, int]


class SentenceRecord(msgspec.Struct, frozen=True):
    """When a sentence is said.

    Attributes:
        start: Its first character in the paragraph's text, from 0.
        end: One past its last character.
        start_samples: When it begins.
        end_samples: When it ends.
        words: For each word in order of time: first character, length, when it begins in samples.
    """

    start: int
    end: int
    start_samples: int
    end_samples: int
    words: tuple[tuple[int, int, int], ...]


class ParagraphRecord(msgspec.Struct, frozen=True):
    """A paragraph as it is shown, and when it is said; one that is not said has no sentences.

    Attributes:
        kind: title, heading, text or break.
        place: Where in the source, for formats of many parts: `!OEBPS/chapter-1.xhtml`, or `#12` for a page.
        line: Line of the source on which it begins, from 1; 0 where a format has no lines.
        text: What is shown.
        foreign: Parts of it in another language: first character, one past the last, BCP 47 tag.
        clips: Keys of the clips that say it, in order.
        sentences: In order.
    """

    kind: Kind
    place: str
    line: int
    text: str
    foreign: tuple[tuple[int, int, str], ...]
    clips: tuple[str, ...]
    sentences: tuple[SentenceRecord, ...]


class ChapterRecord(msgspec.Struct, frozen=True):
    """A chapter: its title, depth from 1, when it begins and ends, and its paragraphs."""

    title: str
    level: int
    start_samples: int
    end_samples: int
    paragraphs: tuple[ParagraphRecord, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A built work.

    Attributes:
        format: Version of the record.
        slug: ASCII name, the same in all languages.
        language: BCP 47 tag.
        title: Title.
        authors: Who wrote it: the text's own, else the settings'.
        narrator: Who is named as its voice: the text's own, else engine and voice.
        date: Year, year and month, or full date, as the text says; None if it says none.
        description: What the text says it is about: paragraphs of one line each, with a blank line between; or None.
        series: The series that the text says it belongs to, or None.
        series_position: Its place in the series, or None.
        source: The text's file, as messages call it.
        encoding: How the text was decoded, where the user had to say it; else None.
        inputs: What it was made from.
        audio: The MP3.
        cover: The front cover.
        rate_hz: Samples a second; all times below and above are in such samples.
        length_samples: What a gapless player plays.
        duration_s: The same in seconds.
        foreign: Who speaks the languages that it quotes, by tag.
        characters: How much of the text is said, and what is not.
        problems: What was noticed in the text.
        chapters: In order.
        digest: SHA-256 of the record with this field empty.
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
    encoding: str | None = None
    inputs: Inputs
    audio: FileStamp
    cover: CoverRecord
    rate_hz: Annotated[int, msgspec.Meta(gt=0)]
    length_samples: int
    duration_s: float
    foreign: dict[str, Speaker]
    characters: Characters
    problems: tuple[str, ...]
    chapters: Annotated[tuple[ChapterRecord, ...], msgspec.Meta(min_length=1)]
    digest: str = ""

    def clip_keys(self) -> set[str]:
        """Give the keys of all clips that it consists of."""
        return {
            key for chapter in self.chapters for paragraph in chapter.paragraphs for key in paragraph.clips
        }


def records_in(output: Path) -> list[Path]:
    """Return the paths of all records below an output folder, in order; no other file there has their form of name.

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


def sealed(record: Record) -> Record:
    """Return a record with its digest."""
    body = msgspec.json.encode(msgspec.structs.replace(record, digest=""))
    return msgspec.structs.replace(record, digest=digest(body))


def write_record(path: Path, record: Record) -> None:
    """Write a record, sealed with its digest. Write it last: its presence says that the book is whole.

    Raises:
        StorageError: It cannot be written.
    """
    write_bytes(path, msgspec.json.encode(sealed(record)) + b"\n")
