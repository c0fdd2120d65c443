"""Unpacking a Kindle book with the package `mobi`, in a child process (see `child`)."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from audiobook.child import set_limits
from audiobook.errors import SourceError
from audiobook.sources.mobi.pages import as_epub

_LARGEST_FILE_BYTES: Final = 256 << 20


class Unpacked(msgspec.Struct):
    """An unpacked book, or the reason why it cannot be read.

    Attributes:
        epub: The book as an EPUB.
        refused: Message and hint of the error.
    """

    epub: bytes = b""
    refused: tuple[str, str | None] | None = None


def main() -> None:
    """Read a book from standard input and write it as MessagePack; the third argument is the file's name."""
    set_limits(int(sys.argv[1]), int(sys.argv[2]))
    _limit_files()
    data = sys.stdin.buffer.read()
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with tempfile.TemporaryDirectory(prefix="audiobook-") as folder, contextlib.redirect_stdout(sys.stderr):
        try:
            unpacked = unpack_book(data, Path(folder))
        except SourceError as error:
            unpacked = Unpacked(refused=(error.message, error.hint))
    with answer:
        answer.write(msgspec.msgpack.encode(unpacked))


def _limit_files() -> None:
    """Limit the length of files, on systems that support it."""
    try:
        import resource  # not available on Windows
    except ImportError:
        return
    _, hardest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE_BYTES, hardest))


def unpack_book(data: bytes, folder: Path) -> Unpacked:
    """Unpack a book; the package prints to standard output.

    Args:
        data: The file's bytes.
        folder: An empty folder for the files of the book.

    Raises:
        SourceError: The book cannot be read.
    """
    from mobi.kindleunpack import unpackBook  # after the limits are set

    book = folder / "book.mobi"
    book.write_bytes(data)
    target = folder / "unpacked"
    target.mkdir()
    try:
        unpackBook(str(book), str(target), epubver="A")
    except MemoryError:
        raise
    except Exception as error:
        # The package raises many kinds of exceptions for invalid books.
        raise SourceError(
            "is damaged, or not a readable MOBI book", hint="download or save the file again"
        ) from error
    epub = target / "mobi8" / "book.epub"
    page = target / "mobi7" / "book.html"
    if epub.is_file():
        return Unpacked(epub.read_bytes())
    if page.is_file():
        return Unpacked(_old_book(page))
    raise SourceError("contains no book", hint="a print replica (.azw4) is a PDF: convert it to one")


def _old_book(page: Path) -> bytes:
    package, navigation = page.with_name("content.opf"), page.with_name("toc.ncx")
    cover = next(iter(sorted(page.parent.glob("Images/cover*"))), None)
    return as_epub(
        page.read_bytes(),
        package.read_text("utf-8", "replace"),
        navigation.read_text("utf-8", "replace") if navigation.is_file() else None,
        cover.read_bytes() if cover else None,
    )


if __name__ == "__main__":
    main()
