"""`audiobook export`: write built works in another format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from audiobook.book.record.works import Record
from audiobook.book.record.writing import write_record
from audiobook.commands.built_works import built_work, editions_by_label, export_path, has_changed
from audiobook.commands.output import print_json, print_result
from audiobook.errors import OutputMismatch, UsageError
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
from audiobook.settings.validation import KNOWN_FORMATS
from audiobook.surrogates import escaped


def export_archives(
    root: Path,
    settings: Settings,
    works: Sequence[str],
    form: str,
    language: str | None,
    target: Path | None,
    sync: str | None,
    *,
    as_json: bool,
) -> int:
    """Write built works as read-along EPUBs or W3C audiobooks.

    Args:
        root: Project folder.
        settings: Project settings.
        works: Slugs of the works, at least one.
        form: What to write: `epub` or `lpf`.
        language: Language tag; None if each work has only one edition.
        target: The file to write, for a single work; None for a file next to each MP3.
        sync: What an EPUB highlights: `sentence` or `word`; None for what the settings or the last build say.
        as_json: Print one JSON object: that of the work, or with several works a list of theirs.

    Returns:
        0, or 1 if one of several works could not be written.

    Raises:
        NothingToDo: A work is not built.
        UsageError: A work exists in several languages and none was given, the target is a folder, or one file was named
            for several works.
        OutputMismatch: A file of the only work does not match its record, or is in the way and was not made by this
            program.
        StorageError: A file cannot be read or written.
    """
    works = list(dict.fromkeys(works))
    if target is not None and len(works) > 1:
        raise UsageError(
            "--output names the file of one WORK", hint="without it, each file is written next to its MP3"
        )
    export = partial(_epub, sync=sync) if form == EPUB.name else _lpf
    if len(works) == 1:
        answer = export(root, settings, works[0], language, target, as_json=as_json)
        if as_json:
            print_json(answer)
        return 0
    for work in works:  # a mistyped name is reported before anything is written
        built_work(Project.at(root, settings, (work,)), work, language)
    answers, problems = [], []
    for work in works:
        try:
            answers.append(export(root, settings, work, language, None, as_json=as_json))
        except OutputMismatch as error:
            QuietReporter().fail(error)
            problems.append(str(error))
    if as_json:
        print_json({"works": answers, "problems": problems})
    return 1 if problems else 0


def _epub(
    root: Path,
    settings: Settings,
    work: str,
    language: str | None,
    target: Path | None,
    *,
    sync: str | None,
    as_json: bool,
) -> dict[str, Any]:
    """Write a built work as a read-along EPUB; return what to print about it as JSON, and print it in words otherwise."""
    project = Project.at(root, settings, (work,))
    with _chosen(project, work, language, target, EPUB) as chosen:
        record = chosen.record
        sync = sync or settings.sync or record.inputs.sync or "sentence"
        written = _write(project, chosen, EPUB, Sync(sync))
    without = sentences_without_words(record) if sync == Sync.WORD else 0
    if not as_json:
        if without:
            QuietReporter().warn(
                f"highlighted as a whole, without word times: {counted(without, 'sentence')}"
            )
        chapters, spans = counted(len(record.chapters), "chapter"), counted(written.span_count, sync)
        print_result(f"{escaped(str(chosen.target))}: {chapters}, {clock(written.length_ms / 1000)}, {spans}")
    return _answer(chosen, written.length_bytes, written.length_ms / 1000) | {
        "sync": sync,
        "pages": "original" if written.has_own_pages else "new",
        "spans": written.span_count,
        "sentences_without_words": without,
    }


def _lpf(
    root: Path, settings: Settings, work: str, language: str | None, target: Path | None, *, as_json: bool
) -> dict[str, Any]:
    """Write a built work as a W3C audiobook; see `_epub`."""
    project = Project.at(root, settings, (work,))
    with _chosen(project, work, language, target, LPF) as chosen:
        record = chosen.record
        written = _write(project, chosen, LPF, Sync.SENTENCE)
    if not as_json:
        chapters = counted(len(record.chapters), "chapter")
        print_result(f"{escaped(str(chosen.target))}: {chapters}, {clock(record.duration_s)}")
    return _answer(chosen, written.length_bytes, record.duration_s)


class _Chosen(msgspec.Struct, frozen=True):
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
        if target.suffix[1:].lower() in {*KNOWN_FORMATS} - {kind.name}:
            raise UsageError(
                f"{target.name} is not a name for this kind of file", hint=f"use a name that ends in {ending}"
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
