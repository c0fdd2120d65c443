"""The pieces of lines on a PDF page, in the direction in which most of its text is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.sources.pdf.chars import LINE_END_HYPHEN, OBLIQUE, Chars
from audiobook.sources.pdf.note_marks import enclose_mark, is_raised, may_hold_mark
from audiobook.sources.pdf.right_to_left import RTL_LETTER, visual_rows

if TYPE_CHECKING:
    import pypdfium2

_WIDE_GAP: Final = 1.0
"""Minimum gap between two pieces of a line, relative to the font size."""
_INITIAL: Final = 1.6
"""Minimum size of a raised initial, relative to the letters after it."""
_LONGEST_MARKED: Final = 100
"""Longest word, in characters, that is searched for a note mark."""
_SHARE_TO_READ: Final = 0.25
"""Minimum share of a page's characters for text in a second direction to be read, after the rest."""
_WORD: Final = re.compile("[^\x00-\x20\xa0\x7f]+\x02?|\x02")


class Piece(msgspec.Struct, array_like=True):
    """A line, or the part of it within one column. Positions in points, from the left and bottom edges.

    Attributes:
        text: The words. Ends in `LINE_END_HYPHEN` if a word continues on the next line. Note marks are enclosed
            as in `note_marks`. On a page with letters written from right to left, the characters are in visual
            order, from left to right.
        left: Left edge.
        right: Right edge.
        y: Baseline.
        size: Font size.
        bold: Whether it is set in bold.
    """

    text: str
    left: float
    right: float
    y: float
    size: float
    bold: bool = False


class PdfPage(msgspec.Struct, array_like=True):
    """A page.

    Attributes:
        pieces: In the order of the file.
        has_pictures: Whether the page consists of pictures.
        aside: Pieces in another direction, such as a note along the margin.
    """

    pieces: list[Piece]
    has_pictures: bool = False
    aside: list[Piece] = []


def clean_text(text: str) -> str:
    """Return a text without lone surrogates and NUL characters."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_page(page: pypdfium2.PdfTextPage) -> PdfPage:
    """Read the lines of a page, split at wide gaps between words."""
    chars = Chars(page)
    if RTL_LETTER.search(chars.text):
        rows = visual_rows(chars)
        return PdfPage(
            [Piece(clean_text(row.text), row.left, row.right, row.y, row.size, row.bold) for row in rows]
        )
    by_turn: dict[int, list[Piece]] = {}
    counts: Counter[int] = Counter()
    for turn, piece in _pieces(chars):
        by_turn.setdefault(turn, []).append(piece)
        counts[turn] += len(piece.text)
    if not counts:
        return PdfPage([])
    main = max(counts, key=lambda turn: (turn != OBLIQUE, counts[turn], -turn))
    read = PdfPage(by_turn.pop(main))
    lowest = min(piece.y for piece in read.pieces)
    for turn, pieces in sorted(by_turn.items()):
        if turn == OBLIQUE or counts[turn] < _SHARE_TO_READ * counts.total():
            read.aside += pieces
        else:  # below the rest
            highest = max(piece.y + 4 * piece.size for piece in pieces)
            for piece in pieces:
                piece.y += lowest - highest
            read.pieces += pieces
            lowest = min(piece.y for piece in pieces)
    return read


def _pieces(chars: Chars) -> Iterator[tuple[int, Piece]]:
    """Yield the pieces of a page and their directions of writing."""
    piece: Piece | None = None
    turn = 0
    for start, end, ends_line in _words(chars.text):
        word, found, next_turn = _measured(chars, start, end)
        if not word:
            continue
        reach = max(found.size, 1.0)
        if (
            piece
            and turn == next_turn
            and abs(piece.y - found.y) < reach * 0.6
            and -reach < found.left - piece.right < _WIDE_GAP * reach
        ):
            if len(piece.text) == 1 and piece.size >= _INITIAL * reach:
                piece.size = found.size
            piece.text += f" {word}"
            piece.right = max(piece.right, found.right)
            last = start
        else:
            if piece:
                yield turn, _with_weight(chars, piece, last)
            piece, turn, last = found, next_turn, start
            piece.bold = chars.is_bold(start)
        if word.endswith(LINE_END_HYPHEN) or ends_line:
            yield turn, _with_weight(chars, piece, last)
            piece = None
    if piece:
        yield turn, _with_weight(chars, piece, last)


def _with_weight(chars: Chars, piece: Piece, last: int) -> Piece:
    piece.bold = piece.bold and chars.is_bold(last)
    return piece


def _words(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the (start, end) of each run of characters without spaces, and whether it ends its line."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        yield start, end, found[0].endswith(LINE_END_HYPHEN) or text[end : end + 1] in ("\r", "\n", "")


def _measured(chars: Chars, start: int, end: int) -> tuple[str, Piece, int]:
    """Return a word, a piece that consists of it, and its direction of writing."""
    text = chars.text[start:end]
    word = clean_text(text)
    turn, size = chars.setting(start)
    left = chars.box(start, turn)[0]
    last = end - 1 if end - start < 2 or text[-1] != LINE_END_HYPHEN else end - 2
    right = max(chars.box(last, turn)[1], left)
    y = chars.baseline(start, turn)
    if start < last and word[:1].isupper():
        second = chars.setting(start + 1).size
        if size >= _INITIAL * second > 0:
            y, size = chars.baseline(start + 1, turn), second
    if end - start == len(word) <= _LONGEST_MARKED and may_hold_mark(word):
        placed = [(chars.baseline(at, turn), chars.setting(at).size) for at in range(start, end)]
        word = enclose_mark(word, [is_raised(high, small, y, size) for high, small in placed])
    return word, Piece(word, left, right, y, size), turn
