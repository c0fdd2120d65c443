"""Finding the texts of a project: `texts/<lang>/<slug>.<ext>` or `texts/<slug>.<lang>.<ext>`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from audiobook.document import LANGUAGE_TAG
from audiobook.errors import AudiobookError, OutputMismatch, SourceError, WorkError
from audiobook.files import storage_error
from audiobook.languages import meant_tag
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.edition import (
    COVER_SUFFIXES,
    Edition,
    announced_language,
    edition_at,
    is_folder,
    is_inside,
    language_in_name,
    language_of_name,
    may_be_source,
    may_be_text,
    refusal_of,
    script_path,
    shown_name,
)
from audiobook.pipeline.texts.folders import is_book_folder, is_picture_folder
from audiobook.sources.base import advice, ending_of, endings
from audiobook.sources.folder.bundle import BOOK_FILE
from audiobook.system.opening import is_there

_NO_TEXTS: Final = {"", *COVER_SUFFIXES, ".gif", ".toml", ".pls"}
"""Suffixes of files that accompany texts: licences, covers and other pictures, lexicons."""
_ABOUT_TEXTS: Final = {"readme", "license", "licence", "notice"}
"""Names of files in the texts folder that describe the texts."""


class Catalog(msgspec.Struct, frozen=True):
    """The editions found, ordered by language and slug, and the files that cannot be built, with the reason."""

    editions: tuple[Edition, ...]
    problems: tuple[AudiobookError, ...]


def texts_of(project: Project) -> Catalog:
    """Return the texts of a project; without one, the texts that the books in the folder were built from.

    Raises:
        StorageError: A folder or a record cannot be read.
    """
    if not project.is_beside:
        return find_texts(project.texts)
    editions = []
    for built in project.built():
        try:
            record = project.record(built.path)
        except OutputMismatch:
            continue  # `check` reports it
        if record and "/" not in record.source and may_be_text(path := project.output / record.source):
            editions.append(edition_at(path, record.language, record.source))
    return Catalog(tuple(editions), ())


def alone_beside(catalog: Catalog, project: Project) -> Catalog:
    """Return a catalog without texts whose books would replace those of other texts in the same folder.

    Raises:
        StorageError: A record cannot be read.
    """
    editions, problems = without_twins(catalog.editions, catalog.problems, lambda edition: edition.slug)
    kept: list[Edition] = []
    for edition in editions:
        if other := _other_source(edition, project):
            problems = (*problems, _twin(edition, other))
        else:
            kept.append(edition)
    return Catalog(tuple(kept), problems)


def _other_source(edition: Edition, project: Project) -> str | None:
    """Return the name of the other text from which the book of an edition was built, if it still exists."""
    try:
        record = project.record(project.output / f"{edition.slug}.json")
    except OutputMismatch:
        return None  # it is built again
    if record is None or record.source in (edition.name, edition.source_name) or "/" in record.source:
        return None
    path = project.output / record.source
    return record.source if may_be_text(path) and path != edition.path else None


def find_texts(texts: Path) -> Catalog:
    """Find all texts of a project, ordered by language and slug.

    A file that cannot be used as a text is reported as a problem. Only hidden files and files that accompany
    texts are skipped silently.

    Raises:
        StorageError: The folder itself cannot be read.
    """
    editions: list[Edition] = []
    problems: list[AudiobookError] = []
    try:
        entries = _visible(texts)
    except OSError as error:
        raise storage_error(error, texts, "reading") from error
    for entry in _without_scripts(entries, texts):
        if is_folder(entry):
            language = language_of_name(entry)
            if language or is_there(entry / BOOK_FILE):
                _add_book_folder(entry, language, texts, editions, problems)
            else:
                _add_folder(entry, texts, editions, problems)
        elif entry.stem.lower() not in _ABOUT_TEXTS:
            language = language_in_name(entry.name)
            _add(entry, language, texts, editions, problems)
    editions.sort(key=lambda edition: (edition.language, edition.slug, edition.name))
    return Catalog(*without_twins(editions, problems))


def _entries(folder: Path, name: str, problems: list[AudiobookError]) -> list[Path]:
    """Return the visible entries of a folder in order; an unreadable folder is added to the problems."""
    try:
        return _visible(folder)
    except OSError as error:
        problems.append(_unreadable(error, name))
        return []


def _visible(folder: Path) -> list[Path]:
    """Return the entries of a folder, without hidden ones, in order; none if it does not exist."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _unreadable(error: OSError, name: str) -> SourceError:
    return SourceError(f"cannot be read: {error.strerror or 'the system does not say why'}", where=name)


def _add_folder(folder: Path, texts: Path, editions: list[Edition], problems: list[AudiobookError]) -> None:
    entries = _entries(folder, _shown(folder, texts), problems)
    meant = meant_tag(folder.name)
    if meant or not LANGUAGE_TAG.match(folder.name):
        if entries and not is_picture_folder(folder):
            problems.append(
                SourceError(
                    "skipped: the folder name is not a language tag",
                    where=_shown(folder, texts),
                    hint=f"rename the folder to {meant}"
                    if meant
                    else "name the folder after a language, such as fi or pt-BR",
                )
            )
        return
    for entry in _without_scripts(entries, texts):
        if is_folder(entry):
            _add_book_folder(entry, folder.name, texts, editions, problems)
        else:
            _add(entry, folder.name, texts, editions, problems)


def _add_book_folder(
    path: Path, language: str | None, texts: Path, editions: list[Edition], problems: list[AudiobookError]
) -> None:
    """Add a folder of chapter files as one text."""
    name = _shown(path, texts)
    if not is_inside(path, texts):
        problems.append(_leads_out(name))
    elif is_picture_folder(path):
        pass  # of the texts next to it
    elif not is_book_folder(path):
        problems.append(
            SourceError("skipped: the folder contains no texts", where=name, hint="put chapters into it")
        )
    else:
        _add_edition(path, language, name, f"move it to {texts.name}/<lang>/", editions, problems)


def _without_scripts(entries: Sequence[Path], texts: Path) -> list[Path]:
    """Return the entries of a folder, without saved scripts whose source is among them.

    These are found with it.
    """
    scripts = {script_path(entry) for entry in entries if may_be_source(entry)}
    return [entry for entry in entries if entry not in scripts or not is_inside(entry, texts)]


def _add(
    path: Path, language: str | None, texts: Path, editions: list[Edition], problems: list[AudiobookError]
) -> None:
    name = _shown(path, texts)
    suffix = ending_of(path.name)
    if suffix in _NO_TEXTS:
        return
    if suffix not in endings():
        problems.append(
            SourceError(
                "skipped: unsupported file type",
                where=name,
                hint=advice(suffix),
            )
        )
    elif refusal := refusal_of(path):
        problems.append(_unreadable(refusal, name))
    elif not is_inside(path, texts):
        problems.append(_leads_out(name))
    else:
        hint = f"move it to {texts.name}/<lang>/, or name it {path.name.removesuffix(suffix)}.<lang>{suffix}"
        _add_edition(path, language, name, hint, editions, problems)


def _leads_out(name: str) -> SourceError:
    return SourceError("skipped: the link leads out of the texts folder, or to itself", where=name)


def _add_edition(
    path: Path,
    language: str | None,
    name: str,
    hint: str,
    editions: list[Edition],
    problems: list[AudiobookError],
) -> None:
    """Add a text, or the problem that its language is unknown, with a hint."""
    try:
        language = language or announced_language(path, name)
    except WorkError as error:
        problems.append(error)
        return
    if language is None:
        problems.append(SourceError("skipped: unknown language", where=name, hint=hint))
    else:
        editions.append(edition_at(path, language, name))


def _shown(path: Path, texts: Path) -> str:
    return shown_name(f"{texts.name}/{path.relative_to(texts).as_posix()}")


def _label(edition: Edition) -> str:
    return edition.label


def without_twins(
    editions: Iterable[Edition],
    problems: Iterable[AudiobookError],
    name: Callable[[Edition], str] = _label,
) -> tuple[tuple[Edition, ...], tuple[AudiobookError, ...]]:
    """Keep the first of several editions that would write the same files, and report the others.

    Args:
        editions: The editions.
        problems: Problems found so far.
        name: Returns what the files of an edition are named by: language and slug, or the slug alone.
    """
    kept: dict[str, Edition] = {}
    found = list(problems)
    for edition in editions:
        key = name(edition).lower()
        if key in kept:
            found.append(_twin(edition, kept[key].source_name))
        else:
            kept[key] = edition
    return tuple(kept.values()), tuple(found)


def _twin(edition: Edition, other: str) -> SourceError:
    return SourceError(
        f"would have the same output files as {other}",
        where=edition.source_name,
        hint="rename one of them",
    )
