"""The folders of a project; without a project, those of books that are built next to their texts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from audiobook.book.ownership import is_own_record
from audiobook.book.record.reading import read_record
from audiobook.book.record.works import Record, records_in
from audiobook.clips.store import ClipStore
from audiobook.errors import OutputMismatch, UsageError
from audiobook.settings import BESIDE, Settings
from audiobook.system.locks import Announce, is_lock_note, locked_folder
from audiobook.system.opening import read_file, require_own_folder

_OLD_LOCK_NAME: Final = ".audiobook.lock"
"""Lock file that earlier versions left in the output folder."""


class BuiltWork(msgspec.Struct, frozen=True):
    """A built work, which may be damaged.

    Attributes:
        path: Path of the record.
        language: BCP 47 tag; "" if the record is damaged and next to its text, because nothing else shows the language.
    """

    path: Path
    language: str

    @property
    def slug(self) -> str:
        """Slug of the work."""
        return self.path.stem

    @property
    def label(self) -> str:
        """Language and slug, as shown to the user."""
        return f"{self.language}/{self.slug}" if self.language else self.slug


class Project(msgspec.Struct, frozen=True):
    """The texts, the output and the store of a project.

    Attributes:
        texts: Folder of the texts.
        output: Output folder.
        store: The cached clips.
        library: Folder of the library of a media server.
        is_beside: Whether there is no project. If so, `output` is the folder of the texts, and has no language folders.
    """

    texts: Path
    output: Path
    store: ClipStore
    is_beside: bool = False
    library: Path = Path("library")

    @classmethod
    def at(cls, root: Path, settings: Settings, named: Sequence[str] = ()) -> Project:
        """Return the folders named in the settings.

        Args:
            root: Folder of the project, relative to the current folder.
            settings: The project's settings.
            named: The works that the user names. Without a project, their folder contains the books.

        Raises:
            UsageError: There is no project, and the works are in different folders.
        """
        store = ClipStore(_below(root, settings.store))
        if settings.output == BESIDE:
            folder = _only_folder(named)
            return cls(folder / settings.texts, folder, store, is_beside=True, library=Path(settings.library))
        return cls(
            root / settings.texts,
            _below(root, settings.output),
            store,
            library=_below(root, settings.library),
        )

    def folder(self, language: str) -> Path:
        """Return the output folder of a language.

        Raises:
            StorageError: The folder is a link, which could lead out of the output folder.
        """
        return self.output if self.is_beside else require_own_folder(self.output / language)

    def built(self) -> list[BuiltWork]:
        """Return the built works, sorted by path.

        Raises:
            StorageError: The folder of a language is a link, or a record next to its text cannot be read.
        """
        if not self.is_beside:
            return [BuiltWork(path, path.parent.name) for path in records_in(self.output)]
        paths = sorted(self.output.glob("*.json"))
        return [
            BuiltWork(path, self._own_language(path))
            for path in paths
            if "." not in path.stem and is_own_record(path)
        ]

    def _own_language(self, path: Path) -> str:
        with suppress(OutputMismatch):
            if record := self.record(path):
                return record.language
        return ""

    def record(self, path: Path) -> Record | None:
        """Return a record; None if it does not exist.

        Raises:
            OutputMismatch: The record is damaged, was edited, has another version, or contains impossible values.
            StorageError: The record cannot be read.
        """
        return read_record(path, is_beside=self.is_beside)

    @contextmanager
    def locked_output(self, on_wait: Callable[[str], None]) -> Iterator[Announce]:
        """Hold an exclusive lock on the output folder for the duration of the block.

        Args:
            on_wait: Called once with a description of the process that holds the lock, if there is one.

        Yields:
            A function that notes in the store that this process holds the lock.

        Raises:
            StorageError: The folder cannot be created or locked.
        """
        with locked_folder(self.output, self.store.lock_note(self.output), on_wait=on_wait) as announce:
            _remove_old_lock(self.output / _OLD_LOCK_NAME)
            yield announce


def _below(root: Path, folder: str) -> Path:
    """Return a folder of the project, relative to the current folder, which may be inside the project."""
    path = root / folder
    return path if root == Path() or path.is_absolute() else Path(os.path.relpath(path))


def folder_beside(name: str) -> Path:
    """Return the folder that contains a text or a built file; the current folder for the name of a work."""
    path = Path(name)
    with suppress(OSError, ValueError):  # too long, or with a NUL character
        if os.path.lexists(path):
            return path.parent if path.name else path / ".."
    return Path()


def _only_folder(named: Sequence[str]) -> Path:
    folders = {folder_beside(name).resolve(): folder_beside(name) for name in named}
    if len(folders) > 1:
        raise UsageError(
            "the books are in different folders", hint="name those of one folder at a time, or make a project"
        )
    return next(iter(folders.values()), Path())


def _remove_old_lock(path: Path) -> None:
    """Remove the lock file of an earlier version, if the file is one."""
    with suppress(OSError):  # usually it does not exist, and it is harmless
        if is_lock_note(read_file(path, 100)):
            path.unlink()
