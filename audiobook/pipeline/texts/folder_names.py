"""The names of files in folders, read once, so that missing files need not be looked for one by one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

MayHave = Callable[[Path, str], bool]
"""Returns whether a file of a name may be in a folder; only False is certain."""


class FolderNames:
    """The names of files in folders.

    A folder may have thousands of texts, each of which may have a cover, a script and a lexicon.
    """

    def __init__(self) -> None:
        """Start without any names; folders are read when they are needed."""
        self._names: dict[str, frozenset[str] | None] = {}

    def may_have(self, folder: Path, name: str) -> bool:
        """Return whether a file of a name may be in a folder; only False is certain.

        Some file systems ignore case, or store accents in another form, so such names may match.
        """
        place = os.fspath(folder)
        if place not in self._names:
            self._names[place] = _names_in(place)
        names = self._names[place]
        return names is None or not name.isascii() or name.lower() in names


def may_be_there(folder: Path, name: str) -> bool:
    """Return whether a file of a name may be in a folder, without reading the folder; only False is certain."""
    return not name.isascii() or os.path.lexists(folder / name)


def _names_in(folder: str) -> frozenset[str] | None:
    """Return the names in a folder, in lower case; None if it cannot be read, so that it may contain any file."""
    try:
        return frozenset(map(str.casefold, os.listdir(folder)))  # noqa: PTH208 - the names alone are needed
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError:
        return None
