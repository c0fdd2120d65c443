"""The list of the files that were exported to a library, so that only these are replaced or removed.

It is a hidden file at the top of the library, which media servers do not show.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import OutputMismatch
from audiobook.files import read_whole, write_swept
from audiobook.system.opening import is_regular

LEDGER_NAME: Final = ".audiobook-library.json"
_FORMAT: Final = 1
_DEEPEST: Final = 4
_NAME: Final = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]*")


class ShelvedBook(msgspec.Struct, frozen=True):
    """A book in a library.

    Attributes:
        folder: Its folder, relative to the library, with `/` between its parts.
        files: SHA-256 digests that were written, by path relative to the library. While a book is being written, they
            are those of its old files too.
        origin: Digest of the output folder and name of the work; empty in lists of earlier versions. It recognises
            a book whose authors have changed.
    """

    folder: str
    files: dict[str, tuple[str, ...]]
    origin: str = ""


class Ledger(msgspec.Struct, frozen=True):
    """The books of a library by their identifiers; see `readalong.package.identifier`."""

    format: int
    books: dict[str, ShelvedBook]


def is_library(folder: Path) -> bool:
    """Return whether books were exported to a folder."""
    return is_regular(folder / LEDGER_NAME)


def read_ledger(library: Path) -> dict[str, ShelvedBook]:
    """Return the books that were exported to a library.

    Raises:
        OutputMismatch: The list is damaged, was edited, or is of another version.
        StorageError: It cannot be read.
    """
    data = read_whole(library / LEDGER_NAME)
    if data is None:
        return {}
    try:
        ledger = msgspec.json.decode(data, type=Ledger)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(library, f"is not a valid list: {error}") from error
    if ledger.format != _FORMAT:
        raise _damaged(library, f"is a list of format {ledger.format}, not {_FORMAT}")
    for book in ledger.books.values():
        paths = [path.split("/") for path in (book.folder, *book.files)]
        if any(len(parts) > _DEEPEST or not all(map(_NAME.fullmatch, parts)) for parts in paths):
            raise _damaged(library, "names files that this program does not write")
    return ledger.books


def write_ledger(library: Path, books: dict[str, ShelvedBook]) -> None:
    """Write the list.

    Raises:
        StorageError: It cannot be written.
    """
    ordered = dict(sorted(books.items()))
    write_swept(library / LEDGER_NAME, msgspec.json.encode(Ledger(_FORMAT, ordered)) + b"\n")


def _damaged(library: Path, why: str) -> OutputMismatch:
    return OutputMismatch(
        why,
        where=(library / LEDGER_NAME).as_posix(),
        hint="remove it, and the folders of the books to export again",
    )
