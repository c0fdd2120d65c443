"""Joining the lines of a PDF to paragraphs by indents, gaps, font sizes and line lengths, and undoing hyphenation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from math import inf
from typing import Final

import msgspec

from audiobook.sources.chapters.lines import chapter_line
from audiobook.sources.pdf.extraction.chars import LINE_END_HYPHEN
from audiobook.sources.pdf.lines.layout import Line, usual_leading
from audiobook.sources.pdf.lines.rows import median
from audiobook.sources.pdf.numerals import is_bare_number

_HYPHENS: Final = (LINE_END_HYPHEN, "-", "\u2010", "\u00ad")
_SENTENCE_END = re.compile(r"[.!?…:]['\"”’»«)\]]*$")
_SPEECH: Final = ("—", "–", "―", "- ", "„", "“", "»", "«", '"')
_SHORT_PAGE_LINES: Final = 5
"""How many lines a page must lack for its last paragraph to end there."""
_FULL: Final = 0.9
"""Minimum share of its column's width that a full line fills."""
_SHORT: Final = 0.7
"""Maximum share of its column's width that each line of a heading cut short may fill."""
BULLETS: Final = ("•", "◦", "▪", "‣", "●", "○", "■")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)+")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


class PdfParagraph(msgspec.Struct, frozen=True):
    """Lines that belong together.

    Attributes:
        text: The text on one line, without hyphens from line ends.
        size: Font size in points.
        page: Number of the page on which the paragraph starts, from 0.
        hyphens: How many hyphens were removed.
        lines: How many lines it has.
        bold: Whether all of it is bold.
        centred: Whether its lines are in the middle of their column.
        y: Baseline of its first line, in points from the bottom of the page.
        above: Distance from the line above in its column, relative to the font size; infinite if there is none.
    """

    text: str
    size: float
    page: int
    hyphens: int
    lines: int = 1
    bold: bool = False
    centred: bool = False
    y: float = 0.0
    above: float = inf


def build_paragraphs(lines: Sequence[Line]) -> list[PdfParagraph]:
    """Group lines into paragraphs and join their words.

    Args:
        lines: In reading order.

    Returns:
        The paragraphs in the same order.
    """
    leading = usual_leading(lines)
    short = _short_pages(lines)
    hyphenated = _hyphenated(line.text for line in lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins(groups[-1], line, leading, short):
            groups[-1].append(line)
        else:
            groups.append([line])
    befores = [None, *(group[-1] for group in groups)]
    return [
        _joined(group, hyphenated, _distance(before, group[0]))
        for before, group in zip(befores, groups, strict=False)
    ]


def _distance(before: Line | None, line: Line) -> float:
    """Return how far a line is below the one before, relative to its font size; infinite in another column."""
    if before is None or (before.page, before.column_left) != (line.page, line.column_left):
        return inf
    return (before.y - line.y) / max(line.size, 1.0)


def _begins(group: Sequence[Line], line: Line, leading: float, short: Set[int]) -> bool:
    """Return whether a line starts a new paragraph after the lines of a group."""
    before = group[-1]
    size = max(line.size, 1.0)
    if abs(before.size - line.size) > 0.1 * size or line.text.startswith(BULLETS):
        return True
    same_column = (before.page, before.column_left) == (line.page, line.column_left)
    step = before.y - line.y
    if same_column and step > (leading + 0.35) * size:
        return True
    width = max(line.column_right - line.column_left, 1.0)
    width_before = max(before.column_right - before.column_left, 1.0)
    if before.page == line.page and not 0.7 < width / width_before < 1.4:
        return True
    if same_column and is_centred(before) != is_centred(line) and abs(before.left - line.left) > size:
        return True
    if before.bold != line.bold and (step > (leading + 0.1) * size or _ends_short(before)) and same_column:
        return True
    if same_column and ((len(group) == 1 and _is_number_above(before, line)) or _is_cut_short(before, line)):
        return True
    ended = bool(_SENTENCE_END.search(before.text))
    is_very_short = before.page in short or before.column_right - before.right > 0.3 * width_before
    if before.page != line.page and is_very_short and not line.text[:1].islower():
        return True
    if not same_column and is_centred(before) and not is_centred(line):
        return True
    if not same_column and ended and (line.bold != before.bold or is_centred(line) or _may_be_heading(line)):
        return True
    indent, indent_before = line.left - line.column_left, before.left - before.column_left
    is_short = before.column_right - before.right > 0.15 * width
    if indent > 0.7 * size:
        if abs(indent - indent_before) > 0.5 * size:
            return True
        return ended and (is_short or line.text.startswith(_SPEECH))
    return ended and is_short and before.column_right - before.right > 0.25 * width


def _is_number_above(before: Line, line: Line) -> bool:
    """Return whether a line is a chapter's number, with the title below it."""
    if line.text[:1].islower() or not is_bare_number(before.text):
        return False
    return before.bold or is_centred(before) or chapter_line(before.text) is not None


def _is_cut_short(before: Line, line: Line) -> bool:
    """Return whether a centred line ends early: it has room for the first word of the centred line below it."""
    words = line.text.split(maxsplit=1)
    if not words or not (is_centred(before) and is_centred(line)):
        return False
    if not any(map(str.isalpha, before.text)):
        return False  # a row of a table
    width = line.column_right - line.column_left
    first = (line.right - line.left) * (len(words[0]) + 1) / len(line.text)
    widest = max(before.right - before.left, line.right - line.left)
    return before.right - before.left + first < _FULL * width and widest < _SHORT * width


def _short_pages(lines: Sequence[Line]) -> set[int]:
    """Return the pages that end well above the usual last line, such as title pages and the ends of chapters."""
    lowest: dict[int, float] = {}
    for line in lines:
        lowest[line.page] = min(lowest.get(line.page, line.y), line.y)
    usual = median(lowest.values()) if lowest else 0.0
    size = max((line.size for line in lines[:1]), default=1.0)
    return {page for page, y in lowest.items() if y > usual + _SHORT_PAGE_LINES * 1.2 * size}


def _may_be_heading(line: Line) -> bool:
    """Return whether the first line of a page or column reads like a heading, or ends early without a full stop."""
    if chapter_line(line.text) is not None or is_bare_number(line.text):
        return True
    room = line.column_right - line.right
    return room > 0.3 * (line.column_right - line.column_left) and not _SENTENCE_END.search(line.text)


def _ends_short(line: Line) -> bool:
    return line.column_right - line.right > 0.15 * max(line.column_right - line.column_left, 1.0)


def _hyphenated(texts: Iterable[str]) -> frozenset[str]:
    """Return the words written with a hyphen inside a line."""
    return frozenset(found[0].casefold() for text in texts for found in _HYPHENATED.finditer(text))


def _joined(group: Sequence[Line], hyphenated: frozenset[str], above: float) -> PdfParagraph:
    pieces: list[str] = []
    hyphens = 0
    for line, after in zip(group, [*group[1:], None], strict=True):
        text = line.text.strip()
        if not text.endswith(_HYPHENS):
            pieces += (text, " ")
            continue
        stem = text[:-1]
        last = _LAST_WORD.search(stem)
        following = after.text.lstrip() if after else ""
        first = _FIRST_WORD.match(following)
        if not stem[-1:].isalnum():
            pieces += (stem, "- ")
        elif (
            not last
            or not first
            or not following[0].islower()
            or f"{last[0]}-{first[0]}".casefold() in hyphenated
        ):
            pieces += (stem, "-")
        else:
            pieces.append(stem)
            hyphens += 1
    text = "".join(pieces).replace(LINE_END_HYPHEN, "-").strip()
    return PdfParagraph(
        text,
        max(line.size for line in group),
        group[0].page,
        hyphens,
        len(group),
        all(line.bold for line in group),
        all(is_centred(line) for line in group),
        group[0].y,
        above,
    )


def is_centred(line: Line) -> bool:
    """Return whether a line is in the middle of its column, with room on both sides."""
    before, after = line.left - line.column_left, line.column_right - line.right
    return min(before, after) > 2 * line.size and abs(before - after) < 2 * line.size
