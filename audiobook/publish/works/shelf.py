"""The shelf: all built works that can be published, with the details in their records, but without their texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from audiobook.book.ownership import NOT_OURS, is_own_record
from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.reading import read_record
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import Record, records_in
from audiobook.document import Kind, Problem
from audiobook.errors import OutputMismatch
from audiobook.files import digest_file, is_unchanged
from audiobook.languages import covers
from audiobook.publish.folder import DIGITS
from audiobook.publish.publication import Move
from audiobook.system.packed import Packed

RECORD_ENDING: Final = ".json"
SMALL_COVER_ENDING: Final = ".small.jpg"


class ShelvedChapter(msgspec.Struct, frozen=True, array_like=True):
    """A chapter of a work.

    Attributes:
        title: Title of the chapter.
        level: Depth in the table of contents, from 1.
        start_s: Start, in seconds from the start of the work.
        end_s: End, in seconds from the start of the work.
    """

    title: str
    level: int
    start_s: float
    end_s: float


_chapters: Final = msgspec.msgpack.Decoder(tuple[ShelvedChapter, ...])


def packed_chapters(chapters: Sequence[ShelvedChapter]) -> bytes:
    """Return chapters as a shelf keeps them: as values, they take five times the memory."""
    return msgspec.msgpack.encode(chapters)


class ShelvedEdition(msgspec.Struct, frozen=True):
    """A built work in one language.

    Attributes:
        slug: ASCII name, the same in all languages.
        language: BCP 47 tag.
        title: Title of the work.
        authors: Authors; may be empty.
        narrator: Name of the voice.
        engine: Name of the speech engine.
        date: Year, year and month, or full date from the text; None if it has none.
        description: Paragraphs of the description, separated by blank lines; None if there is none.
        series: Name of the series; None if there is none.
        series_position: Position in the series as written, such as "2"; None if there is none.
        rate_hz: Sample rate of the MP3.
        length_samples: Duration in samples.
        duration_s: Duration in seconds.
        audio: Name, length and digest of the MP3, which is next to the record.
        cover: Name, length and digest of the front cover, which is next to the record.
        packed_chapters: Its `chapters`; see the function of the same name.
        is_divided: Whether the text has chapters of its own. If not, each entry of `chapters` is a paragraph.
        source_sha256: Digest of the text file that the work was built from.
        m4b: Name, length and digest of the M4B next to the record; None if there is none.
        record_sha256: Digest of the record.
        coverless: The MP3 without its cover, if it is published instead of `audio`. Its name is its path, relative to
            the publication's folder.
        move: Where it was published before, if it was moved.
    """

    slug: str
    language: str
    title: str
    authors: tuple[str, ...]
    narrator: str
    engine: str
    date: str | None
    description: str | None
    series: str | None
    series_position: str | None
    rate_hz: int
    length_samples: int
    duration_s: float
    audio: FileStamp
    cover: FileStamp
    packed_chapters: bytes
    is_divided: bool
    source_sha256: str
    m4b: FileStamp | None
    record_sha256: str
    coverless: FileStamp | None = None
    move: Move | None = None

    @property
    def chapters(self) -> tuple[ShelvedChapter, ...]:
        """Its chapters, in order; never empty."""
        return _chapters.decode(self.packed_chapters)

    @property
    def folder(self) -> str:
        """The folder of the work's files, relative to the output folder."""
        return self.language

    @property
    def identity(self) -> tuple[str, str]:
        """The language and the slug under which the feeds have its identity: those of its first publication."""
        language, _, slug = self.identity_path.partition("/")
        return language, slug

    @property
    def identity_path(self) -> str:
        """Its `identity` as a path, such as `en/essay`."""
        return self.move.identity if self.move else self.path("")

    @property
    def former_paths(self) -> tuple[str, ...]:
        """The paths at which it was published before, such as `en/essay`, if no other work is there now."""
        return self.move.addresses if self.move else ()

    @property
    def sound(self) -> str:
        """The path of the MP3 without its extension, relative to the publication's folder.

        It contains the first digits of the MP3's digest, so the sound at a path never changes.
        """
        return self._sound(self.public_audio)

    @property
    def public_audio(self) -> FileStamp:
        """The MP3 that feeds and pages link to."""
        return self.coverless or self.audio

    @property
    def m4b_path(self) -> str | None:
        """The path of the M4B, relative to the publication's folder and with its digest; None if there is none."""
        return f"{self._sound(self.m4b)}.m4b" if self.m4b else None

    def _sound(self, stamp: FileStamp) -> str:
        return self.path(f".sound/{self.slug}-{stamp.sha256[:DIGITS]}")

    def path(self, ending: str) -> str:
        """Return the path of one of the work's files, relative to the publication's folder.

        Args:
            ending: What follows the slug in the file name, such as `.vtt`.
        """
        return f"{self.language}/{self.slug}{ending}"


class Shelf(msgspec.Struct, frozen=True):
    """All works that can be published.

    Attributes:
        output: The output folder, with the records and their files.
        editions: The works, sorted by language and then by title; packed, because there may be thousands.
        problems: Works that were left out, each with the reason.
    """

    output: Path
    editions: Packed[ShelvedEdition]
    problems: tuple[Problem, ...] = ()

    def languages(self) -> tuple[str, ...]:
        """Return the BCP 47 tags of the works' languages, sorted, each once."""
        return tuple(dict.fromkeys(edition.language for edition in self.editions))

    def of_language(self, language: str) -> tuple[ShelvedEdition, ...]:
        """Return the works in a language, sorted by title."""
        return tuple(edition for edition in self.editions if edition.language == language)

    def record(self, edition: ShelvedEdition) -> Record:
        """Return the complete record of an edition.

        Raises:
            OutputMismatch: The record no longer exists or has changed.
            StorageError: The record cannot be read.
        """
        name = f"{edition.slug}{RECORD_ENDING}"
        record = read_record(self.output / edition.folder / name)
        if record is None:
            raise OutputMismatch("was removed during publishing", where=name)
        if record.digest != edition.record_sha256:
            raise OutputMismatch("changed during publishing", where=name)
        return record


def read_shelf(output: Path, languages: Sequence[str] = ()) -> Shelf:
    """Return the built works of an output folder.

    Args:
        output: The output folder.
        languages: BCP 47 tags of the languages to include, with all their regions; empty for all languages.

    Returns:
        The shelf. Damaged or incomplete works are left out and listed as problems.

    Raises:
        StorageError: A record cannot be read.
    """
    editions: Packed[ShelvedEdition] = Packed()
    keys: list[tuple[str, str, str]] = []
    problems: list[Problem] = []
    for path in records_in(output):
        language = path.parent.name
        if languages and not any(covers(tag, language) for tag in languages):
            continue
        name = f"{language}/{path.name}"
        try:
            record = read_record(path)
        except OutputMismatch as error:
            problems.append(Problem(name, _left_out(path, error)))
            continue
        if record is None:
            continue
        if damaged := [stamp.name for stamp in _public_files(record) if not _is_whole(path, stamp)]:
            problems.append(
                Problem(name, f"{damaged[0]} is missing or changed since it was built; build it again")
            )
        else:
            m4b = record.formats.get("m4b") or _m4b(path.with_suffix(".m4b"))
            editions.append(_shelved(record, m4b))
            keys.append((record.language, record.title.casefold(), record.slug))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return Shelf(output, Packed(map(editions.__getitem__, order)), tuple(problems))


def _left_out(path: Path, error: OutputMismatch) -> str:
    """Return the problem that excludes a file in the place of a record, with a hint for the user."""
    if is_own_record(path):
        return f"{error.message}; build it again"
    return f"{NOT_OURS}: {error.message}; move it elsewhere"


def _public_files(record: Record) -> tuple[FileStamp, ...]:
    """Return the built files of a work that are published unchanged."""
    formats = (record.formats[name] for name in ("m4b", "vtt") if name in record.formats)
    return (record.audio, record.cover, *formats, *record.shown_pictures)


def _is_whole(record: Path, stamp: FileStamp) -> bool:
    """Return whether a file next to a record seems unchanged since the build.

    Most files are not read; `audiobook check` reads every byte.
    """
    return is_unchanged(record.parent / stamp.name, stamp.length_bytes, stamp.sha256, record)


def _is_chapter(chapter: ChapterRecord) -> bool:
    """Return whether a chapter has a heading or several paragraphs, and is not a single paragraph treated as one."""
    kinds = [paragraph.kind for paragraph in chapter.paragraphs]
    return Kind.HEADING in kinds or kinds.count(Kind.TEXT) > 1


def _m4b(path: Path) -> FileStamp | None:
    """Return name, length and digest of a work's M4B; None if it does not exist or is a link."""
    if path.is_symlink() or not path.is_file():
        return None
    sha256 = digest_file(path)
    return FileStamp(path.name, path.stat().st_size, sha256) if sha256 else None


def _shelved(record: Record, m4b: FileStamp | None) -> ShelvedEdition:
    rate_hz = record.rate_hz
    return ShelvedEdition(
        slug=record.slug,
        language=record.language,
        title=record.title,
        authors=record.authors,
        narrator=record.narrator,
        engine=record.inputs.speaker.engine,
        date=record.date,
        description=record.description,
        series=record.series,
        series_position=record.series_position,
        rate_hz=rate_hz,
        length_samples=record.length_samples,
        duration_s=record.duration_s,
        audio=record.audio,
        cover=FileStamp(record.cover.name, record.cover.length_bytes, record.cover.sha256),
        packed_chapters=packed_chapters(
            [
                ShelvedChapter(
                    chapter.title,
                    chapter.level,
                    chapter.start_samples / rate_hz,
                    chapter.end_samples / rate_hz,
                )
                for chapter in record.chapters
            ]
        ),
        is_divided=any(map(_is_chapter, record.chapters)),
        source_sha256=record.inputs.source_sha256,
        m4b=m4b,
        record_sha256=record.digest,
    )
