"""Where the words of a drawn cover stand: sizes, lines and places, in pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from audiobook.cover.bidi import runs_rightwards
from audiobook.cover.lettering import Lettering, Line
from audiobook.languages import language_name

SIDE_PX: Final = 3000
PATTERN_PX: Final = 1120
"""Height of the pattern, which words never touch."""
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
"""Where words are written without spaces, they are broken before letters get smaller than this."""
_SMALLEST_PX: Final = 92
_SHRINK: Final = 0.95
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer letters."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line on a cover: where it begins at the left, where it stands, and how large an em is, in pixels."""

    line: Line
    x: float
    y: float
    size: float
    title: bool

    @property
    def top(self) -> float:
        """Where its ink begins."""
        return self.y - self.line.top_em * self.size

    @property
    def bottom(self) -> float:
        """Where its ink ends."""
        return self.y + self.line.bottom_em * self.size


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of one size, without a place yet."""

    lines: tuple[Line, ...]
    size: float

    @property
    def height(self) -> float:
        """From the highest ink to the lowest."""
        if not self.lines:
            return 0.0
        return (self.lines[0].top_em + self.lines[-1].bottom_em) * self.size + sum(self._steps())

    def _steps(self) -> Iterator[float]:
        """Give how far each line but the last is from the next."""
        for upper, lower in zip(self.lines, self.lines[1:], strict=False):
            yield max(upper.line_em, lower.line_em, upper.bottom_em + lower.top_em + 0.06) * self.size

    def placed(self, top: float, *, title: bool, rightwards: bool) -> Iterator[PlacedLine]:
        """Give the lines with the highest ink at `top`."""
        if self.lines:
            y = top + self.lines[0].top_em * self.size
            for line, step in zip(self.lines, (*self._steps(), 0.0), strict=True):
                x = SIDE_PX - _MARGIN_PX - line.width_em * self.size if rightwards else _MARGIN_PX
                yield PlacedLine(line, x, y, self.size, title)
                y += step


def lay_out_words(title: str, authors: tuple[str, ...], language: str, *, below: bool) -> list[PlacedLine]:
    """Give the lines of a cover: the language's own name, the title as large as fits, the authors.

    Args:
        title: Title; left out where no font has its letters.
        authors: Names; left out likewise.
        language: BCP 47 tag.
        below: Whether the words stand in the lower part, under the pattern.
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
    """Give what of a title a drawn cover shows: nothing where no font has its letters."""
    return Lettering(language, bold=True).drawable(title)


def _title_block(lettering: Lettering, title: str, room: float) -> _Block:
    """Give the title in the largest letters with which it fits, its words whole if that is possible at all."""
    least = _LARGE_PX if _UNSPACED.search(title) else _SMALLEST_PX
    whole = _fitting(lettering, title, room, _LARGEST_PX, least, in_words=False)
    broken = whole or _fitting(lettering, title, room, _LARGE_PX, _SMALLEST_PX / 4, in_words=True)
    return broken or _Block((), 1.0)


def _fitting(
    lettering: Lettering, title: str, room: float, largest: float, smallest: float, *, in_words: bool
) -> _Block | None:
    """Give the title in the largest letters of a range with which it fits, or None."""
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
    """Give the names of the authors, cut where there are too many."""
    for size in _AUTHOR_SIZES_PX:
        lines = lettering.lines(authors, _WIDTH_PX / size, in_words=size == _AUTHOR_SIZES_PX[-1])
        if lines is not None and len(lines) <= _AUTHOR_LINES:
            return _Block(tuple(lines), size)
    shorter = authors[: len(authors) * 3 // 4].rpartition(",")[0] or authors[: len(authors) * 3 // 4]
    return _authors_block(lettering, shorter.rstrip("…, ") + "…")
