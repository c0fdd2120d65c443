"""`audiobook export`: write a built work in another format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiobook.book.record import Record
from audiobook.commands.built import built_work
from audiobook.commands.output import print_json, print_line
from audiobook.errors import SourceError, UsageError
from audiobook.files import digest, read_source, sweep_temporaries
from audiobook.pipeline.catalog import find_texts
from audiobook.pipeline.edition import Edition
from audiobook.pipeline.project import Project
from audiobook.readalong.epub import ReadAlong, require_place, write_epub
from audiobook.readalong.spans import Sync, sentences_without_words
from audiobook.report.base import QuietReporter
from audiobook.report.pace import clock
from audiobook.settings import Settings
from audiobook.surrogates import escaped


def export_epub(
    root: Path,
    settings: Settings,
    work: str,
    language: str | None,
    target: Path | None,
    sync: str,
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
        sync: What lights up: `sentence` or `word`.
        as_json: Print one JSON object.

    Returns:
        0.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given, or the target is a folder.
        OutputMismatch: A file does not match its record, or is in the way and was not made by this program.
        StorageError: A file cannot be read or written.
    """
    project, reporter = Project.at(root, settings), QuietReporter()
    built_work(project.output, work, language)  # before anything is locked or created
    with project.locked_output(lambda who: reporter.warn(f"waiting for {who}")):
        path, record = built_work(project.output, work, language)
        target = target or path.with_suffix(".epub")
        if target.is_dir():
            raise UsageError(
                f"{target} is a folder, not a file", hint=f"name a file, such as {target / f'{work}.epub'}"
            )
        require_place(target)
        is_stale = has_changed(record, editions_by_label(project.texts))
        if is_stale:
            reporter.warn("text changed since the last build, exporting the old version")
        sweep_temporaries(target.parent, names=re.compile(re.escape(target.name)))
        written = write_epub(record, project.folder(record.language), target, Sync(sync))
    without = sentences_without_words(record) if sync == Sync.WORD else 0
    if as_json:
        print_json(_answer(record, target, sync, written, without) | {"stale": is_stale})
        return 0
    if without:
        reporter.warn(f"highlighted as a whole, without word times: {_counted(without, 'sentence')}")
    chapters, spans = _counted(len(record.chapters), "chapter"), _counted(written.span_count, sync)
    print_line(f"{escaped(str(target))}: {chapters}, {clock(written.length_ms / 1000)}, {spans}")
    return 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _answer(record: Record, target: Path, sync: str, written: ReadAlong, without: int) -> dict[str, Any]:
    return {
        "slug": record.slug,
        "language": record.language,
        "output": escaped(target.as_posix()),
        "sync": sync,
        "length_bytes": written.length_bytes,
        "chapters": len(record.chapters),
        "spans": written.span_count,
        "duration_s": written.length_ms / 1000,
        "sentences_without_words": without,
    }


def editions_by_label(texts: Path) -> dict[str, Edition]:
    """Return the texts of a project by `language/slug`."""
    return {edition.label: edition for edition in find_texts(texts).editions}


def has_changed(record: Record, editions: Mapping[str, Edition]) -> bool:
    """Return whether the project has another version of a work's text; False if the text is not in the project."""
    edition = editions.get(f"{record.language}/{record.slug}")
    if edition is None:
        return False
    try:
        return digest(read_source(edition.path, edition.name)) != record.inputs.source_sha256
    except SourceError:
        return False
