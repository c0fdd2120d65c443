"""Whose is a file in the output folder? What this program did not make is never replaced unasked.

Files are known again though their record is not there: a build that is killed leaves a cover and an MP3 whose record
was not written yet. An MP3 says in its tag who made it; a cover has the digits of its own digest in its name; a record,
whole or damaged, begins like every record.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from audiobook.book.head import is_own_mp3
from audiobook.errors import OutputMismatch
from audiobook.files import digest_file

NOT_OURS: Final = "was not made by audiobook"
_BEGINNING: Final = re.compile(rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"slug"\s*:')
_BEGINNING_BYTES: Final = 200
_NOTHING: Final = b"\0 \t\r\n"


def is_own_book(path: Path) -> bool:
    """Whether a file is an MP3 of ours; an empty one holds nothing that could be lost."""
    return _is_regular(path) and (not path.stat().st_size or is_own_mp3(path))


def is_own_record(path: Path) -> bool:
    """Whether a file is a record, though it may be damaged; an empty one holds nothing that could be lost."""
    if not _is_regular(path):
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
    return _is_regular(path) and (digest_file(path) or "").startswith(digits)


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
        if os.path.lexists(path) and not path.is_dir() and not is_own(path):
            yield path


def stranger(path: Path) -> OutputMismatch:
    """Return the error that says that a file is left alone, and what to do."""
    return OutputMismatch(
        f"{NOT_OURS}, so it is left as it is",
        where=path.as_posix(),
        hint="move it elsewhere, or replace it: audiobook build --force",
    )


def _is_regular(path: Path) -> bool:
    """Whether a path is a file itself; a link is not, wherever it leads."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
