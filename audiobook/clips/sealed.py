"""Values in files, each with a digest of its name and value that is checked when it is read."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from audiobook.files import atomic_write, storage_error
from audiobook.system.opening import ASIDE, NotRegular, read_file, require_own_folder, set_aside

_MOST_BYTES: Final = 256 << 20
"""The longest value is a sentence of an hour as WAV."""
_ANY: Final = re.compile(".*")


class SealedFolder:
    """A folder of sealed values. A file is the value, a line feed, and the SHA-256 of name, line feed and value."""

    def __init__(self, folder: Path, names: re.Pattern[str] = _ANY) -> None:
        """Use a folder, which is created with the first value.

        Args:
            folder: The folder.
            names: Pattern of the names that may be stored; what a killed process leaves of others is not recognised.
        """
        self.folder = folder
        self._names = names
        self._aside = folder.parent / ASIDE

    def get(self, name: str) -> bytes | None:
        """Return a value; None if it is missing or damaged.

        Raises:
            StorageError: It cannot be read, or the folder is a link.
        """
        path = require_own_folder(self.folder) / name
        try:
            return unsealed(name, read_file(path, _MOST_BYTES))
        except FileNotFoundError:
            return None
        except NotRegular:
            set_aside(path, self._aside)
            return None
        except OSError as error:
            raise storage_error(error, path, "reading") from error

    def put(self, name: str, value: bytes) -> None:
        """Store a value.

        Raises:
            StorageError: It cannot be written, or the folder is a link.
        """
        assert self._names.fullmatch(name), name
        path = require_own_folder(self.folder) / name
        if path.is_dir():
            set_aside(path, self._aside)
        # Not synced: the seal detects a value damaged by a power failure, which is then created again.
        with atomic_write(path, sync=False) as stream:
            for piece in (value, b"\n", _seal(name, value)):  # without copying a long value
                stream.write(piece)


def unsealed(name: str, data: bytes) -> bytes | None:
    """Return the value in a file of a name; None if the seal does not match name and value."""
    value, _, seal = data.rpartition(b"\n")
    return value if seal == _seal(name, value) else None


def _seal(name: str, value: bytes) -> bytes:
    state = hashlib.sha256(name.encode() + b"\n")
    state.update(value)
    return state.hexdigest().encode()
