"""The inodes of files that are replaced, kept until all new files are written.

A server that does not find a file by its name looks for its inode. Systems give the inode of a removed file to the next new one,
so the server would take the sound of a book for its old `metadata.json`, and show the old and the new sound as one book.

Source: Audiobookshelf 2.36, `server/scanner/LibraryItemScanData.js`, `checkLibraryItemData`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_FOLDER: Final = ".audiobook-replaced"


@contextmanager
def kept_inodes(library: Path, files: Iterable[str]) -> Iterator[None]:
    """Keep the inodes of files, relative to a library, from being used again in the meantime."""
    folder = library / _FOLDER
    _remove(folder)  # of a killed export
    try:
        for number, file in enumerate(files):
            with suppress(OSError):  # there is no such file, or the system has no hard links
                folder.mkdir(exist_ok=True)
                os.link(library / file, folder / str(number), follow_symlinks=False)
        yield
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove the links; files of others stay."""
    with suppress(OSError):
        if not folder.is_symlink():
            for path in folder.iterdir():
                if path.name.isdecimal():
                    path.unlink()
            folder.rmdir()
