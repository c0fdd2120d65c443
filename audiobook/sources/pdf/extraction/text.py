"""Extracting pieces of lines and their positions from a PDF, in a child process (see `child`).

Source: ISO 32000-1, section 9.10 (extraction of text); PDFium's `fpdf_text.h`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.child import set_limits
from audiobook.sources.pdf.extraction.pieces import PdfPage, clean_text, read_page

if TYPE_CHECKING:
    import pypdfium2

_MOST_CHARS: Final = 30_000_000
_MOST_PAGES: Final = 50_000
_MOST_ENTRIES: Final = 5_000
_PASSWORD_ERRORS: Final = (4, 5)


class Entry(msgspec.Struct, array_like=True):
    """An outline entry: its title, its depth from 1, and the page it points to, from 0."""

    title: str
    level: int
    page: int


class Pdf(msgspec.Struct):
    """The content of a file, or in `refused` the reason why it cannot be read.

    In a scan, the text of the pages has been recognised.
    """

    pages: list[PdfPage] = []
    outline: list[Entry] = []
    title: str = ""
    author: str = ""
    refused: str = ""
    is_scanned: bool = False


def main() -> None:
    """Read a PDF from standard input and write its content as JSON to standard output."""
    set_limits(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.buffer.write(msgspec.json.encode(read_document(sys.stdin.buffer.read())))


def read_document(data: bytes) -> Pdf:
    """Read the pieces of all pages, the outline and the metadata of a file."""
    import pypdfium2  # after the limits are set

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = error.err_code in _PASSWORD_ERRORS
        return Pdf(refused="encrypted" if encrypted else "damaged")
    if len(document) > _MOST_PAGES:
        return Pdf(refused="long")
    pdf = Pdf(title=_field(document, "Title"), author=_field(document, "Author"))
    chars = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            pdf.pages.append(PdfPage([]))
            continue
        chars += text.count_chars()
        if chars > _MOST_CHARS:
            return Pdf(refused="long")
        read = read_page(text)
        read.has_pictures = not read.pieces and _has_pictures(page)
        pdf.pages.append(read)
        page.close()
    pdf.outline = list(_outline(document))
    return pdf


def _field(document: pypdfium2.PdfDocument, key: str) -> str:
    return _decoded(lambda: str(document.get_metadata_value(key)))


def _outline(document: pypdfium2.PdfDocument) -> Iterator[Entry]:
    for bookmark in islice(document.get_toc(), _MOST_ENTRIES):
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and page < len(document):
            yield Entry(_decoded(bookmark.get_title), bookmark.level + 1, page)


def _decoded(read: Callable[[], str]) -> str:
    """Return a title or a name; "" if it contains a lone surrogate, which the library cannot decode."""
    try:
        return clean_text(read())[:1000]
    except UnicodeDecodeError:
        return ""


def _has_pictures(page: pypdfium2.PdfPage) -> bool:
    from pypdfium2 import raw  # after the limits are set

    return any(thing.type == raw.FPDF_PAGEOBJ_IMAGE for thing in page.get_objects(max_depth=3))


if __name__ == "__main__":
    main()
