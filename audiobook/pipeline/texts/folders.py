"""Folders of chapter files, packed into bytes, so that changes are noticed as in any other text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from audiobook.errors import SourceError
from audiobook.files import read_source
from audiobook.files.reading import LARGEST_SOURCE_BYTES
from audiobook.sources.base import ending_of
from audiobook.sources.folder.book_file import read_book_file
from audiobook.sources.folder.bundle import (
    BOOK_FILE,
    COVERS,
    PICTURES,
    WHOLE_BOOKS,
    Bundle,
    chapter_endings,
    packed,
)
from audiobook.sources.links import spelled

_MOST_FILES: Final = 20_000
_DEEPEST: Final = 20
_OF_SCRIVENER: Final = ".scriv"
_SKIPPED_SILENTLY: Final = (".toml", ".pls")
"""Extensions of lexicons and settings, which accompany texts and are not listed as left out."""


def text_bytes(path: Path, name: str) -> bytes:
    """Return the contents of a text: of a file, or of all files in a folder that belong to the text.

    Args:
        path: The file or folder.
        name: Name of the text, shown in messages.

    Raises:
        SourceError: The text cannot be read, is far too large, or belongs to a program that must export it first.
    """
    return packed(_bundle(path, name)) if path.is_dir() else read_source(path, name)


def is_book_folder(path: Path) -> bool:
    """Return whether a folder contains a text, or cannot be accessed, in which case reading it reports the problem."""
    try:
        return any(ending_of(each.name) in chapter_endings() | WHOLE_BOOKS for each, _ in _files(path))
    except OSError:
        return True


def is_picture_folder(path: Path) -> bool:
    """Return whether a folder contains pictures and nothing else."""
    try:
        found = [ending_of(each.name) in PICTURES for each, _ in _files(path)]
    except OSError:
        return False
    return bool(found) and all(found)


def _bundle(folder: Path, name: str) -> Bundle:
    if folder.name.lower().endswith(_OF_SCRIVENER):
        raise SourceError(
            "is a project of Scrivener",
            where=name,
            hint="compile it in Scrivener (File > Compile) as Markdown, Word or EPUB, and name that",
        )
    try:
        found = list(_files(folder))
    except OSError as error:
        where = f"{name}/{Path(error.filename).name}" if error.filename != os.fspath(folder) else name
        raise SourceError(f"cannot be read: {error.strerror}", where=where) from error
    if len(found) > _MOST_FILES:
        raise SourceError(f"contains more than {_MOST_FILES} files", where=name)
    given = folder / BOOK_FILE
    is_described = (given, True) in found and given.is_file()
    book = read_book_file(read_source(given, f"{name}/{BOOK_FILE}") if is_described else None, name)
    texts = f"{book.texts}/" if book.texts and (folder / book.texts).is_dir() else ""
    cover = book.front.cover
    files: list[tuple[str, bytes]] = []
    others: list[str] = []
    size = 0
    for path, is_inside in found:
        shown = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")
        if not shown.startswith(texts) and shown != BOOK_FILE and not _is_cover(shown, cover):
            continue  # mdBook's output and theme
        if not is_inside:
            others.append(shown)
        elif _is_read(shown, cover):
            data = read_source(path, f"{name}/{shown}")
            size += len(data)
            files.append((shown, data))
        elif ending_of(shown) not in _SKIPPED_SILENTLY:
            others.append(shown)
        if size > LARGEST_SOURCE_BYTES:
            raise SourceError(f"is larger than {LARGEST_SOURCE_BYTES >> 20} MB", where=name)
    return Bundle(tuple(files), tuple(others))


def _is_read(name: str, cover: str | None) -> bool:
    """Return whether a file is part of the text: a chapter, the cover, or the description of the book."""
    return _is_cover(name, cover) or name == BOOK_FILE or ending_of(name) in chapter_endings()


def _is_cover(name: str, named: str | None) -> bool:
    ending = ending_of(name)
    is_named = named is not None and spelled(named, (name,)) == name
    return ending in PICTURES and (is_named or (name[: -len(ending)] == "cover" and ending in COVERS))


def _files(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the visible files in a folder and its subfolders, in order, each with whether it is inside the folder.

    Links to folders, and links that lead out of the folder, are not followed.

    Raises:
        OSError: A folder cannot be read.
    """
    top = folder.resolve()

    def walk(here: Path, depth: int) -> Iterator[tuple[Path, bool]]:
        for entry in sorted(here.iterdir(), key=lambda each: each.name):
            if entry.name.startswith(".") or entry.name.endswith("~"):
                continue
            if entry.is_symlink():
                yield entry, entry.is_file() and entry.resolve().is_relative_to(top)
            elif entry.is_dir():
                if depth < _DEEPEST:
                    yield from walk(entry, depth + 1)
                else:
                    yield entry, False
            else:
                yield entry, True

    yield from walk(folder, 0)


__all__ = ["is_book_folder", "is_picture_folder", "text_bytes"]
