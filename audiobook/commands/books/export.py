"""`audiobook export`: write a built work in another format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from audiobook.book.record.works import Record
from audiobook.book.record.writing import write_record
from audiobook.commands.built_works import built_work, editions_by_label, export_path, has_changed
from audiobook.commands.output import print_json, print_result
from audiobook.errors import UsageError
from audiobook.files import sweep_older
from audiobook.lpf.package import LPF
from audiobook.pipeline.archives import (
    WrittenArchive,
    require_free,
    unchanged_original,
    with_archive,
    write_archive,
)
from audiobook.pipeline.project import Project
from audiobook.readalong.built_book import built_book
from audiobook.readalong.spans import Sync, sentences_without_words
from audiobook.readalong.verification import EPUB, Exported
from audiobook.report.base import QuietReporter, counted
from audiobook.report.pace import clock
from audiobook.settings import Settings
from audiobook.surrogates import escaped


def export_epub(
    root: Path,
    settings: Settings,
    work: str,
    language: str | None,
    target: Path | None,
    sync: str | None,
    *,
    as_json: bool,
) -> int:
    """Write a built work as a read-along EPUB.

    Args:
        root: Project folder.
        settings: Project settings.
        work: Slug of the work.
        language: Language tag; None if the work has only one edition.
        target: The file to write; None for one next to the MP3.
        sync: What is highlighted: `sentence` or `word`; None for what the settings or the last build say.
        as_json: Print one JSON object.

    Returns:
        0.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given, or the target is a folder.
        OutputMismatch: A file does not match its record, or is in the way and was not made by this program.
        StorageError: A file cannot be read or written.
    """
    project = Project.at(root, settings, (work,))
    with _chosen(project, work, language, target, EPUB) as chosen:
        record = chosen.record
        sync = sync or settings.sync or record.inputs.sync or "sentence"
        written = _write(project, chosen, EPUB, Sync(sync))
    without = sentences_without_words(record) if sync == Sync.WORD else 0
    if as_json:
        more = {
            "sync": sync,
            "pages": "original" if written.has_own_pages else "new",
            "spans": written.span_count,
            "sentences_without_words": without,
        }
        print_json(_answer(chosen, written.length_bytes, written.length_ms / 1000) | more)
        return 0
    if without:
        QuietReporter().warn(f"highlighted as a whole, without word times: {counted(without, 'sentence')}")
    chapters, spans = counted(len(record.chapters), "chapter"), counted(written.span_count, sync)
    print_result(f"{escaped(str(chosen.target))}: {chapters}, {clock(written.length_ms / 1000)}, {spans}")
    return 0


def export_lpf(
    root: Path, settings: Settings, work: str, language: str | None, target: Path | None, *, as_json: bool
) -> int:
    """Write a built work as a W3C audiobook; see `export_epub`."""
    project = Project.at(root, settings, (work,))
    with _chosen(project, work, language, target, LPF) as chosen:
        record = chosen.record
        written = _write(project, chosen, LPF, Sync.SENTENCE)
    if as_json:
        print_json(_answer(chosen, written.length_bytes, record.duration_s))
        return 0
    chapters = counted(len(record.chapters), "chapter")
    print_result(f"{escaped(str(chosen.target))}: {chapters}, {clock(record.duration_s)}")
    return 0


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A work to export.

    Attributes:
        path: Path of its record.
        record: The record.
        target: The file to write.
        is_stale: Whether the text changed after the work was built.
        original: The file that it was built from, unchanged; None if it has changed or no longer exists.
    """

    path: Path
    record: Record
    target: Path
    is_stale: bool
    original: Path | None


@contextmanager
def _chosen(
    project: Project,
    work: str,
    language: str | None,
    target: Path | None,
    kind: Exported,
) -> Iterator[_Chosen]:
    """Find a work and check the path to write; no build can change the work during the block."""
    reporter = QuietReporter()
    built_work(project, work, language)  # before anything is locked or created
    with project.locked_output(lambda who: reporter.warn(f"waiting for {who}")):
        path, record = built_work(project, work, language)
        ending = f".{kind.name}"
        target = target or export_path(path, record, kind.name)
        if target.is_dir():
            raise UsageError(
                f"{target} is a folder, not a file",
                hint=f"name a file, such as {target / f'{record.slug}{ending}'}",
            )
        require_free(target, kind, "choose another file: --output FILE")
        editions = editions_by_label(project)
        is_stale = has_changed(record, editions)
        if is_stale:
            reporter.warn("text changed since the last build, exporting the old version")
        sweep_older(target)
        edition = editions.get(f"{record.language}/{record.slug}")
        texts = (Path(work), Path(record.source), path.parent / record.source)
        original = unchanged_original(record, (edition.path, *texts) if edition else texts)
        yield _Chosen(path, record, target, is_stale, original)


def _write(project: Project, chosen: _Chosen, kind: Exported, sync: Sync) -> WrittenArchive:
    """Write an archive; one that the build made too is replaced in its record."""
    record, folder = chosen.record, project.folder(chosen.record.language)
    warn = QuietReporter().warn
    built = built_book(record, folder)
    written = write_archive(built, kind.name, chosen.original, chosen.target, sync, warn)
    kept = record.formats.get(kind.name)
    if kept and chosen.target.resolve() == (folder / kept.name).resolve():
        inputs = record.inputs
        if kind is EPUB:
            inputs = msgspec.structs.replace(inputs, sync=sync.value)
        write_record(
            chosen.path,
            with_archive(msgspec.structs.replace(record, inputs=inputs), kind.name, chosen.target),
        )
    return written


def _answer(chosen: _Chosen, length_bytes: int, duration_s: float) -> dict[str, Any]:
    record = chosen.record
    return {
        "slug": record.slug,
        "language": record.language,
        "output": escaped(chosen.target.as_posix()),
        "length_bytes": length_bytes,
        "chapters": len(record.chapters),
        "duration_s": duration_s,
        "stale": chosen.is_stale,
    }
