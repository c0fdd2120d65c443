"""Converting text to positioned glyphs: choosing fonts, shaping, and breaking into lines of similar length.

Pillow's text layout needs a library that its wheels do not include. HarfBuzz shapes the text and draws it instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.cover.bidi import levels, runs_rightwards, visual_order
from audiobook.cover.typeface import Typeface, Typefaces

if TYPE_CHECKING:
    import uharfbuzz

_SPACE_EM: Final = 0.27
"""Width of a space: that of the widest font. Kerned letters are set closer."""
_TOLERANCE: Final = 1.003
_WORD: Final = re.compile(r"(?:[^\W\d_] )?\S+")
"""Matches a word. A one-letter word is kept with the next word, as is usual in Slavic typography."""
_CLOSERS: Final = frozenset("、。，．・：；？！ー々")
"""Characters that must not start a line, in addition to closing brackets and quotation marks."""


class Glyph(msgspec.Struct, frozen=True):
    """A glyph in a line: its font, its number in the font, and its origin in em; y points up from the baseline."""

    font: uharfbuzz.Font
    number: int
    x_em: float
    y_em: float
    units: int


class Line(msgspec.Struct, frozen=True):
    """A line of glyphs. All sizes are in em.

    Attributes:
        glyphs: From left to right.
        width_em: Width.
        top_em: Height of the ink above the baseline.
        bottom_em: Depth of the ink below the baseline; positive.
        line_em: Distance to the next baseline.
    """

    glyphs: tuple[Glyph, ...]
    width_em: float
    top_em: float
    bottom_em: float
    line_em: float


class Lettering:
    """Sets texts of one language in one weight."""

    def __init__(self, language: str, *, bold: bool) -> None:
        """Use the fonts of a weight for a language (BCP 47 tag)."""
        self._language = language
        self._faces = Typefaces(language, bold=bold)
        self._widths: dict[str, float] = {}

    def drawable(self, text: str) -> str:
        """Return a text without the characters that no font has; "" if any of them is a letter."""
        missing = {char for char in set(text) if not char.isspace() and not self._faces.has(char)}
        if any(unicodedata.category(char)[0] in "LN" for char in missing):
            return ""
        kept = (char for char in text if char not in missing or unicodedata.category(char) == "Cf")
        return " ".join("".join(kept).split())

    def line(self, text: str, *, rightwards: bool) -> Line:
        """Set one line.

        Args:
            text: The text, in logical order.
            rightwards: Whether it runs from right to left as a whole.
        """
        found = levels(text, rightwards=rightwards)
        runs = [run for start, end, face in self._faces.runs(text) for run in _split(start, end, face, found)]
        glyphs: list[Glyph] = []
        x_em, top, bottom = 0.0, 0.0, 0.0
        for at in visual_order([level for _, _, _, level in runs]):
            start, end, face, level = runs[at]
            for glyph, advance_em in _shaped(text, start, end, face, level, self._language):
                place = Glyph(face.font, glyph.number, x_em + glyph.x_em, glyph.y_em, face.units)
                glyphs.append(place)
                x_em += advance_em
                if ink := face.font.get_glyph_extents(glyph.number):
                    top = max(top, glyph.y_em + ink.y_bearing / face.units)
                    bottom = max(bottom, -(glyph.y_em + (ink.y_bearing + ink.height) / face.units))
        apart = max((face.line_em for _, _, face, _ in runs), default=1.0)
        return Line(tuple(glyphs), x_em, top, bottom, apart)

    def lines(self, text: str, width_em: float, *, in_words: bool) -> list[Line] | None:
        """Set a text in as few lines as possible, of similar length.

        Args:
            text: The text.
            width_em: Maximum width of a line, in em.
            in_words: Whether a line may end within a word.

        Returns:
            The lines; None if a part that cannot be broken is too wide.
        """
        rightwards = runs_rightwards(text)
        parts = list(_parts(text, in_words=in_words))
        widths = [self._width_em(part, rightwards=rightwards) for part, _ in parts]
        if max(widths, default=0.0) > width_em:
            return None
        ends = _fill(parts, widths, width_em)
        low, high = max(widths, default=0.0), width_em
        for _ in range(10):  # find the narrowest width for this number of lines, to a thousandth
            middle = (low + high) / 2
            narrower = _fill(parts, widths, middle)
            low, high, ends = (low, middle, narrower) if len(narrower) <= len(ends) else (middle, high, ends)
        starts = [0, *ends[:-1]]
        texts = (
            "".join(" " * spaced + part for part, spaced in parts[a:b])
            for a, b in zip(starts, ends, strict=True)
        )
        lines = [self.line(one.strip(), rightwards=rightwards) for one in texts]
        return lines if all(line.width_em <= width_em * _TOLERANCE for line in lines) else None

    def _width_em(self, text: str, *, rightwards: bool) -> float:
        if text not in self._widths:
            self._widths[text] = self.line(text, rightwards=rightwards).width_em
        return self._widths[text]


def _split(
    start: int, end: int, face: Typeface, found: list[int]
) -> Iterator[tuple[int, int, Typeface, int]]:
    """Split a part in one font at changes of direction."""
    for at in range(start + 1, end + 1):
        if at == end or found[at] != found[start]:
            yield start, at, face, found[start]
            start = at


def _shaped(
    text: str, start: int, end: int, face: Typeface, level: int, language: str
) -> Iterator[tuple[Glyph, float]]:
    """Yield the glyphs of a run from left to right, each with its origin at 0, and their advance widths."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text, start, end - start)  # with its context, for letters that join
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.language = language
    uharfbuzz.shape(face.font, buffer)
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x_em, y_em = place.x_offset / face.units, place.y_offset / face.units
        yield Glyph(face.font, info.codepoint, x_em, y_em, face.units), place.x_advance / face.units


def _parts(text: str, *, in_words: bool) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text that a line may start with, and whether a space precedes each."""
    for word in _WORD.finditer(text):
        spaced = word.start() > 0
        start = 0
        said = word[0]
        for at in range(1, len(said) + 1):
            if at == len(said) or _may_break(said[at - 1], said[at], in_words=in_words):
                yield said[start:at], spaced and start == 0
                start = at


def _may_break(before: str, after: str, *, in_words: bool) -> bool:
    """Return whether a line may end between two characters of a word."""
    if unicodedata.category(after)[0] in "MC" or unicodedata.category(before) == "Cf":
        return False
    if (
        unicodedata.category(after) in ("Pe", "Pf")
        or unicodedata.category(before) in ("Ps", "Pi")
        or after in _CLOSERS
    ):
        return False
    wide = (
        unicodedata.east_asian_width(char) in "WF" and not "가" <= char <= "힣" for char in (before, after)
    )
    return in_words or before in "-–—/" or all(wide)


def _fill(parts: list[tuple[str, bool]], widths: list[float], width_em: float) -> list[int]:
    """Fill each line with as many parts as fit, and return the index after the last part of each."""
    ends: list[int] = []
    used = 0.0
    for at, ((_, spaced), width) in enumerate(zip(parts, widths, strict=True)):
        wanted = used + width + (_SPACE_EM if spaced else 0.0)
        if at and wanted > width_em:
            ends.append(at)
            wanted = width
        used = wanted
    return [*ends, len(parts)]
