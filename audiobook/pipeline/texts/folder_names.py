"""The names in folders, read once, so that files that are not there do not have to be looked for one by one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

MayHave = Callable[[Path, str], bool]
"""Returns whether something of a name may be in a folder; only False is certain."""


class FolderNames:
    """The names in folders; a library has thousands of texts in one, each of which could have a cover, a script and a lexicon."""

    def __init__(self) -> None:
        """Read no folder yet."""
        self._names: dict[str, frozenset[str] | None] = {}

    def may_have(self, folder: Path, name: str) -> bool:
        """Return whether something of a name may be in a folder; only False is certain.

        Some systems do not distinguish upper and lower case, or store accents in another way.
        """
        place = os.fspath(folder)
        if place not in self._names:
            self._names[place] = _names_in(place)
        names = self._names[place]
        return names is None or not name.isascii() or name.lower() in names


def may_be_there(folder: Path, name: str) -> bool:
    """Return the same for one file, without reading the folder."""
    return not name.isascii() or os.path.lexists(folder / name)


def _names_in(folder: str) -> frozenset[str] | None:
    """Return the names in a folder without regard to case; None if it cannot be read, so that anything may be in it."""
    try:
        return frozenset(map(str.casefold, os.listdir(folder)))  # noqa: PTH208 - the names alone are needed
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError:
        return None
