"""Recognising a store, and the files in it that this program made: nothing else is ever removed.

Users choose the folder, and may choose one that contains other files. So the store marks the folders that it creates.
Stores of earlier versions have no mark; they are recognised because they contain only what a store contains.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from audiobook.clips.sealed import unsealed
from audiobook.errors import StorageError
from audiobook.files import digest, storage_error, write_bytes
from audiobook.system.opening import ASIDE, is_regular, is_there, read_file, require_own_folder, set_aside

MARK_NAME: Final = ".audiobook-store"
USUAL_NAME: Final = ".audiobook"
"""The default name of the folder; a folder of this name is ours."""
SITE: Final = "site"
SITE_LOCK: Final = "site.lock"
SITE_LIST: Final = "publication.json"
"""The list in the folder that `serve` publishes into."""
_MARK: Final = (
    b"This folder is a store of audiobook, which removes what it keeps here when it is told to.\n"
    b"Keep nothing of your own in it.\n"
)
_DIGEST: Final = "[0-9a-f]{64}"
_BUCKET: Final = re.compile(r"[0-9a-f]{2}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LOCK_NOTE: Final = re.compile(r"build-[0-9a-f]{8}\.lock")
MARK: Final = re.compile(re.escape(MARK_NAME))
NAMES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "clips": re.compile(rf"{_DIGEST}\.clip"),
        "heard": re.compile(rf"{_DIGEST}-[0-9a-f]{{32}}"),
        "narrated": re.compile(_DIGEST),
        "notes": re.compile(
            rf"(?:files|frames|fresh)-[0-9a-f]{{16}}|(?:loudness|sample|speed)-{_DIGEST}|told-[A-Za-z0-9._-]+"
        ),
        "renewed": re.compile(rf"[A-Za-z0-9._-]+-{_DIGEST}"),
        "replies": re.compile(rf"[A-Za-z0-9._-]+-{_DIGEST}"),
        "shared": re.compile(r"pace-[A-Za-z0-9._-]+\.json"),
    }
)
"""Patterns for the names of the files in each folder."""
_ALL_NAMES: Final = "|".join(f"(?:{names.pattern})" for names in (*NAMES.values(), _LOCK_NOTE))
_ASIDE: Final = re.compile(rf"(?:{_ALL_NAMES}|{re.escape(MARK_NAME)})(?:\.[0-9]+)?")
_HALF: Final = re.compile(rf"\.(?:{_ALL_NAMES}|{re.escape(MARK_NAME)})\.[0-9]+\.part")
_SHARED: Final = "shared"
_SEALED: Final = frozenset({"notes", "renewed", "replies"})
_MOST_SEALED_BYTES: Final = 4 << 20


def lock_note(store: Path, output: Path) -> Path:
    """Return the path of the file in a store that names the process writing to an output folder."""
    return store / f"build-{digest(os.fsencode(output.absolute()))[:8]}.lock"


def is_marked(store: Path) -> bool:
    """Return whether a folder has the mark of a store."""
    try:
        return read_file(store / MARK_NAME, len(_MARK) + 1) == _MARK
    except OSError:
        return False


def is_ours(store: Path) -> bool:
    """Return whether a folder is a store: it has the mark or the default name, or contains only what a store contains.

    Raises:
        StorageError: It cannot be read.
    """
    if is_marked(store):
        return True
    if store.name == USUAL_NAME and not store.is_symlink():
        return store.is_dir()
    return store.is_dir() and all(map(_is_like_ours, _entries(store)))


def claim(store: Path) -> bool:
    """Create and mark the folder of a store; a folder that contains anything else is not marked.

    Returns:
        Whether it has the mark.

    Raises:
        StorageError: The folder or the mark cannot be created.
    """
    if is_marked(store):
        return True
    try:
        store.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise StorageError("is not a folder", where=os.fspath(store), hint="move it elsewhere") from error
    except OSError as error:
        raise storage_error(error, store, "writing") from error
    if not is_ours(store):
        return False
    mark = store / MARK_NAME
    if is_there(mark) and not is_regular(mark):
        set_aside(mark, store / ASIDE)
    write_bytes(mark, _MARK)
    return True


def folders(store: Path) -> Iterator[tuple[str, Path]]:
    """Yield (part of the store, folder) for each folder with files of ours.

    Raises:
        StorageError: A folder is a link, or cannot be read.
    """
    for part in (*NAMES, ASIDE):
        folder = require_own_folder(store / part)
        if part != "clips":
            if part == _SHARED:
                yield ASIDE, require_own_folder(folder / ASIDE)
            yield part, folder
            continue
        for entry in _entries(folder):
            if _BUCKET.fullmatch(entry.name):
                yield part, require_own_folder(Path(entry.path))


def own_files(store: Path, *parts: str) -> Iterator[Path]:
    """Yield our files in some parts of a store, in order of their names.

    Raises:
        StorageError: A folder is a link, or cannot be read.
    """
    for part, folder in folders(store):
        if part in parts:
            for entry in _entries(folder):
                if _is_our_file(part, entry):
                    yield Path(entry.path)


def own_lock_notes(store: Path) -> list[Path]:
    """Return the files in a store that name the processes writing to output folders."""
    return [
        Path(entry.path)
        for entry in _entries(store)
        if _LOCK_NOTE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
    ]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise storage_error(error, folder, "reading") from error


def _is_our_file(part: str, entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a file with one of our names or our seal."""
    if entry.is_dir(follow_symlinks=False):
        return False
    if part == ASIDE:
        return _ASIDE.fullmatch(entry.name) is not None
    if part == "clips" and entry.name[:2] != Path(entry.path).parent.name:
        return False
    if NAMES[part].fullmatch(entry.name):
        return True
    return part in _SEALED and _PLAIN.fullmatch(entry.name) is not None and _is_sealed(entry)


def _is_sealed(entry: os.DirEntry[str]) -> bool:
    """Return whether a file is a sealed value, which a third-party engine may store under any name."""
    try:
        return unsealed(entry.name, read_file(Path(entry.path), _MOST_SEALED_BYTES)) is not None
    except OSError:
        return False


def _is_like_ours(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry of a folder could have been created by a store."""
    path, name = Path(entry.path), entry.name
    if name in (MARK_NAME, SITE_LOCK) or _LOCK_NOTE.fullmatch(name) or _HALF.fullmatch(name):
        return True
    if not entry.is_dir(follow_symlinks=False):
        return False
    if name == SITE:
        return is_regular(path / SITE_LIST) or not _entries(path)
    if name == "clips":
        return all(_BUCKET.fullmatch(inner.name) and _holds_only("clips", inner) for inner in _entries(path))
    return (name in NAMES or name == ASIDE) and _holds_only(name, entry)


def _holds_only(part: str, folder: os.DirEntry[str]) -> bool:
    return folder.is_dir(follow_symlinks=False) and all(
        _is_our_file(part, entry)
        or _HALF.fullmatch(entry.name)
        or (part == _SHARED and entry.name == ASIDE and _holds_only(ASIDE, entry))
        for entry in _entries(Path(folder.path))
    )
