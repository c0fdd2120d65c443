"""Records to a shelf: what there is to publish, without the texts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.book.ownership import NOT_OURS, is_own_record
from audiobook.book.record import ChapterRecord, CoverRecord, FileStamp, Record, records_in
from audiobook.book.record_reading import read_record
from audiobook.document import Kind, Problem
from audiobook.errors import OutputMismatch
from audiobook.files import digest_file, is_unchanged

RECORD_ENDING: Final = ".json"
SMALL_COVER_ENDING: Final = ".small.jpg"


@dataclass(frozen=True, slots=True)
class ShelvedChapter:
    """A chapter's title, its depth from 1, and when it begins and ends, in seconds."""

    title: str
    level: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class ShelvedEdition:
    """One work in one language, as it was built.

    Attributes:
        slug: ASCII name, the same in all languages.
        language: BCP 47 tag.
        title: Title.
        authors: Who wrote it; may be empty.
        narrator: Who is named as its voice.
        engine: Which engine speaks.
        date: Year, year and month, or full date, as the text says; or None.
        description: What the text says it is about: paragraphs with a blank line between; or None.
        series: The series that it belongs to, or None.
        series_position: Its place in the series, or None.
        rate_hz: Samples a second.
        length_samples: Its length.
        duration_s: The same in seconds.
        audio: The MP3, beside the record.
        cover: The front cover, beside the record.
        chapters: In order; never empty.
        is_divided: Whether it has chapters of its own; else each paragraph stands as one.
        paragraph_count: How many paragraphs it has.
        source_sha256: Digest of the text's file that it was built from.
        m4b: The whole work as M4B, where such a file stands beside the record.
        record_sha256: Digest of its record.
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
    cover: CoverRecord
    chapters: tuple[ShelvedChapter, ...]
    is_divided: bool
    paragraph_count: int
    source_sha256: str
    m4b: FileStamp | None
    record_sha256: str

    @property
    def folder(self) -> str:
        """The folder of its files, below the output's."""
        return self.language

    def path(self, ending: str) -> str:
        """Give the path of one of its files, below the publication's folder.

        Args:
            ending: What follows its slug, such as `.vtt`.
        """
        return f"{self.language}/{self.slug}{ending}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that can be published.

    Attributes:
        output: Where the records and what they describe are.
        editions: By language, then by title.
        problems: Which were left out, and why.
    """

    output: Path
    editions: tuple[ShelvedEdition, ...]
    problems: tuple[Problem, ...] = ()

    def languages(self) -> tuple[str, ...]:
        """Give the languages, in order."""
        return tuple(dict.fromkeys(edition.language for edition in self.editions))

    def of_language(self, language: str) -> tuple[ShelvedEdition, ...]:
        """Give what is in a language, by title."""
        return tuple(edition for edition in self.editions if edition.language == language)

    def of_work(self, slug: str) -> tuple[ShelvedEdition, ...]:
        """Give the editions of a work, by language."""
        return tuple(edition for edition in self.editions if edition.slug == slug)

    def record(self, edition: ShelvedEdition) -> Record:
        """Read the whole record of an edition.

        Raises:
            OutputMismatch: It is not there any more, or not as it was.
            StorageError: It cannot be read.
        """
        name = f"{edition.slug}{RECORD_ENDING}"
        record = read_record(self.output / edition.folder / name)
        if record is None:
            raise OutputMismatch("is not there any more", where=name)
        if record.digest != edition.record_sha256:
            raise OutputMismatch("changed while it was published", where=name)
        return record


def read_shelf(output: Path, languages: Sequence[str] = ()) -> Shelf:
    """Read what was built.

    Args:
        output: The output folder.
        languages: BCP 47 tags of those wanted; empty means all.

    Returns:
        The shelf; what is damaged, or not whole, is left out with a problem.

    Raises:
        StorageError: A record cannot be read.
    """
    wanted = {tag.lower() for tag in languages}
    editions: list[ShelvedEdition] = []
    problems: list[Problem] = []
    for path in records_in(output):
        language = path.parent.name
        if wanted and language.lower() not in wanted:
            continue
        name = f"{language}/{path.name}"
        try:
            record = read_record(path)
        except OutputMismatch as error:
            problems.append(Problem(name, _left_out(path, error)))
            continue
        if record is None:
            continue
        if damaged := [stamp.name for stamp in (record.audio, record.cover) if not _is_whole(path, stamp)]:
            problems.append(Problem(name, f"{damaged[0]} is not as it was built; build it again"))
        else:
            editions.append(_shelved(record, _m4b(path.with_suffix(".m4b"))))
    editions.sort(key=lambda edition: (edition.language, edition.title.casefold(), edition.slug))
    return Shelf(output, tuple(editions), tuple(problems))


def _left_out(path: Path, error: OutputMismatch) -> str:
    """Say why what should be a record is left out, and what to do."""
    if is_own_record(path):
        return f"{error.message}; build it again"
    return f"{NOT_OURS}: {error.message}; move it elsewhere"


def _is_whole(record: Path, stamp: FileStamp) -> bool:
    """Whether a file beside a record is as it was built; `check` reads every byte."""
    return is_unchanged(record.parent / stamp.name, stamp.length_bytes, stamp.sha256, record)


def _is_chapter(chapter: ChapterRecord) -> bool:
    """Whether a chapter is more than a paragraph that stands as one."""
    kinds = [paragraph.kind for paragraph in chapter.paragraphs]
    return Kind.HEADING in kinds or kinds.count(Kind.TEXT) > 1


def _m4b(path: Path) -> FileStamp | None:
    """Give the stamp of a work's M4B, if there is one."""
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
        cover=record.cover,
        chapters=tuple(
            ShelvedChapter(
                chapter.title,
                chapter.level,
                chapter.start_samples / rate_hz,
                chapter.end_samples / rate_hz,
            )
            for chapter in record.chapters
        ),
        is_divided=any(map(_is_chapter, record.chapters)),
        paragraph_count=sum(len(chapter.paragraphs) for chapter in record.chapters),
        source_sha256=record.inputs.source_sha256,
        m4b=m4b,
        record_sha256=record.digest,
    )
