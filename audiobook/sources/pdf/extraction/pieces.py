"""The pieces of lines on a PDF page, in the direction of most of its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.sources.pdf.extraction.chars import LINE_END_HYPHEN, OBLIQUE, Chars
from audiobook.sources.pdf.extraction.note_marks import MARK_END, enclose_mark, is_raised, may_hold_mark
from audiobook.sources.pdf.extraction.right_to_left import RTL_LETTER, visual_rows

if TYPE_CHECKING:
    import pypdfium2

_WIDE_GAP: Final = 1.0
"""Minimum gap between two pieces of a line, relative to the font size."""
_STRETCHED: Final = 1.8
"""Maximum gap, as a multiple of the line's median gap, that is a space of a justified line and not between columns."""
_STRETCHED_MOST: Final = 3.0
_MOST_GAPS: Final = 500
_INITIAL: Final = 1.6
"""Minimum size of a raised initial, relative to the letters after it."""
_GLUED: Final = 0.3
"""Maximum gap between a word and a raised mark, relative to the font size of the word."""
_CLOSE: Final = 0.12
_CLOSE_SIGN: Final = 0.3
"""Maximum gap between a note mark and the rest of its word, relative to the font size."""
_CLOSING: Final = ",.;:!?)]”’»"
_MARK: Final = re.compile(r"[\d*†‡+\u2212]\S{0,7}")
_ORDINAL: Final = re.compile(r"[a-zª-º]{1,3}\W{0,2}")
_NUMBER_BEFORE: Final = re.compile(r"(?:\d|\b[IVXLC]{2,8})$")
_LONGEST_LINE_CHARS: Final = 2000
_LONGEST_MARKED: Final = 100
"""Longest word, in characters, that is searched for a note mark."""
_SHARE_TO_READ: Final = 0.25
"""Minimum share of a page's characters in a second direction for that text to be read, after the rest."""
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
        left: Left edge of the page, in points, as seen in the direction of its text.
        right: Right edge; equal to `left` if the size of the page is unknown.
        height: Height of the page.
    """

    pieces: list[Piece]
    has_pictures: bool = False
    aside: list[Piece] = []
    left: float = 0.0
    right: float = 0.0
    height: float = 0.0


def clean_text(text: str) -> str:
    """Return a text without lone surrogates and NUL characters."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_page(page: pypdfium2.PdfTextPage) -> PdfPage:
    """Read the lines of a page, split at wide gaps between words."""
    chars = Chars(page)
    if RTL_LETTER.search(chars.text):
        rows = visual_rows(chars)
        pieces = [Piece(clean_text(row.text), row.left, row.right, row.y, row.size, row.bold) for row in rows]
        return _measured_page(pieces, page, 0)
    by_turn: dict[int, list[Piece]] = {}
    counts: Counter[int] = Counter()
    for turn, piece in _pieces(chars):
        by_turn.setdefault(turn, []).append(piece)
        counts[turn] += len(piece.text)
    if not counts:
        return PdfPage([])
    main = max(counts, key=lambda turn: (turn != OBLIQUE, counts[turn], -turn))
    read = _measured_page(by_turn.pop(main), page, main)
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


def _measured_page(pieces: list[Piece], page: pypdfium2.PdfTextPage, turn: int) -> PdfPage:
    """Return a page with its edges, as seen in a direction of writing."""
    left, bottom, right, top = page.page.get_cropbox()
    match turn:
        case 1:
            edges = bottom, top
        case 2:
            edges = -right, -left
        case 3:
            edges = -top, -bottom
        case _:
            edges = left, right
    height = right - left if turn in (1, 3) else top - bottom
    return PdfPage(pieces, left=edges[0], right=edges[1], height=height)


def _pieces(chars: Chars) -> Iterator[tuple[int, Piece]]:
    """Yield the pieces of a page and their directions of writing."""
    line: list[Piece] = []
    gaps: list[float] = []
    turn = 0
    for start, end, ends_line in _words(chars.text):
        word, found, next_turn = _measured(chars, start, end)
        if not word:
            continue
        gap = found.left - line[-1].right if line else 0.0
        if line and not (turn == next_turn and _is_same_line(line[-1], found)):
            yield from ((turn, piece) for piece in _joined(line, gaps))
            line, gaps = [], []
        if line and (_is_glued(line[-1], found) or gap < _WIDE_GAP * max(found.size, 1.0)):
            _append(line[-1], word, found)
            line[-1].bold = line[-1].bold and chars.is_bold(start)
        else:
            found.bold = chars.is_bold(start)
            line.append(found)
        if len(gaps) < _MOST_GAPS:
            gaps.append(gap)
        turn = next_turn
        if word.endswith(LINE_END_HYPHEN) or (
            ends_line and not _is_followed_by_mark(chars, line[-1], end, turn)
        ):
            yield from ((turn, piece) for piece in _joined(line, gaps))
            line, gaps = [], []
    yield from ((turn, piece) for piece in _joined(line, gaps))


def _joined(line: list[Piece], gaps: list[float]) -> Iterator[Piece]:
    """Yield the pieces of a line, joined where the gap between them is no wider than usual in this line.

    Args:
        line: The pieces.
        gaps: The gap before each word of the line.
    """
    usual = sorted(gaps[1:])[len(gaps[1:]) // 2] if len(gaps) > 1 else 0.0
    piece: Piece | None = None
    for each in line:
        if piece and each.left - piece.right <= min(
            _STRETCHED * usual, _STRETCHED_MOST * max(each.size, 1.0)
        ):
            piece.text += f" {each.text}"
            piece.right = each.right
            piece.bold = piece.bold and each.bold
            continue
        if piece:
            yield piece
        piece = each
    if piece:
        yield piece


def _is_same_line(piece: Piece, word: Piece) -> bool:
    """Return whether a word continues the line of the words before it."""
    reach = max(word.size, piece.size, 1.0) if _is_glued(piece, word) else max(word.size, 1.0)
    return abs(piece.y - word.y) < reach * 0.6 and -reach < word.left - piece.right


def _append(piece: Piece, word: str, found: Piece) -> None:
    """Add a word to a piece; a raised one becomes part of the word before it."""
    if _is_glued(piece, found):
        head, space, before = piece.text.rpartition(" ")
        marked = enclose_mark(before + word, [*(False for _ in before), *(True for _ in word)])
        piece.text = f"{head}{space}{marked}"
    else:
        is_initial = len(piece.text) == 1 and piece.size >= _INITIAL * max(found.size, 1.0)
        if is_initial or is_raised(piece.y, piece.size, found.y, found.size):
            piece.y, piece.size = (piece.y, found.size) if is_initial else (found.y, found.size)
        nearest = _CLOSE_SIGN if word[0] in _CLOSING else _CLOSE
        is_close = piece.text.endswith(MARK_END) and found.left - piece.right < nearest * max(found.size, 1.0)
        piece.text += word if is_close else f" {word}"
    piece.right = max(piece.right, found.right)


def _is_glued(piece: Piece, word: Piece) -> bool:
    """Return whether a word is a raised mark, or the ending of an ordinal, right after the word before it."""
    gap = word.left - piece.right
    if (
        not is_raised(word.y, word.size, piece.y, piece.size)
        or not -0.3 * piece.size < gap < _GLUED * piece.size
    ):
        return False
    if _MARK.fullmatch(word.text):
        return True
    return _ORDINAL.fullmatch(word.text) is not None and _NUMBER_BEFORE.search(piece.text[-10:]) is not None


def _is_followed_by_mark(chars: Chars, piece: Piece, end: int, turn: int) -> bool:
    """Return whether PDFium breaks a line merely because the next word is raised."""
    found = _WORD.search(chars.text, end, end + 12)
    if not found:
        return False
    word, measured, next_turn = _measured(chars, *found.span())
    return bool(word) and turn == next_turn and _is_glued(piece, measured)


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
        raised = []
        for at in range(start, end):
            high, small = chars.baseline(at, turn), chars.setting(at).size
            raised.append(is_raised(high, small, y, size) or (turn == 0 and chars.is_high(at, high, small)))
        word = enclose_mark(word, raised)
    return word, Piece(word, left, right, y, size), turn
