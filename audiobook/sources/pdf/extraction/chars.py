"""The characters of a PDF page and where they are, as PDFium reports them.

Source: PDFium's `fpdf_text.h`; ISO 32000-1, section 9.4.4 (text space).
"""

from __future__ import annotations

import ctypes
import math
import re
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import pypdfium2

LINE_END_HYPHEN: Final = "\x02"
"""PDFium's character for a soft or hard hyphen at the end of a line."""
OBLIQUE: Final = -1
_MOST_SKEWED_DEG: Final = 8.0
_HIGH: Final = 0.2
_BOLD: Final = re.compile(rb"bold|black|heavy|demi|cmbx|sfbx|-medi\b", re.IGNORECASE)
_FORCE_BOLD: Final = 1 << 18
_NAME_BYTES: Final = 128


class Setting(NamedTuple):
    """How a character is set.

    Attributes:
        turn: Direction of writing in quarter turns anticlockwise from left to right; `OBLIQUE` for any other direction.
        size: Font size in points.
    """

    turn: int
    size: float


class Chars:
    """The characters of a page, by index.

    Attributes:
        text: One character per index; what cannot be represented is a space.
    """

    def __init__(self, page: pypdfium2.PdfTextPage) -> None:
        from pypdfium2 import raw  # after the limits are set

        self._raw = raw
        self._page = page.raw
        self._box = [ctypes.c_double() for _ in range(4)]
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._matrix = raw.FS_MATRIX()
        self._room = raw.FS_RECTF()
        self._name = ctypes.create_string_buffer(_NAME_BYTES)
        self._flags = ctypes.c_int()
        self.text = self._read_text(page.count_chars())

    def _read_text(self, count: int) -> str:
        """Return the page's text in one call if its indices are those of the characters, else one by one."""
        buffer = (ctypes.c_ushort * (count + 1))()
        if count and self._raw.FPDFText_GetText(self._page, 0, count, buffer) == count + 1:
            text = bytes(buffer).decode("utf-16-le", "replace")[:count]
            if len(text) == count and "\0" not in text:
                return text.replace("\ufffe", LINE_END_HYPHEN)
        codes = (self._raw.FPDFText_GetUnicode(self._page, at) for at in range(count))
        return "".join(chr(code) if 0 < code <= sys.maxunicode else " " for code in codes)

    def box(self, at: int, turn: int) -> tuple[float, float]:
        """Return the left and right edge of a character, seen in a direction of writing."""
        left, right, bottom, top = self._box
        self._raw.FPDFText_GetCharBox(self._page, at, left, right, bottom, top)
        match turn:
            case 1:
                edges = bottom.value, top.value
            case 2:
                edges = -right.value, -left.value
            case 3:
                edges = -top.value, -bottom.value
            case _:
                edges = left.value, right.value
        return _finite(edges[0]), _finite(edges[1])

    def is_high(self, at: int, y: float, size: float) -> bool:
        """Return whether a figure is drawn well above its baseline, as superscripts of a font are.

        Args:
            at: Index of the character.
            y: Its baseline, from the bottom of the page.
            size: Its font size, in points.
        """
        left, right, bottom, top = self._box
        self._raw.FPDFText_GetCharBox(self._page, at, left, right, bottom, top)
        return self.text[at].isdecimal() and bottom.value - y > _HIGH * size > 0

    def place(self, at: int) -> tuple[float, float, float]:
        """Return where a character begins and ends, with the room that its font gives it, and its baseline."""
        self._raw.FPDFText_GetLooseCharBox(self._page, at, self._room)
        self._raw.FPDFText_GetCharOrigin(self._page, at, self._x, self._y)
        left = _finite(self._x.value)
        return left, max(_finite(self._room.right), left), _finite(self._y.value)

    def baseline(self, at: int, turn: int) -> float:
        """Return the height of a character's baseline, seen in a direction of writing."""
        self._raw.FPDFText_GetCharOrigin(self._page, at, self._x, self._y)
        match turn:
            case 1:
                y = -self._x.value
            case 2:
                y = -self._y.value
            case 3:
                y = self._x.value
            case _:
                y = self._y.value
        return round(_finite(y), 2)

    def setting(self, at: int) -> Setting:
        """Return how a character is set."""
        turn, scale = 0, 1.0
        matrix = self._matrix
        if self._raw.FPDFText_GetMatrix(self._page, at, matrix):
            turn = _turn(matrix.a, matrix.b)
            scale = math.hypot(matrix.c, matrix.d)
        size = _finite(self._raw.FPDFText_GetFontSize(self._page, at) * scale)
        return Setting(turn, round(abs(size), 2))

    def is_bold(self, at: int) -> bool:
        """Return whether a character's font is bold, by its name and flags."""
        self._raw.FPDFText_GetFontInfo(self._page, at, self._name, _NAME_BYTES, self._flags)
        return bool(self._flags.value & _FORCE_BOLD) or _BOLD.search(self._name.value) is not None


def _turn(a: float, b: float) -> int:
    """Return the quarter turns of a text matrix, from its first column."""
    if not (math.isfinite(a) and math.isfinite(b)) or not (a or b):
        return 0
    degrees = math.degrees(math.atan2(b, a))
    quarters = round(degrees / 90)
    return quarters % 4 if abs(degrees - 90 * quarters) <= _MOST_SKEWED_DEG else OBLIQUE


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
