"""The noted digests of output files, so that files are not read again while nobody has touched them.

A file counts as untouched if its inode, length and times are those that were noted with its digest; see `file_state`.
`audiobook check` always reads the files.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from audiobook.clips.sealed import SealedFolder
from audiobook.errors import StorageError
from audiobook.files import digest
from audiobook.pipeline.planning.file_state import FileState, state_of

_Files = dict[str, tuple[FileState | None, str]]
"""State and SHA-256 of each file by name. Records have no state, because they are read anyway."""


class _Table(msgspec.Struct):
    """The noted files of one folder."""

    name: str
    files: _Files
    has_changed: bool = False


class KnownFiles:
    """The noted files of a project. There is one note for each folder."""

    def __init__(self, notes: SealedFolder) -> None:
        """Use the notes in a store. A note that is damaged or cannot be read counts as missing."""
        self._notes = notes
        self._began_ns = time.time_ns()
        self._tables: dict[Path, _Table] = {}
        self._before: dict[Path, FileState | None] = {}

    def unknown(self, paths: Iterable[Path]) -> list[Path]:
        """Return the files that must be read. The current states of all files are remembered for `digest_of`."""
        self._before = {path: state_of(path) for path in paths}
        return [path for path, state in self._before.items() if self._noted(path, state) is None]

    def digest_of(self, path: Path, read: Callable[[Path], str | None]) -> str | None:
        """Return the SHA-256 of a file, which is only read if the digest is not known.

        Args:
            path: The file.
            read: Reads a file and returns its digest; see `files.digest_file`.

        Returns:
            The digest; None if the file does not exist.
        """
        before = self._before[path] if path in self._before else state_of(path)
        if known := self._noted(path, before):
            return known
        sha256 = read(path)
        if before and sha256 and state_of(path) == before:
            self._note(path, before, sha256)
        return sha256

    def believes(self, record: Path, sha256: str) -> bool:
        """Return whether the record with this digest was checked before, or written by a build."""
        return self._table(record.parent).files.get(record.name, (None, ""))[1] == sha256

    def believe(self, record: Path, sha256: str) -> None:
        """Note that a record with this digest need not be checked again."""
        if not self.believes(record, sha256):
            table = self._table(record.parent)
            table.files[record.name] = None, sha256
            table.has_changed = True

    def keep(self) -> None:
        """Save the notes that have changed, if the store exists. Failures are ignored: the files are read again then."""
        if not self._notes.folder.parent.is_dir():
            return
        for folder, table in self._tables.items():
            if table.has_changed:
                there = {name: found for name, found in table.files.items() if os.path.lexists(folder / name)}
                with suppress(StorageError):
                    self._notes.put(table.name, msgspec.msgpack.encode(there))
                table.has_changed = False

    def _table(self, folder: Path) -> _Table:
        if folder not in self._tables:
            name = f"files-{digest(os.fsencode(folder.absolute()))[:16]}"
            files: _Files = {}
            with suppress(StorageError, msgspec.MsgspecError, RecursionError):
                if kept := self._notes.get(name):
                    files = msgspec.msgpack.decode(kept, type=_Files)
            self._tables[folder] = _Table(name, files)
        return self._tables[folder]

    def _noted(self, path: Path, state: FileState | None) -> str | None:
        noted, sha256 = self._table(path.parent).files.get(path.name, (None, None))
        return sha256 if state is not None and noted == state else None

    def _note(self, path: Path, state: FileState, sha256: str) -> None:
        if state.is_steady(self._began_ns):
            table = self._table(path.parent)
            table.files[path.name] = state, sha256
            table.has_changed = True
