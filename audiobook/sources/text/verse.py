"""Verse in plain text: lines that end where the poet ended them, not where the page was full."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

_LEAST_BREAKS: Final = 60
"""Minimum number of line ends that show the width of a text."""
_WRAPPED_SHARE: Final = 0.85
_VERSE_SHARE: Final = 0.6
_NEARLY: Final = 0.8
_NEARLY_FILLED_SHARE: Final = 0.65
_RUNNING_SHARE: Final = 0.4
_LEAST_LINES: Final = 2
_LONGEST_LINE_CHARS: Final = 75
_SLACK_CHARS: Final = 2
_NARROWEST_PROSE_CHARS: Final = 45
_SAMPLED_LINES: Final = 500
_FIRST_WIDE: Final = "\u2e80"


class Layout(msgspec.Struct, frozen=True):
    """How the lines of a text are broken.

    Attributes:
        width: The length in characters to which lines of prose are filled; 0 if the text does not show it.
        is_verse: Whether most lines of the text are not filled.
    """

    width: int
    is_verse: bool


def measure_layout(paragraphs: Sequence[Sequence[str]]) -> Layout:
    """Measure how the lines of a text are broken.

    Args:
        paragraphs: The lines of each paragraph, without white space at either end.
    """
    lengths = sorted(len(line) for lines in paragraphs if len(lines) > 1 for line in lines[:-1])
    if len(lengths) < _LEAST_BREAKS:
        return Layout(0, is_verse=False)
    width = lengths[int(len(lengths) * 0.9)]
    pairs = [pair for lines in paragraphs if len(lines) > 1 for pair in pairwise(lines)]
    filled = sum(_is_filled(one, other, width) for one, other in pairs)
    if _is_wide([line for lines in paragraphs for line in lines[:1]][:_SAMPLED_LINES]):
        return Layout(0, is_verse=False)
    is_loose = (
        filled < _WRAPPED_SHARE * len(pairs) and width < _LONGEST_LINE_CHARS and not _runs_on(pairs, width)
    )
    return Layout(width, is_verse=is_loose or width < _NARROWEST_PROSE_CHARS)


def _runs_on(pairs: Sequence[tuple[str, str]], width: int) -> bool:
    """Return whether lines are prose that was wrapped unevenly: most are nearly full, and many go on in lower case."""
    nearly = sum(_is_filled(one, other, int(_NEARLY * width)) for one, other in pairs)
    running = sum(other[:1].islower() for _, other in pairs)
    return nearly >= _NEARLY_FILLED_SHARE * len(pairs) and running >= _RUNNING_SHARE * len(pairs)


def _is_wide(lines: Sequence[str]) -> bool:
    """Return whether most lines begin with a wide character (Chinese, Japanese, Korean); such lines are shorter."""
    return 2 * sum(line[:1] >= _FIRST_WIDE for line in lines) > len(lines)


def is_verse(lines: Sequence[str], layout: Layout, indents: Sequence[int] = ()) -> bool:
    """Return whether the lines of a paragraph are verse.

    Args:
        lines: Its lines, without white space at either end.
        layout: That of the text.
        indents: Number of spaces before each line.
    """
    if len(lines) < _LEAST_LINES or not layout.width or max(map(len, lines)) > _LONGEST_LINE_CHARS:
        return False
    pairs = list(pairwise(lines))
    width = max(layout.width, *map(len, lines))
    short = sum(not _is_filled(one, other, width) for one, other in pairs)
    capitals = sum(line.lstrip("“„«»\"'‘_-—*([")[:1].isupper() for line in lines)
    if layout.is_verse:
        return short >= 1 or len(lines) > 3 or capitals == len(lines)
    if len(lines) == _LEAST_LINES:
        return bool(indents) and min(indents) > 1 and short > 0 and capitals == len(lines)
    is_set_in = bool(indents) and min(indents) > 1
    share = _VERSE_SHARE if is_set_in or capitals >= 0.8 * len(lines) else 0.8
    return short >= share * len(pairs)


def _is_filled(line: str, after: str, width: int) -> bool:
    """Return whether the first word of the next line would not have fitted on a line."""
    word = after.split(" ", 1)[0]
    return len(line) + 1 + len(word) > width - _SLACK_CHARS
