"""The library of a media server, which builds keep up to date if the user asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from audiobook.book.record.reading import read_brief
from audiobook.errors import OutputMismatch, UsageError
from audiobook.files import digest_file
from audiobook.library.shelving import Library
from audiobook.pipeline.outcome import Failures, Outcome
from audiobook.pipeline.planning.known_files import KnownFiles
from audiobook.pipeline.project import Project
from audiobook.report.base import Reporter


def require_library_place(target: Path, project: Project) -> None:
    """Check that a library may be in a folder.

    Raises:
        UsageError: It is a file, or in the texts, output or store folder.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file, not a folder", hint="choose another folder for the library")
    for folder in () if project.is_beside else (project.output, project.texts, project.store.folder):
        if target.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"the library cannot be in {folder}, which has other files",
                hint="choose another folder for the library",
            )


def shelve(
    outcomes: Iterable[Outcome],
    project: Project,
    known: KnownFiles,
    reporter: Reporter,
    failures: Failures,
    *,
    only_shelved: bool,
) -> None:
    """Write built works into the library of the project, each into its own folder; nothing is written twice.

    Args:
        outcomes: The outcomes of a build. Works that failed are left as they are.
        project: The project.
        known: The files that do not have to be read.
        reporter: Receives what was written.
        failures: Receives works that could not be written.
        only_shelved: Whether to leave out works that are not in the library yet.

    Raises:
        OutputMismatch: The list of the files in the library is damaged.
        StorageError: A file cannot be read or written.
    """
    digest_of: Callable[[Path], str | None] = partial(known.digest_of, read=digest_file)
    library = Library(project.library, digest_of)
    for outcome in outcomes:
        if outcome.built is None or outcome.state == "failed":
            continue
        folder = project.folder(outcome.edition.language)
        record = read_brief(
            (folder / outcome.built.file_name).with_suffix(".json"), is_beside=project.is_beside
        )
        if record is None or (only_shelved and not library.has(record, folder)):
            continue
        try:
            shelved = library.put(record, folder)
        except OutputMismatch as error:
            failures.add(outcome, error)
            continue
        if shelved.written:
            for kept in shelved.kept:  # not at every build: servers write their own metadata.json
                reporter.warn(f"{shelved.folder}/{kept} was changed since it was exported, so it is kept")
            what = ", ".join(shelved.written)
            reporter.work_done(outcome.edition.label, what, (project.library / shelved.folder).as_posix())
