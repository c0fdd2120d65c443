"""Values kept in files by name, each with a digest of name and value, and never trusted without it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from audiobook.files import storage_error, write_bytes


class SealedFolder:
    """A folder of sealed values; a file is the value, a line end, and the SHA-256 of name, line end and value."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when the first value is put."""
        self.folder = folder

    def get(self, name: str) -> bytes | None:
        """Give a value; None when there is none, or it is damaged.

        Raises:
            StorageError: It is there but cannot be read.
        """
        try:
            data = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, self.folder, "reading") from error
        value, _, seal = data.rpartition(b"\n")
        return value if seal == _seal(name, value) else None

    def put(self, name: str, value: bytes) -> None:
        """Keep a value.

        Raises:
            StorageError: It cannot be written.
        """
        # Not synced: a value that a power loss damages fails its seal and is made again.
        write_bytes(self.folder / name, value + b"\n" + _seal(name, value), sync=False)


def _seal(name: str, value: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + value).hexdigest().encode()
