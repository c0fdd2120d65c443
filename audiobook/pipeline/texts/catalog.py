"""Finding the texts of a project: `texts/<lang>/<slug>.<ext>` or `texts/<slug>.<lang>.<ext>`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path, PurePath
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
    is_inside,
    language_in_name,
    language_of_name,
    may_be_source,
    may_be_text,
    refusal_of,
    script_path,
    shown_name,
)
from audiobook.pipeline.texts.folder_names import FolderNames
from audiobook.pipeline.texts.folders import is_book_folder, is_picture_folder
from audiobook.sources.base import advice, ending_of, endings
from audiobook.sources.folder.bundle import BOOK_FILE
from audiobook.sources.text.script_name import is_saved_script
from audiobook.system.opening import is_there

_NO_TEXTS: Final = {"", *COVER_SUFFIXES, ".gif", ".toml", ".pls"}
"""Extensions of files that accompany texts: licences, pictures and lexicons."""
_FOLLOWS_NO_LINKS: Final = sys.platform != "win32"
"""Whether a folder that is not a link is inside its parent folder. On Windows, it may be a junction."""
_ABOUT_TEXTS: Final = {"readme", "license", "licence", "notice"}
"""Names of files in the texts folder that describe the texts."""


class Catalog(msgspec.Struct, frozen=True):
    """The texts of a project.

    Attributes:
        editions: The editions that were found, ordered by language and slug.
        problems: Why other files cannot be built, one error for each.
    """

    editions: tuple[Edition, ...]
    problems: tuple[AudiobookError, ...]


def texts_of(project: Project) -> Catalog:
    """Return the texts of a project; without a project, the texts from which the books in the folder were built.

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
    """Return a catalog without the texts whose books would replace those of other texts in the same folder.

    Args:
        catalog: The catalog. The texts that are left out are added to its problems.
        project: The folder with texts and books.

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
    """Return the name of another text from which the book of an edition was built; None if there is no such text."""
    try:
        record = project.record(project.output / f"{edition.slug}.json")
    except OutputMismatch:
        return None  # the work will be rebuilt
    if record is None or record.source in (edition.name, edition.source_name) or "/" in record.source:
        return None
    path = project.output / record.source
    return record.source if may_be_text(path) and path != edition.path else None


def find_texts(texts: Path) -> Catalog:
    """Return all texts in a folder, ordered by language and slug.

    Files that cannot be used as texts are reported as problems. Only hidden files and files that accompany texts are
    skipped without a message.

    Raises:
        StorageError: The folder itself cannot be read.
    """
    search = _Search(texts)
    search.whole()
    search.editions.sort(key=lambda edition: (edition.language, edition.slug, edition.name))
    return Catalog(*without_twins(search.editions, search.problems))


class _Search:
    """A search for the texts in a folder. It makes few system calls for each entry, because there may be thousands."""

    def __init__(self, texts: Path) -> None:
        self.editions: list[Edition] = []
        self.problems: list[AudiobookError] = []
        self._texts = texts
        self._names = FolderNames()
        self._endings = frozenset(endings())

    def whole(self) -> None:
        """Add the texts in the folder itself and in the folders of languages.

        Raises:
            StorageError: The folder itself cannot be read.
        """
        texts = self._texts
        try:
            entries = _visible(texts)
        except OSError as error:
            raise storage_error(error, texts, "reading") from error
        for entry in self._without_scripts(entries):
            if not _is_folder(entry):
                if PurePath(entry.name).stem.lower() not in _ABOUT_TEXTS:
                    self._add_file(
                        entry, language_in_name(entry.name), texts.name, is_plain=_FOLLOWS_NO_LINKS
                    )
                continue
            folder = texts / entry.name
            language = language_of_name(folder)
            if language or is_there(folder / BOOK_FILE):
                self._add_book_folder(folder, language)
            else:
                self._add_folder(folder)

    def _add_folder(self, folder: Path) -> None:
        shown = self._shown(folder)
        try:
            entries = _visible(folder)
        except OSError as error:
            self.problems.append(_unreadable(error, shown))
            entries = []
        meant = meant_tag(folder.name)
        if meant or not LANGUAGE_TAG.match(folder.name):
            if entries and not is_picture_folder(folder):
                self.problems.append(_misnamed(shown, meant))
            return
        is_plain = _FOLLOWS_NO_LINKS and not folder.is_symlink()
        for entry in self._without_scripts(entries):
            if _is_folder(entry):
                self._add_book_folder(folder / entry.name, folder.name)
            else:
                self._add_file(entry, folder.name, f"{self._texts.name}/{folder.name}", is_plain=is_plain)

    def _add_book_folder(self, path: Path, language: str | None) -> None:
        """Add a folder of chapter files as one text."""
        name = self._shown(path)
        if not is_inside(path, self._texts):
            self.problems.append(_leads_out(name))
        elif is_picture_folder(path):
            pass  # it contains the pictures of the texts next to it
        elif not is_book_folder(path):
            self.problems.append(
                SourceError("skipped: the folder contains no texts", where=name, hint="put chapters into it")
            )
        else:
            self._add_edition(path, language, name, f"move it to {self._texts.name}/<lang>/")

    def _without_scripts(self, entries: Sequence[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """Return the entries of a folder without saved scripts whose source is among them, because it leads to them."""
        if not any(is_saved_script(entry.name) for entry in entries):
            return list(entries)
        paths = [Path(entry.path) for entry in entries]
        scripts = {script_path(path) for path in paths if may_be_source(path)}
        return [
            entry
            for entry, path in zip(entries, paths, strict=True)
            if path not in scripts or not is_inside(path, self._texts)
        ]

    def _add_file(
        self, entry: os.DirEntry[str], language: str | None, folder: str, *, is_plain: bool
    ) -> None:
        """Add a file, or the problem that it cannot be used as a text.

        Args:
            entry: The file.
            language: BCP 47 tag; None if only the text itself may declare it.
            folder: Name of the file's folder, relative to the project.
            is_plain: Whether the folder is certain to be inside the texts folder.
        """
        suffix = ending_of(entry.name)
        if suffix in _NO_TEXTS:
            return
        path, name = Path(entry.path), shown_name(f"{folder}/{entry.name}")
        if suffix not in self._endings:
            self.problems.append(
                SourceError("skipped: unsupported file type", where=name, hint=advice(suffix, name))
            )
        elif refusal := refusal_of(path):
            self.problems.append(_unreadable(refusal, name))
        elif (not is_plain or entry.is_symlink()) and not is_inside(path, self._texts):
            self.problems.append(_leads_out(name))
        else:
            bare = path.name.removesuffix(suffix)
            hint = f"move it to {self._texts.name}/<lang>/, or name it {bare}.<lang>{suffix}"
            self._add_edition(path, language, name, hint)

    def _add_edition(self, path: Path, language: str | None, name: str, hint: str) -> None:
        """Add a text; if its language is unknown, add a problem with the hint."""
        try:
            language = language or announced_language(path, name)
        except WorkError as error:
            self.problems.append(error)
            return
        if language is None:
            self.problems.append(SourceError("skipped: unknown language", where=name, hint=hint))
        else:
            self.editions.append(edition_at(path, language, name, self._names))

    def _shown(self, path: Path) -> str:
        return shown_name(f"{self._texts.name}/{path.relative_to(self._texts).as_posix()}")


def _visible(folder: Path) -> list[os.DirEntry[str]]:
    """Return the visible entries of a folder, sorted by name; empty if the folder does not exist."""
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(visible, key=attrgetter("name"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder or a link to one; False if it cannot be accessed."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _unreadable(error: OSError, name: str) -> SourceError:
    return SourceError(f"cannot be read: {error.strerror or 'the system does not say why'}", where=name)


def _misnamed(name: str, meant: str | None) -> SourceError:
    hint = (
        f"rename the folder to {meant}" if meant else "name the folder after a language, such as fi or pt-BR"
    )
    return SourceError("skipped: the folder name is not a language tag", where=name, hint=hint)


def _leads_out(name: str) -> SourceError:
    return SourceError("skipped: the link leads out of the texts folder, or to itself", where=name)


def _label(edition: Edition) -> str:
    return edition.label


def without_twins(
    editions: Iterable[Edition],
    problems: Iterable[AudiobookError],
    name: Callable[[Edition], str] = _label,
) -> tuple[tuple[Edition, ...], tuple[AudiobookError, ...]]:
    """Return the editions without those that would write the same files as an earlier one, and the problems with them.

    Args:
        editions: The editions.
        problems: The problems found so far, which are returned too.
        name: Returns what determines the names of an edition's files: language and slug, or the slug alone.
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


def twins_of(editions: Iterable[Edition], problems: Iterable[AudiobookError]) -> list[AudiobookError]:
    """Return those problems that say that another text would have the same output files as one of these editions."""
    told = {_twin(edition, edition.source_name).message for edition in editions}
    return [problem for problem in problems if problem.message in told]


def _twin(edition: Edition, other: str) -> SourceError:
    return SourceError(
        f"would have the same output files as {other}",
        where=edition.source_name,
        hint="rename one of them",
    )
