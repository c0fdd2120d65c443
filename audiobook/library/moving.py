"""Moving the folder of a book, because a media server recognises a book by its folder, whatever the name.

Source: Audiobookshelf 2.36, `server/scanner/LibraryScanner.js`: an item is found by its path, or else by the inode of its folder.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath


def folder_to_move(library: Path, files: Collection[str], folder: str, passing: str) -> str | None:
    """Return the folder that a book is in, if it is another one than it should be in and can be moved there.

    Args:
        library: The folder of the library.
        files: Paths of the files that earlier exports wrote, relative to the library; also those in `folder`, if a
            move was killed.
        folder: Where the book should be, relative to the library.
        passing: Where a move that was killed may have left it; see `move_book`.
    """
    names = {PurePosixPath(path).name for path in files}
    homes = {str(PurePosixPath(path).parent) for path in files} - {folder, "."}
    places = {passing: [f"{passing}/{name}" for name in names]}
    places |= {
        home: [path for path in files if str(PurePosixPath(path).parent) == home] for home in sorted(homes)
    }
    if any((library / path).is_file() for path in files if str(PurePosixPath(path).parent) == folder):
        return None
    # The folder of a book may now be that of a series around it.
    held = (home for home, paths in places.items() if any((library / path).is_file() for path in paths))
    home = next((home for home in held if _is_own(library, home)), None)
    if home is None or home == passing or _are_nested(home, folder):
        return home
    target = library / folder
    return None if target.exists() and not target.samefile(library / home) else home


def move_book(library: Path, home: str, folder: str, passing: str) -> bool:
    """Move the folder of a book, with everything in it, and remove folders around it that become empty.

    Args:
        library: The folder of the library.
        home: Where the book is, from `folder_to_move`.
        folder: Where it should be.
        passing: A folder that it passes through if one of the others is inside the other.

    Returns:
        Whether it was moved.
    """
    try:
        if not _are_nested(home, folder):
            _rename(library, home, folder)
            return True
        _rename(library, home, passing)
        try:
            _rename(library, passing, folder)
        except OSError:
            _rename(library, passing, home)
            return False
    except OSError:  # the files are then written anew, and removed from the old folder
        return False
    return True


def remove_empty(library: Path, folder: PurePosixPath) -> None:
    """Remove a folder of a library and those around it, as far as they are empty."""
    for each in (folder, *folder.parents[:-1]):
        try:
            (library / each).rmdir()
        except FileNotFoundError:
            continue
        except OSError:  # it is not empty
            return


def _rename(library: Path, old: str, new: str) -> None:
    """Rename a folder.

    Raises:
        OSError: It cannot be renamed, or there is something with the new name.
    """
    target = library / new
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # it is there and empty if it was around the old folder
        target.rmdir()
    (library / old).rename(target)
    remove_empty(library, PurePosixPath(old).parent)


def _are_nested(one: str, other: str) -> bool:
    first, second = PurePosixPath(one), PurePosixPath(other)
    return first.is_relative_to(second) or second.is_relative_to(first)


def _is_own(library: Path, folder: str) -> bool:
    """Return whether a folder is there, and is not behind a link."""
    path = PurePosixPath(folder)
    return (library / path).is_dir() and not any(
        (library / each).is_symlink() for each in (path, *path.parents[:-1])
    )
