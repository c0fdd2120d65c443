"""Letters written from right to left: their order on the page, and the order in which they are read.

PDFium's own order of such lines mixes up brackets, numbers, vowel signs and words in other scripts. So the characters
of these pages are arranged by their positions, and put in the order of reading when the lines are complete.

Source: Unicode Standard Annex 9 (the bidirectional algorithm), applied in reverse.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from audiobook.sources.pdf.extraction.chars import LINE_END_HYPHEN, Chars

_RTL: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_DIGITS: Final = "0-9\u0660-\u0669\u06f0-\u06f9"
RTL_LETTER: Final = re.compile(f"(?![{_DIGITS}])[{_RTL}]")
_WIDE_GAP: Final = 1.0
_WORD_GAP: Final = 0.16
_WORD_GAP_BESIDES_SPACES: Final = 0.3
"""Minimum gap between two words, relative to the font size."""
_LETTERS_OF_WORDS: Final = 20
_LETTER: Final = re.compile(r"[^\W\d_]")
_ARABIC_LETTER: Final = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_CURRENCY: Final = "[$€£₪¥#]?"
_WORDS_OR_NUMBER: Final = (
    r"[^\W\d_{rtl}](?:[^{rtl}]*(?:[^\W\d_{rtl}]|{number}))?"  # Latin words, and numbers after them
    r"|{number}"
)
_NUMBER: Final = rf"{_CURRENCY}[{_DIGITS}]+(?:[.,:/{{joins}}\u066b\u066c][{_DIGITS}]+)*[%‰°$€£₪]?"
_HEBREW_RUN: Final = re.compile(_WORDS_OR_NUMBER.format(rtl=_RTL, number=_NUMBER.format(joins="+\\-")))
_ARABIC_RUN: Final = re.compile(_WORDS_OR_NUMBER.format(rtl=_RTL, number=_NUMBER.format(joins="")))
"""In Hebrew, numbers joined by a hyphen are written from left to right, in Arabic from right to left."""
_RIGHT_TO_LEFT: Final = re.compile(rf"(?![{_DIGITS}])[{_RTL}](?:[\W\d_]*(?![{_DIGITS}])[{_RTL}])*")
_BRACKETS: Final = "()[]{}<>«»‹›\x03\x04"
_MIRRORED: Final = str.maketrans(
    _BRACKETS, "".join(b + a for a, b in zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True))
)
_WRONG_BRACKET: Final = re.compile(r"(?:(?<=\s)|(?<=^))[)\]}](?=\w)|(?<=\w)[(\[{](?=[\s.,;:!?]|$)")
"""Matches brackets that PDFium has mirrored although they are between words of different directions."""


class VisualRow(msgspec.Struct):
    """A piece of a line; see `Piece`. Its characters are in the order of the page, from left to right."""

    text: str
    left: float
    right: float
    y: float
    size: float
    bold: bool


class _Glyph(msgspec.Struct):
    text: str
    left: float
    right: float
    y: float
    size: float
    at: int
    signs: list[str] = msgspec.field(default_factory=list)

    def seen(self) -> str:
        """Return the letter with its signs in visual order: the signs first."""
        return "".join(sorted(self.signs, key=unicodedata.combining))[::-1] + self.text


def visual_rows(chars: Chars) -> Iterator[VisualRow]:
    """Yield the pieces of a page by the positions of its characters."""
    glyphs, signs = _glyphs(chars)
    rows = _by_baseline(glyphs)
    _attach(signs, rows)
    for row in rows:
        row.sort(key=_order)
        word_gap = _gap_of_words(row)
        for piece in _split(row):
            text = "".join(_spaced(piece, word_gap)).strip()
            if text:
                first = piece[0]
                yield VisualRow(
                    text,
                    first.left,
                    max(glyph.right for glyph in piece),
                    first.y,
                    max(glyph.size for glyph in piece),
                    chars.is_bold(first.at),
                )


def _glyphs(chars: Chars) -> tuple[list[_Glyph], list[_Glyph]]:
    """Return the characters that take up room, and the vowel signs and other marks set above or below them."""
    glyphs: list[_Glyph] = []
    signs: list[_Glyph] = []
    size = 0.0
    for at, char in enumerate(chars.text):
        if char < " " and char != LINE_END_HYPHEN:
            size = 0.0
            continue
        size = size or chars.setting(at).size
        left, right, y = chars.place(at)
        if char in " \xa0":
            if right - left > 0.01:
                glyphs.append(_Glyph(" ", left, right, y, size, at))
            size = 0.0
            continue
        text = unicodedata.normalize("NFKC", char)[::-1] if "\ufb1d" <= char <= "\ufefc" else char
        glyph = _Glyph(text, left, right, y, size, at)
        (signs if unicodedata.combining(char) else glyphs).append(glyph)
    return glyphs, signs


def _by_baseline(glyphs: Sequence[_Glyph]) -> list[list[_Glyph]]:
    rows: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.y):
        if rows and rows[-1][0].y - glyph.y < 0.5 * max(glyph.size, rows[-1][0].size, 1.0):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return rows


def _attach(signs: Sequence[_Glyph], rows: Sequence[list[_Glyph]]) -> None:
    """Add each vowel sign to the letter with which it was drawn, or to the one below or above it."""
    heights = [-row[0].y for row in rows]
    lefts = [
        sorted((glyph.left, number) for number, glyph in enumerate(row) if glyph.text != " ") for row in rows
    ]
    for sign in signs:
        near = bisect_left(heights, -sign.y)
        found = min(
            (
                each
                for row in range(max(near - 1, 0), min(near + 2, len(rows)))
                for each in _near(sign, rows[row], lefts[row])
            ),
            key=lambda each: each[0],
            default=None,
        )
        if found:
            found[1].signs.append(sign.text)


def _near(
    sign: _Glyph, row: Sequence[_Glyph], lefts: Sequence[tuple[float, int]]
) -> Iterator[tuple[float, _Glyph]]:
    """Yield the letters of a row that may bear a sign, and their distance from it."""
    middle = (sign.left + sign.right) / 2
    same = bisect_left(lefts, (sign.left, -1))
    after = bisect_left(lefts, (middle, len(row)))
    for _, number in (*lefts[same : same + 1], *lefts[max(after - 2, 0) : after + 1]):
        glyph = row[number]
        across = 0.0 if glyph.left == sign.left else 0.1 + max(glyph.left - middle, middle - glyph.right, 0.0)
        yield across + 2 * abs(glyph.y - sign.y), glyph


def _split(row: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """Split a row at wide gaps."""
    piece: list[_Glyph] = []
    reach = 0.0
    for glyph in row:
        if glyph.text == " ":
            if piece:
                piece.append(glyph)
            continue
        if piece and glyph.left - reach > _WIDE_GAP * max(glyph.size, 1.0):
            yield piece
            piece = []
        reach = max(reach, glyph.right) if piece else glyph.right
        piece.append(glyph)
    if piece:
        yield piece


def _order(glyph: _Glyph) -> tuple[float, float, int]:
    """Return a key that sorts letters from left to right; those of a ligature begin at one place."""
    return glyph.left, glyph.right, glyph.at


def _gap_of_words(row: Sequence[_Glyph]) -> float:
    """Return the minimum gap between two words: wider if the text has spaces, as letters may be spaced."""
    spaces = sum(glyph.text == " " for glyph in row)
    return _WORD_GAP_BESIDES_SPACES if _LETTERS_OF_WORDS * spaces >= len(row) else _WORD_GAP


def _spaced(piece: Sequence[_Glyph], word_gap: float) -> Iterator[str]:
    reach = piece[0].left
    after_space = False
    for glyph in piece:
        if glyph.text == " ":
            after_space = True
            continue
        if after_space or glyph.left - reach > word_gap * max(glyph.size, 1.0):
            yield " "
        yield glyph.seen()
        reach, after_space = max(reach, glyph.right), False


def is_right_to_left(texts: Sequence[str]) -> bool:
    """Return whether most letters of some texts are written from right to left."""
    right = sum(len(RTL_LETTER.findall(text)) for text in texts)
    return right > 0 and 2 * right > sum(len(_LETTER.findall(text)) for text in texts)


def in_reading_order(text: str, *, right_to_left: bool) -> str:
    """Put a line of visual order in the order in which it is read.

    Args:
        text: The line as seen, from left to right.
        right_to_left: Whether the text as a whole is written from right to left.
    """
    if not RTL_LETTER.search(text):
        return text
    ordered = (
        _reversed(text) if right_to_left else _RIGHT_TO_LEFT.sub(lambda found: _reversed(found[0]), text)
    )
    return _WRONG_BRACKET.sub(lambda found: found[0].translate(_MIRRORED), ordered)


def _reversed(text: str) -> str:
    """Reverse a text except for the words and numbers in it that are written from left to right."""
    kept = _ARABIC_RUN if _ARABIC_LETTER.search(text) else _HEBREW_RUN
    parts: list[str] = []
    end = 0
    for found in kept.finditer(text):
        parts += (text[end : found.start()][::-1].translate(_MIRRORED), found[0])
        end = found.end()
    parts.append(text[end:][::-1].translate(_MIRRORED))
    return "".join(reversed(parts))
