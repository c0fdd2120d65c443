"""Checking an EPUB that was exported next to its record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from audiobook.book.record import Record
from audiobook.errors import OutputMismatch
from audiobook.files import storage_error
from audiobook.readalong.epub import is_made_from, is_own_epub
from audiobook.system.opening import open_to_read


def check_epub(record: Record, path: Path, name: str) -> Iterator[OutputMismatch]:
    """Yield a message for each problem; nothing if the EPUB does not exist, or was made by another program.

    Args:
        record: Record of the work.
        path: The EPUB.
        name: Its name in messages.

    Raises:
        StorageError: It cannot be read.
    """
    if not is_own_epub(path):
        return
    hint = f"export it again: audiobook export {record.slug} --to epub --lang {record.language}"
    if not is_made_from(record, path):
        yield OutputMismatch("was exported from an earlier build", where=name, hint=hint)
    yield from damages(path, name, hint)


def damages(path: Path, name: str, hint: str) -> Iterator[OutputMismatch]:
    """Yield a message if a ZIP archive is damaged.

    Args:
        path: The archive.
        name: Its name in messages.
        hint: What to do.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        with open_to_read(path) as stream, ZipFile(stream) as archive:
            stated = sum(member.file_size for member in archive.infolist())
            bad = "its members are too long" if stated > path.stat().st_size else archive.testzip()
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        bad = str(error)
    except OSError as error:
        raise storage_error(error, path, "reading") from error
    if bad:
        yield OutputMismatch(f"is damaged: {bad}", where=name, hint=hint)
