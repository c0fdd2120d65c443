"""Values kept in files by name, each with a digest of name and value, and never trusted without it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from audiobook.files import storage_error, write_bytes
from audiobook.system.opening import ASIDE, NotRegular, read_file, require_own_folder, set_aside

_MOST_BYTES: Final = 256 << 20
"""No value is longer: a sentence of an hour as WAV."""


class SealedFolder:
    """A folder of sealed values; a file is the value, a line end, and the SHA-256 of name, line end and value."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when the first value is put."""
        self.folder = folder
        self._aside = folder.parent / ASIDE

    def get(self, name: str) -> bytes | None:
        """Return a value; None when there is none, or it is damaged.

        Raises:
            StorageError: It is there but cannot be read, or the folder is a link.
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
        """Keep a value.

        Raises:
            StorageError: It cannot be written, or the folder is a link.
        """
        path = require_own_folder(self.folder) / name
        if path.is_dir():
            set_aside(path, self._aside)
        # Not synced: a value that a power loss damages fails its seal and is made again.
        write_bytes(path, value + b"\n" + _seal(name, value), sync=False)


def unsealed(name: str, data: bytes) -> bytes | None:
    """Return the value that a file of a name holds, None if its seal is not that of name and value."""
    value, _, seal = data.rpartition(b"\n")
    return value if seal == _seal(name, value) else None


def _seal(name: str, value: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + value).hexdigest().encode()
