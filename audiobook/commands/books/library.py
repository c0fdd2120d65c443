"""`audiobook export --to library`: write built works into the library of a media server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audiobook.book.record.reading import read_brief
from audiobook.book.record.works import RecordHead
from audiobook.commands.built_works import built_work, editions_by_label, has_changed
from audiobook.commands.output import print_json, print_result
from audiobook.errors import NothingToDo, OutputMismatch
from audiobook.languages import covers
from audiobook.library.shelving import Library, Shelved
from audiobook.pipeline.project import Project
from audiobook.pipeline.shelves import require_library_place
from audiobook.pipeline.texts.edition import Edition
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings
from audiobook.surrogates import escaped


def export_library(
    root: Path,
    settings: Settings,
    named: Sequence[str],
    language: str | None,
    target: Path,
    *,
    as_json: bool,
) -> int:
    """Write built works into a library, each into its own folder.

    Args:
        root: Project folder.
        settings: Project settings.
        named: Slugs of the works; empty for all.
        language: Language tag of the editions; None for any.
        target: Folder of the library; created if missing.
        as_json: Print one JSON object.

    Returns:
        0, or 1 if some works could not be written.

    Raises:
        NothingToDo: A work is not built, or there are none.
        UsageError: The target is a file, or in the texts, output or store folder; or a named work exists in several
            languages and none was given.
        OutputMismatch: The list of the files in the library is damaged.
        StorageError: A file cannot be read or written.
    """
    project, reporter = Project.at(root, settings, named), QuietReporter()
    require_library_place(target, project)
    paths = _built(project, named, language)  # before anything is locked or created
    answers: list[dict[str, Any]] = []
    problems: list[str] = []
    with project.locked_output(lambda who: reporter.warn(f"waiting for {who}")):
        library, editions = Library(target), editions_by_label(project)
        for path in paths:
            try:
                answer = _shelved(path, library, editions, project, reporter)
            except OutputMismatch as error:
                reporter.fail(error)
                problems.append(str(error))
                continue
            if answer:
                answers.append(answer)
                if not as_json:
                    print_result(f"{answer['language']}/{answer['slug']}: {target / answer['folder']}")
    if as_json:
        print_json({"output": escaped(target.as_posix()), "works": answers, "problems": problems})
    return 1 if problems else 0


def _shelved(
    path: Path, library: Library, editions: Mapping[str, Edition], project: Project, reporter: QuietReporter
) -> dict[str, Any] | None:
    """Write the work of a record, and return what to print about it; None if the record is gone.

    Raises:
        OutputMismatch: A file does not match its record, or is in the way.
        StorageError: A file cannot be read or written.
    """
    record = read_brief(path, is_beside=project.is_beside)
    if record is None:
        return None
    is_stale = has_changed(record, editions)
    if is_stale:
        reporter.warn(
            f"{record.language}/{record.slug}: text changed since the last build, exporting the old version"
        )
    shelved = library.put(record, project.folder(record.language))
    for kept in shelved.kept:
        reporter.warn(f"{shelved.folder}/{kept} was changed since it was exported, so it is kept")
    return _answer(record, shelved) | {"stale": is_stale}


def _built(project: Project, named: Sequence[str], language: str | None) -> list[Path]:
    """Return the paths of the records of the works.

    Raises:
        NothingToDo: A work is not built, or there are none.
        UsageError: A named work exists in several languages and none was given.
    """
    if named:
        return list(dict.fromkeys(built_work(project, work, language)[0] for work in named))
    found = [each.path for each in project.built() if language is None or covers(language, each.language)]
    if not found:
        raise NothingToDo("there are no built works", hint="run `audiobook build` first")
    return found


def _answer(record: RecordHead, shelved: Shelved) -> dict[str, Any]:
    return {
        "slug": record.slug,
        "language": record.language,
        "folder": shelved.folder,
        "files": list(shelved.files),
        "kept": list(shelved.kept),
    }
