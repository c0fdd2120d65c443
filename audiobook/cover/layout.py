"""The layout of the words on a drawn cover: font sizes, lines and positions, in pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

from audiobook.cover.bidi import runs_rightwards
from audiobook.cover.lettering import Lettering, Line
from audiobook.languages import language_name

SIDE_PX: Final = 3000
PATTERN_PX: Final = 1120
"""Height of the pattern; words never overlap it."""
_MARGIN_PX: Final = 250
_WIDTH_PX: Final = SIDE_PX - 2 * _MARGIN_PX
_WORDS_TOP_PX: Final = 240
_WORDS_BOTTOM_PX: Final = SIDE_PX - PATTERN_PX - 170
_LANGUAGE_SIZE_PX: Final = 84
_LANGUAGE_GAP_PX: Final = 170
_AUTHOR_SIZES_PX: Final = (132, 118, 104, 92, 80)
_AUTHOR_GAP_PX: Final = 150
_AUTHOR_LINES: Final = 2
_LARGEST_PX: Final = 900
_LARGE_PX: Final = 240
"""In scripts without spaces, text is broken within words rather than set smaller than this."""
_SMALLEST_PX: Final = 92
_SHRINK: Final = 0.95
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer letters."""


class PlacedLine(msgspec.Struct, frozen=True):
    """A line on a cover: its left end, its baseline and its font size (one em), in pixels."""

    line: Line
    x: float
    y: float
    size: float
    title: bool

    @property
    def top(self) -> float:
        """Top edge of the ink."""
        return self.y - self.line.top_em * self.size

    @property
    def bottom(self) -> float:
        """Bottom edge of the ink."""
        return self.y + self.line.bottom_em * self.size


class _Block(msgspec.Struct, frozen=True):
    """Lines of one size that have not been positioned."""

    lines: tuple[Line, ...]
    size: float

    @property
    def height(self) -> float:
        """Distance in pixels from the highest ink to the lowest."""
        if not self.lines:
            return 0.0
        return (self.lines[0].top_em + self.lines[-1].bottom_em) * self.size + sum(self._steps())

    def _steps(self) -> Iterator[float]:
        """Yield the distance from each line to the next one."""
        for upper, lower in zip(self.lines, self.lines[1:], strict=False):
            yield max(upper.line_em, lower.line_em, upper.bottom_em + lower.top_em + 0.06) * self.size

    def placed(self, top: float, *, title: bool, rightwards: bool) -> Iterator[PlacedLine]:
        """Yield the lines at their positions, with the highest ink at `top`."""
        if self.lines:
            y = top + self.lines[0].top_em * self.size
            for line, step in zip(self.lines, (*self._steps(), 0.0), strict=True):
                x = SIDE_PX - _MARGIN_PX - line.width_em * self.size if rightwards else _MARGIN_PX
                yield PlacedLine(line, x, y, self.size, title)
                y += step


def lay_out_words(title: str, authors: tuple[str, ...], language: str, *, below: bool) -> list[PlacedLine]:
    """Return the lines of a cover: the language's name in the language itself, the title as large as fits, the authors.

    Args:
        title: Title; omitted if no font has its letters.
        authors: Names; also omitted if no font has their letters.
        language: BCP 47 tag.
        below: Whether the words are in the lower part, below the pattern.
    """
    heavy, light = Lettering(language, bold=True), Lettering(language, bold=False)
    title = shown_title(title, language)
    rightwards = runs_rightwards(title)
    name = light.drawable(language_name(language)) or language
    head = _Block((light.line(name, rightwards=runs_rightwards(name)),), _LANGUAGE_SIZE_PX)
    foot = _authors_block(light, light.drawable(", ".join(authors)))
    room = _WORDS_BOTTOM_PX - _WORDS_TOP_PX - head.height - _LANGUAGE_GAP_PX
    room -= foot.height + _AUTHOR_GAP_PX if foot.lines else 0
    body = _title_block(heavy, title, room)
    shift = PATTERN_PX if below else 0
    placed = list(head.placed(_WORDS_TOP_PX + shift, title=False, rightwards=rightwards))
    title_top = _WORDS_TOP_PX + shift + head.height + _LANGUAGE_GAP_PX
    placed += body.placed(title_top, title=True, rightwards=rightwards)
    foot_top = _WORDS_BOTTOM_PX + shift - foot.height
    return [*placed, *foot.placed(foot_top, title=False, rightwards=rightwards)]


@lru_cache(maxsize=64)
def shown_title(title: str, language: str) -> str:
    """Return the part of a title that a drawn cover shows: empty if no font has its letters."""
    return Lettering(language, bold=True).drawable(title)


def _title_block(lettering: Lettering, title: str, room: float) -> _Block:
    """Return the title in the largest size that fits, breaking words only if there is no other way."""
    least = _LARGE_PX if _UNSPACED.search(title) else _SMALLEST_PX
    whole = _fitting(lettering, title, room, _LARGEST_PX, least, in_words=False)
    broken = whole or _fitting(lettering, title, room, _LARGE_PX, _SMALLEST_PX / 4, in_words=True)
    return broken or _Block((), 1.0)


def _fitting(
    lettering: Lettering, title: str, room: float, largest: float, smallest: float, *, in_words: bool
) -> _Block | None:
    """Return the title in the largest size of a range that fits, or None."""
    size: float = largest
    while size >= smallest:
        lines = lettering.lines(title, _WIDTH_PX / size, in_words=in_words)
        if lines is not None:
            block = _Block(tuple(lines), size)
            if block.height <= room:
                return block
        size *= _SHRINK
    return None


def _authors_block(lettering: Lettering, authors: str) -> _Block:
    """Return the names of the authors, cut off if there are too many."""
    for size in _AUTHOR_SIZES_PX:
        lines = lettering.lines(authors, _WIDTH_PX / size, in_words=size == _AUTHOR_SIZES_PX[-1])
        if lines is not None and len(lines) <= _AUTHOR_LINES:
            return _Block(tuple(lines), size)
    shorter = authors[: len(authors) * 3 // 4].rpartition(",")[0] or authors[: len(authors) * 3 // 4]
    return _authors_block(lettering, shorter.rstrip("…, ") + "…")
