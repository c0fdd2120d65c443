"""`book.toml`: what a folder says about its book, in our own keys or in those of mdBook."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from audiobook.errors import SourceError
from audiobook.sources.encoding.decode import decode_text
from audiobook.sources.folder.bundle import BOOK_FILE
from audiobook.sources.front_matter.entries import Entry, toml_entries
from audiobook.sources.front_matter.header import FrontMatter, understood
from audiobook.toml import line_of_key, parse_toml

ORDER: Final = "order"
_OF_MDBOOK: Final = frozenset(("book", "build", "output", "preprocessor", "rust"))
"""Tables that mdBook has."""
_SHARED: Final = ("title", "authors", "description", "language")
"""Keys of mdBook's table `book` that mean the same here."""
_USUAL_SOURCE: Final = "src"


class BookFile(msgspec.Struct, frozen=True):
    """What a `book.toml` says.

    Attributes:
        front: Title, authors and so on.
        order: Names of the chapter files in order, each with `path:line`; empty leaves the order to the names.
        texts: Folder of the texts, relative to that of the book; "" for the same.
    """

    front: FrontMatter = msgspec.field(default_factory=FrontMatter)
    order: tuple[tuple[str, str], ...] = ()
    texts: str = ""


def read_book_file(data: bytes | None, name: str) -> BookFile:
    """Return what a `book.toml` says; nothing if there is none.

    Args:
        data: Its bytes, or None.
        name: Name of its folder in messages.

    Raises:
        SourceError: It contains a mistake. The error gives `path:line`.
    """
    if data is None:
        return BookFile()
    name = f"{name}/{BOOK_FILE}"
    text = decode_text(data, name, None)
    table = parse_toml(text, name, SourceError)
    book = table.get("book")
    shared = list(_shared(book, text, name)) if isinstance(book, dict) else []
    own = [entry for entry in toml_entries(text, name, 1) if entry.key not in (*_OF_MDBOOK, ORDER)]
    known = {entry.key for entry in own}
    entries = [*own, *(entry for entry in shared if entry.key not in known)]
    source = book.get("src", _USUAL_SOURCE) if isinstance(book, dict) else ""
    return BookFile(
        understood(entries, name),
        tuple(_order(table, text, name)),
        _folder(source, text, name),
    )


def _shared(book: dict[str, Any], text: str, name: str) -> Iterator[Entry]:
    """Yield the entries of mdBook's table that say something about the book."""
    lines = text.split("\n")
    for key in _SHARED:
        value = book.get(key)
        where = line_of_key(lines, key) or line_of_key(lines, "book") or 1
        if isinstance(value, str) and value:
            yield Entry(key, value, where)
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            yield Entry(key, tuple(value), where)


def _order(table: dict[str, Any], text: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the chapter files that are listed, each with `path:line`."""
    if ORDER not in table:
        return
    lines = text.split("\n")
    first = line_of_key(lines, ORDER) or 1
    listed = table[ORDER]
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed) or not listed:
        raise SourceError(
            f"“{ORDER}” must be a list of file names",
            where=f"{name}:{first}",
            hint=f'write it like this: {ORDER} = ["preface.md", "storm.md"]',
        )
    at = first
    for each in listed:
        at = next((n for n in range(at, len(lines) + 1) if each in lines[n - 1]), at)
        yield _inside(each, f"{name}:{at}"), f"{name}:{at}"


def _folder(source: object, text: str, name: str) -> str:
    where = f"{name}:{line_of_key(text.split(chr(10)), 'src') or 1}"
    if not isinstance(source, str):
        raise SourceError("“src” must be the name of a folder", where=where)
    return "" if not source or posixpath.normpath(source) == "." else _inside(source, where)


def _inside(given: str, where: str) -> str:
    name = posixpath.normpath(given)
    if name.startswith(("../", "/")) or name in ("..", ".") or "\\" in given:
        raise SourceError(f"“{given[:100]}” is outside the folder of the book", where=where)
    return name
