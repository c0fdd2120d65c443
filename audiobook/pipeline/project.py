"""The folders of a project, or, without one, of books next to their texts."""

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
    """A built work, possibly missing or damaged.

    Attributes:
        path: Its record.
        language: BCP 47 tag; "" for a damaged record next to its text, because only the record would tell.
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
        is_beside: Whether there is no project: the files of a book are in `output` itself, the folder of its text.
    """

    texts: Path
    output: Path
    store: ClipStore
    is_beside: bool = False

    @classmethod
    def at(cls, root: Path, settings: Settings, named: Sequence[str] = ()) -> Project:
        """Return the folders named in the settings.

        Args:
            root: Folder of the project, relative to the current folder.
            settings: Its settings.
            named: The works that the user names; without a project, books are in their folder.

        Raises:
            UsageError: There is no project, and the works are in several folders.
        """
        store = ClipStore(_below(root, settings.store))
        if settings.output == BESIDE:
            folder = _only_folder(named)
            return cls(folder / settings.texts, folder, store, is_beside=True)
        return cls(root / settings.texts, _below(root, settings.output), store)

    def folder(self, language: str) -> Path:
        """Return the output folder of a language.

        Raises:
            StorageError: The folder is a link, which could lead out of the output folder.
        """
        return self.output if self.is_beside else require_own_folder(self.output / language)

    def built(self) -> list[BuiltWork]:
        """Return the built works in the order of their paths.

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
            OutputMismatch: It is damaged, was edited, has another version, or contains impossible values.
            StorageError: It cannot be read.
        """
        return read_record(path, is_beside=self.is_beside)

    @contextmanager
    def locked_output(self, on_wait: Callable[[str], None]) -> Iterator[Announce]:
        """Hold an exclusive lock on the output folder for the duration of the block.

        Args:
            on_wait: Called once with the holder of the lock, if it is taken.

        Yields:
            A function that notes in the store that this process holds the lock.

        Raises:
            StorageError: The folder cannot be created or locked.
        """
        with locked_folder(self.output, self.store.lock_note(self.output), on_wait=on_wait) as announce:
            _remove_old_lock(self.output / _OLD_LOCK_NAME)
            yield announce


def _below(root: Path, folder: str) -> Path:
    """Return a folder of the project as seen from the current folder, which may be below the project's."""
    path = root / folder
    return path if root == Path() or path.is_absolute() else Path(os.path.relpath(path))


def folder_beside(name: str) -> Path:
    """Return the folder that contains a text or a built file, or the current one for the name of a work."""
    path = Path(name)
    with suppress(OSError, ValueError):  # the name is too long, or contains a NUL
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
    """Remove the lock file of an earlier version, if it is really one."""
    with suppress(OSError):  # usually missing, and harmless if it stays
        if is_lock_note(read_file(path, 100)):
            path.unlink()
