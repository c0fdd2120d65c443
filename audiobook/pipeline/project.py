"""Where a project's folders are."""

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
"""What earlier versions locked in the output folder."""


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project's folders are."""

    texts: Path
    output: Path
    store: ClipStore

    @classmethod
    def at(cls, root: Path, settings: Settings) -> Project:
        """Give the folders that the settings name, seen from the project's root."""
        return cls(root / settings.texts, root / settings.output, ClipStore(root / settings.store))

    def folder(self, language: str) -> Path:
        """Return where the outputs of a language are.

        Raises:
            StorageError: It is a link, which could lead out of the output folder.
        """
        return require_own_folder(self.output / language)

    @contextmanager
    def locked_output(self, on_wait: Callable[[str], None]) -> Iterator[Announce]:
        """Keep every other process from writing into the output folder for the length of the block.

        Args:
            on_wait: Called once with who writes there, if it has to be waited for.

        Yields:
            A function that writes into the store who writes there.

        Raises:
            StorageError: The folder cannot be made or locked.
        """
        with locked_folder(self.output, self.store.lock_note(self.output), on_wait=on_wait) as announce:
            _remove_old_lock(self.output / _OLD_LOCK_NAME)
            yield announce


def _remove_old_lock(path: Path) -> None:
    """Remove a lock file of earlier versions, if it is one."""
    with suppress(OSError):  # missing as a rule; one that cannot be removed does no harm
        if is_lock_note(read_file(path, 100)):
            path.unlink()
