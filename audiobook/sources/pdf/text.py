"""Extracting pieces of lines and their positions from a PDF, in a child process (see `child`).

Source: ISO 32000-1, section 9.10 (extraction of text); PDFium's `fpdf_text.h`.
"""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.sources.child import set_limits
from audiobook.sources.pdf.note_marks import enclose_mark, is_raised, may_hold_mark

if TYPE_CHECKING:
    import pypdfium2

LINE_END_HYPHEN: Final = "\x02"
"""PDFium's character for a soft or hard hyphen at the end of a line."""
_WIDE_GAP: Final = 1.6
"""Minimum gap between two columns, relative to the font size."""
_INITIAL: Final = 1.6
"""Minimum size of a raised initial, relative to the letters after it."""
_LONGEST_MARKED: Final = 100
"""Longest word, in characters, that is searched for a note mark."""
_MOST_CHARS: Final = 30_000_000
_MOST_PAGES: Final = 50_000
_MOST_ENTRIES: Final = 5_000
_PASSWORD_ERRORS: Final = (4, 5)


class Piece(msgspec.Struct, array_like=True):
    """A line, or the part of it within one column. Positions in points, from the left and bottom edges.

    Attributes:
        text: The words. Ends in `LINE_END_HYPHEN` if a word continues on the next line. Note marks are enclosed
            as in `note_marks`.
        left: Left edge.
        right: Right edge.
        y: Baseline.
        size: Font size.
    """

    text: str
    left: float
    right: float
    y: float
    size: float


class PdfPage(msgspec.Struct, array_like=True):
    """A page: its pieces in the order of the file, and whether it consists of pictures."""

    pieces: list[Piece]
    has_pictures: bool


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
    sys.stdout.buffer.write(msgspec.json.encode(_read(sys.stdin.buffer.read())))


def _read(data: bytes) -> Pdf:
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
            pdf.pages.append(PdfPage([], has_pictures=False))
            continue
        chars += text.count_chars()
        if chars > _MOST_CHARS:
            return Pdf(refused="long")
        pieces = list(_pieces(text))
        pdf.pages.append(PdfPage(pieces, has_pictures=not pieces and _has_pictures(page)))
        page.close()
    pdf.outline = list(_outline(document))
    return pdf


def _field(document: pypdfium2.PdfDocument, key: str) -> str:
    return _clean(str(document.get_metadata_value(key)))[:1000]


def _clean(text: str) -> str:
    """Return a text without lone surrogates and NUL characters."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _outline(document: pypdfium2.PdfDocument) -> Iterator[Entry]:
    for bookmark in islice(document.get_toc(), _MOST_ENTRIES):
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and page < len(document):
            yield Entry(_clean(bookmark.get_title())[:1000], bookmark.level + 1, page)


def _has_pictures(page: pypdfium2.PdfPage) -> bool:
    from pypdfium2 import raw  # after the limits are set

    return any(thing.type == raw.FPDF_PAGEOBJ_IMAGE for thing in page.get_objects(max_depth=3))


def _pieces(page: pypdfium2.PdfTextPage) -> Iterator[Piece]:
    """Yield the lines of a page, split at wide gaps between words."""
    piece: Piece | None = None
    for start, end, after in _words(page):
        word, left, right, y, size = _measured(page, start, end)
        if not word:
            continue
        reach = max(size, 1.0)
        if piece and abs(piece.y - y) < reach * 0.6 and -reach < left - piece.right < _WIDE_GAP * reach:
            if len(piece.text) == 1 and piece.size >= _INITIAL * reach:
                piece.size = size
            piece.text += f" {word}"
            piece.right = max(piece.right, right)
        else:
            if piece:
                yield piece
            piece = Piece(word, left, right, y, size)
        if word.endswith(LINE_END_HYPHEN) or after == "line":
            yield piece
            piece = None
    if piece:
        yield piece


def _words(page: pypdfium2.PdfTextPage) -> Iterator[tuple[int, int, str]]:
    """Yield the (start, end) of each run of characters without spaces, and what ends it: `line` or `space`."""
    from pypdfium2 import raw  # after the limits are set

    start: int | None = None
    for at in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page, at)
        if code in (10, 13):
            if start is not None:
                yield start, at, "line"
            start = None
        elif code == 2:
            yield at if start is None else start, at + 1, "line"
            start = None
        elif code <= 32 or code == 0xA0:
            if start is not None:
                yield start, at, "space"
            start = None
        elif start is None:
            start = at
    if start is not None:
        yield start, page.count_chars(), "line"


def _measured(page: pypdfium2.PdfTextPage, start: int, end: int) -> tuple[str, float, float, float, float]:
    from pypdfium2 import raw  # after the limits are set

    units = [raw.FPDFText_GetUnicode(page, at) for at in range(start, end)]
    word = _clean("".join(chr(unit) for unit in units if unit <= sys.maxunicode))
    box = [ctypes.c_double() for _ in range(4)]
    raw.FPDFText_GetCharBox(page, start, *box)
    left = box[0].value
    last = end - 1 if end - start < 2 or units[-1] != 2 else end - 2
    raw.FPDFText_GetCharBox(page, last, *box)
    right = max(box[1].value, left)
    y, size = _set(page, start)
    if start < last and word[0].isupper():
        second = _set(page, start + 1)
        if size >= _INITIAL * second[1] > 0:
            y, size = second
    if end - start == len(word) <= _LONGEST_MARKED and may_hold_mark(word):
        placed = [_set(page, at) for at in range(start, end)]
        word = enclose_mark(word, [is_raised(high, small, y, size) for high, small in placed])
    values = [value if math.isfinite(value) else 0.0 for value in (left, right)]
    return word, values[0], values[1], y, size


def _set(page: pypdfium2.PdfTextPage, at: int) -> tuple[float, float]:
    """Return a character's baseline, measured from the bottom of the page, and its size, both in points."""
    from pypdfium2 import raw  # after the limits are set

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(page, at, x, y)
    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(page, at, matrix):
        scale = math.hypot(matrix.c, matrix.d)
    size = raw.FPDFText_GetFontSize(page, at) * scale
    values = [value if math.isfinite(value) else 0.0 for value in (y.value, size)]
    return round(values[0], 2), round(abs(values[1]), 2)


if __name__ == "__main__":
    main()
