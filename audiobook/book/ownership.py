"""Whose is a file in the output folder? What this program did not make is never replaced unasked.

Files are known again though their record is not there: a build that is killed leaves a cover and an MP3 whose record
was not written yet. An MP3 says in its tag who made it; a cover has the digits of its own digest in its name; a record,
whole or damaged, begins like every record.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.book.mp3_head import is_own_mp3
from audiobook.book.record import CoverRecord
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import digest_file, sweep_temporaries
from audiobook.system.opening import is_regular, is_there

NOT_OURS: Final = "was not made by audiobook"
_BEGINNING: Final = re.compile(rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"slug"\s*:')
_BEGINNING_BYTES: Final = 200
_NOTHING: Final = b"\0 \t\r\n"
_COVER: Final = re.compile(r"([A-Za-z0-9_-]+)\.cover-([0-9a-f]{8})\.jpg")
_BUILT: Final = re.compile(rf"[A-Za-z0-9_-]+\.(?:mp3|json)|{_COVER.pattern}")


def is_own_book(path: Path) -> bool:
    """Whether a file is an MP3 of ours; an empty one holds nothing that could be lost."""
    return is_regular(path) and (not path.stat().st_size or is_own_mp3(path))


def is_own_record(path: Path) -> bool:
    """Whether a file is a record, though it may be damaged; an empty one holds nothing that could be lost."""
    if not is_regular(path):
        return False
    try:
        with open(path, "rb") as stream:
            start = stream.read(_BEGINNING_BYTES)
    except OSError:
        return False
    is_cut_off = b'{"format":1,"slug":"'.startswith(start)
    return is_cut_off or not start.strip(_NOTHING) or _BEGINNING.match(start) is not None


def is_own_cover(path: Path) -> bool:
    """Whether a file has the digits in its name that its bytes ask for, as the covers of books have."""
    digits = path.stem.rpartition("-")[2]
    return is_regular(path) and (digest_file(path) or "").startswith(digits)


def strangers(folder: Path, slug: str) -> Iterator[Path]:
    """Yield the files in the place of a work's MP3 and record that this program did not make.

    It is asked where no record says what was built. A folder is passed over: it is in the way of everybody.

    Args:
        folder: Where the work's files belong, `output/<lang>`.
        slug: The work's.
    """
    kinds: tuple[tuple[str, Callable[[Path], bool]], ...] = ((".mp3", is_own_book), (".json", is_own_record))
    for ending, is_own in kinds:
        path = folder / f"{slug}{ending}"
        if is_there(path) and not path.is_dir() and not is_own(path):
            yield path


def stranger(path: Path) -> OutputMismatch:
    """Return the error that says that a file is left alone, and what to do."""
    return OutputMismatch(
        f"{NOT_OURS}, so it is left as it is",
        where=path.as_posix(),
        hint="move it elsewhere, or replace it: audiobook build --force",
    )


def require_place(path: Path) -> None:
    """Make sure that one of a book's files can be at a path: that it is there, or nothing is.

    Raises:
        OutputMismatch: A link, a folder or a pipe is there, which is not ours to follow or to replace.
    """
    if is_there(path) and not is_regular(path):
        kind = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "not a regular file"
        raise OutputMismatch(
            f"is {kind}, and the book's file belongs there",
            where=os.fspath(path),
            hint="move it away and build again",
        )


def sweep_half_built(folder: Path) -> None:
    """Remove what killed builds left half-written in the folder of a language."""
    sweep_temporaries(folder, names=_BUILT)


def covers_in(folder: Path) -> dict[str, list[str]]:
    """Return the names of all covers in the folder of a language by the slugs of their works."""
    found: dict[str, list[str]] = {}
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            if parts := _COVER.fullmatch(path.name):
                found.setdefault(parts[1], []).append(path.name)
    return found


def remove_covers(folder: Path, names: Iterable[str], before: CoverRecord | None = None) -> None:
    """Remove covers that no record names; failing to remove one does no harm.

    Args:
        folder: Folder of the covers, `output/<lang>`.
        names: Names of covers. A file whose digest does not begin with the digits in its name was not made here,
            and is kept.
        before: The cover that the previous record named, removed even if it is damaged.
    """
    for name in names:
        with suppress(OSError, StorageError):
            if (before and name == before.name and is_regular(folder / name)) or is_own_cover(folder / name):
                (folder / name).unlink()
