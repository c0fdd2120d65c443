"""Writing a built book as an archive: a read-along EPUB or a W3C audiobook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from audiobook.book.record.archive_names import archive_name, missing_archives
from audiobook.book.record.reading import read_stored
from audiobook.book.record.stamps import FormatRecord
from audiobook.book.record.works import Record
from audiobook.book.record.writing import write_record
from audiobook.book.sound.places import Places
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import digest_file, read_source, sweep_older
from audiobook.lpf.package import LPF, write_lpf
from audiobook.pipeline.project import Project
from audiobook.readalong.built_book import BuiltBook, built_book
from audiobook.readalong.epub import ReadAlong, write_epub
from audiobook.readalong.spans import Sync
from audiobook.readalong.verification import EPUB, Exported
from audiobook.sources.base import ending_of
from audiobook.system.opening import is_regular, is_there

KINDS: Final = {kind.name: kind for kind in (EPUB, LPF)}
"""The archives by the names of their formats."""
_ORIGINAL: Final = ".epub"
"""Ending of texts whose own pages can be kept."""


class WrittenArchive(NamedTuple):
    """An archive that was written.

    Attributes:
        length_bytes: Its length.
        span_count: How many parts of the text it highlights; 0 for an LPF.
        length_ms: Length of the sound that highlights them; for an LPF, of all sound.
        has_own_pages: Whether its pages are those of the EPUB that the work was made from.
    """

    length_bytes: int
    span_count: int
    length_ms: int
    has_own_pages: bool = False


def add_archives(
    project: Project,
    path: Path,
    originals: Iterable[Path],
    warn: Callable[[str], None],
    places: Places | None = None,
    *,
    replace: bool,
) -> Record | None:
    """Write the archives that a book lacks, and add them to its record.

    A build that is killed between the two leaves a record without the archive, which the next build writes again.

    Args:
        project: The project.
        path: Path of the record. The MP3 and the cover are next to it.
        originals: Where the text may be, for a work that was made from an EPUB; the first unchanged one is used.
        warn: Receives reasons why such a work gets new pages.
        places: Where its MP3 can be cut; None finds out.
        replace: Whether to replace files that this program did not make.

    Returns:
        The new record with its digest; None if there is no record.

    Raises:
        OutputMismatch: The MP3 or the cover does not match the record, or another file is in the way.
        StorageError: A file cannot be read or written.
    """
    record = read_stored(path, is_beside=project.is_beside)
    if record is None:
        return None  # it was removed just now
    original = unchanged_original(record, originals) if ending_of(record.source) == _ORIGINAL else None
    names = missing_archives(record.inputs.formats, record.formats)
    targets = {name: path.with_name(archive_name(record.slug, record.source, name)) for name in names}
    for name, target in targets.items():
        if not replace:
            require_free(target, KINDS[name], "replace it: audiobook build --force")
        sweep_older(target)
    stamps = _written(built_book(record, path.parent, places), targets, original, warn)
    record = _with_stamps(record, stamps)
    return msgspec.structs.replace(record, digest=write_record(path, record))


def _written(
    built: BuiltBook, targets: dict[str, Path], original: Path | None, warn: Callable[[str], None]
) -> dict[str, FormatRecord]:
    """Write archives at the same time, each with its digest, and return their stamps.

    This thread, which can be interrupted, writes the first: the EPUB if there is one, since only that has warnings.
    """
    sync = Sync(built.record.inputs.sync or Sync.SENTENCE)

    def write(name: str) -> FormatRecord:
        write_archive(built, name, original, targets[name], sync, warn)
        return _stamp(targets[name])

    own, *others = sorted(targets)
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            pending = {name: pool.submit(write, name) for name in others}
            return {own: write(own), **{name: stamp.result() for name, stamp in pending.items()}}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def with_archive(record: Record, name: str, target: Path) -> Record:
    """Return a record to which an archive is added."""
    return _with_stamps(record, {name: _stamp(target)})


def _with_stamps(record: Record, stamps: dict[str, FormatRecord]) -> Record:
    return msgspec.structs.replace(record, formats=dict(sorted({**record.formats, **stamps}.items())))


def _stamp(target: Path) -> FormatRecord:
    return FormatRecord(target.name, target.stat().st_size, digest_file(target) or "")


def write_archive(
    built: BuiltBook,
    name: str,
    original: Path | None,
    target: Path,
    sync: Sync,
    warn: Callable[[str], None],
) -> WrittenArchive:
    """Write a built book as an archive. Nothing is synthesised or encoded again.

    Args:
        built: The book.
        name: `epub` or `lpf`.
        original: The file that the work was made from, unchanged; None if it has changed or no longer exists.
        target: The file to write; replaced atomically at the end.
        sync: What an EPUB highlights.
        warn: Receives the reason why the EPUB of a work that was made from an EPUB gets new pages.

    Raises:
        OutputMismatch: The MP3 or the cover does not match the record.
        StorageError: A file cannot be read or written.
    """
    if name == LPF.name:
        return WrittenArchive(write_lpf(built, target), 0, round(built.record.duration_s * 1000))
    made = _with_own_pages(built, original, target, sync, warn)
    has_own_pages = made is not None
    made = made or write_epub(built, target, sync)
    return WrittenArchive(made.length_bytes, made.span_count, made.length_ms, has_own_pages)


def unchanged_original(record: Record, paths: Iterable[Path]) -> Path | None:
    """Return the first of some files from which the work was made; None if there is none."""
    for path in paths:
        with suppress(StorageError):  # it is a folder, or a link
            if digest_file(path) == record.inputs.source_sha256:
                return path
    return None


def require_free(target: Path, kind: Exported, or_else: str) -> None:
    """Check that an archive may be written to a path: nothing is there, or an archive of this program.

    Args:
        target: The path.
        kind: The kind of archive.
        or_else: What the user can do instead of moving a file.

    Raises:
        OutputMismatch: A file that this program did not make, a link or a folder is in the way.
        StorageError: A file cannot be read.
    """
    if is_there(target) and not kind.is_own(target):
        raise OutputMismatch(
            "was not made by audiobook, so it is not replaced"
            if is_regular(target)
            else "is not a regular file",
            where=target.as_posix(),
            hint=f"move it elsewhere, or {or_else}",
        )


def _with_own_pages(
    built: BuiltBook,
    original: Path | None,
    target: Path,
    sync: Sync,
    warn: Callable[[str], None],
) -> ReadAlong | None:
    """Write a work made from an EPUB as that EPUB with overlays on its pages; None if it needs new pages."""
    record = built.record
    if ending_of(record.source) != _ORIGINAL:
        return None
    why = "the file that it was built from has changed or no longer exists"
    if original is not None:
        data = read_source(original, record.source)
        from audiobook.overlaid.writing import write_with_original  # lxml, not needed for other texts

        written = write_with_original(built, data, record.source, target, sync)
        if isinstance(written, ReadAlong):
            return written
        why = written
    warn(f"{record.source}: {why}; the text gets new pages")
    return None
