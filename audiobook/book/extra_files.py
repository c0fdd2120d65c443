"""Deciding which files of a book, apart from the MP3, are kept, written or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec

from audiobook.book.captions.formats import CAPTIONS, captions
from audiobook.book.ownership import UNMARKED, is_own_format, not_replaced, require_place
from audiobook.book.record.archive_names import ARCHIVES
from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.pictures import PictureRecord
from audiobook.book.record.stamps import ChapterFile, FileStamp, FormatRecord
from audiobook.book.record.works import RecordHead
from audiobook.errors import StorageError
from audiobook.files import digest, digest_file, write_bytes
from audiobook.system.opening import is_there


class PreviousFiles(msgspec.Struct, frozen=True):
    """The files of the last build.

    Attributes:
        audio: The MP3 if it is up to date and stays, else None.
        intact: The files of other formats that are up to date and stay, by format.
        made: All files of other formats that the last build made, by format.
        chapter_files: The files of chapters that the last build made.
        are_chapters_intact: Whether these are up to date and stay.
        pictures: The pictures that the last build made; the files of unchanged ones stay.
    """

    audio: FileStamp | None = None
    intact: Mapping[str, FormatRecord] = {}
    made: Mapping[str, FormatRecord] = {}
    chapter_files: tuple[ChapterFile, ...] = ()
    are_chapters_intact: bool = False
    pictures: tuple[PictureRecord, ...] = ()


def intact_formats(
    record: RecordHead, folder: Path, digest_of: Callable[[Path], str | None] = digest_file
) -> dict[str, FormatRecord]:
    """Return the files of other formats that are as the record says.

    Args:
        record: The record.
        folder: Folder of the files.
        digest_of: Returns the digest of a file, as `digest_file` does.

    Raises:
        OutputMismatch: Something other than a file is in the place of one.
        StorageError: A file cannot be read.
    """
    intact: dict[str, FormatRecord] = {}
    for name, stamp in record.formats.items():
        require_place(folder / stamp.name)
        if digest_of(folder / stamp.name) == stamp.sha256:
            intact[name] = stamp
    return intact


def unowned_formats(folder: Path, slug: str, wanted: Iterable[str], made: Iterable[str]) -> list[Path]:
    """Return the files at the paths of other formats, except archives, that this program did not make.

    Args:
        folder: Folder of the files, `output/<lang>`.
        slug: Slug of the work.
        wanted: The formats to make.
        made: The formats that the last build made.

    Raises:
        OutputMismatch: Something other than a file is in the place of one.
    """
    paths = [folder / f"{slug}.{name}" for name in wanted if name not in made and name not in ARCHIVES]
    for path in paths:
        require_place(path)
    return [path for path in paths if is_there(path) and not is_own_format(path)]


class Captions:
    """The captions of a book, in the formats that were asked for."""

    def __init__(self, record: RecordHead, chapters: Iterable[ChapterRecord], names: Iterable[str]) -> None:
        """Prepare the captions of the chapters of a record, whose files are not needed."""
        self._record = record
        self._chapters = chapters
        self._names = [name for name in names if name in CAPTIONS]

    @cached_property
    def _files(self) -> dict[str, bytes]:
        if not self._names:
            return {}
        return captions(self._record, self._chapters, self._names)

    def make(self) -> None:
        """Make the captions now, which takes half a second for ten hours, instead of when they are first needed."""
        self._files  # noqa: B018 - it is kept

    def require_places(self, folder: Path, previous: PreviousFiles) -> None:
        """Check that no file that this program did not make is in the way.

        A file with the same contents may be there, because a killed build wrote it before the record.

        Raises:
            OutputMismatch: Such a file is in the way.
        """
        for path in unowned_formats(folder, self._record.slug, self._names, previous.made):
            if digest_file(path) != digest(self._files[path.suffix[1:]]):
                raise not_replaced(path)

    def write(self, folder: Path) -> dict[str, FormatRecord]:
        """Write the files that changed and are recognised without a record, and return the stamps of all by format.

        Raises:
            StorageError: A file cannot be written.
        """
        stamps = {
            name: FormatRecord(f"{self._record.slug}.{name}", len(data), digest(data))
            for name, data in self._files.items()
        }
        self._put(folder, stamps, UNMARKED.isdisjoint)
        return stamps

    def write_unmarked(self, folder: Path, stamps: Mapping[str, FormatRecord]) -> None:
        """Write the files that changed and are recognised only by the record; call it once that is written.

        A build killed in between leaves a record without the file, which the next build writes. The other way round, it
        would take the file for one of the user.

        Raises:
            StorageError: A file cannot be written.
        """
        self._put(folder, stamps, UNMARKED.issuperset)

    def _put(
        self, folder: Path, stamps: Mapping[str, FormatRecord], wants: Callable[[set[str]], bool]
    ) -> None:
        for name, data in self._files.items():
            path = folder / stamps[name].name
            if wants({name}) and digest_file(path) != stamps[name].sha256:
                write_bytes(path, data)


def remove_formats(folder: Path, previous: PreviousFiles, kept: Iterable[str]) -> None:
    """Remove the files of formats that are no longer wanted; one that was changed since is kept.

    Args:
        folder: Folder of the files, `output/<lang>`.
        previous: The files of the last build.
        kept: The formats that stay.
    """
    for name in previous.made.keys() - set(kept):
        stamp = previous.made[name]
        with suppress(OSError, StorageError):  # a file that stays does no harm
            if digest_file(folder / stamp.name) == stamp.sha256:
                (folder / stamp.name).unlink()
