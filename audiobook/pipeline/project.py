"""The folders of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.clips.store import ClipStore
from audiobook.settings import Settings
from audiobook.system.locks import Announce, is_lock_note, locked_folder
from audiobook.system.opening import read_file, require_own_folder

_OLD_LOCK_NAME: Final = ".audiobook.lock"
"""Lock file that earlier versions left in the output folder."""


@dataclass(frozen=True, slots=True)
class Project:
    """The texts, the output and the store of a project."""

    texts: Path
    output: Path
    store: ClipStore

    @classmethod
    def at(cls, root: Path, settings: Settings) -> Project:
        """Return the folders named in the settings, relative to the project root."""
        return cls(root / settings.texts, root / settings.output, ClipStore(root / settings.store))

    def folder(self, language: str) -> Path:
        """Return the output folder of a language.

        Raises:
            StorageError: The folder is a link, which could lead out of the output folder.
        """
        return require_own_folder(self.output / language)

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


def _remove_old_lock(path: Path) -> None:
    """Remove the lock file of an earlier version, if it is really one."""
    with suppress(OSError):  # usually missing, and harmless if it stays
        if is_lock_note(read_file(path, 100)):
            path.unlink()
