"""Separating the chapter lines, chapter titles and table of contents of a plain text from its prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from audiobook.sources.chapters.lines import CHAPTER, PART, ChapterLine, chapter_line, is_contents_line

Line = tuple[int, str]
"""A line number, from 1, and the line's text; stripped and never empty."""

_LONGEST_TITLE_LINE: Final = 80
_TITLE_LINES: Final = 2
_PROSE_END = re.compile(r"[.!?…;,:]['\"”’»)_]*$")
_ENTRY = re.compile(r"(?:\d{1,3}|[IVXLC]{1,8})\b[.)]? +\S|.*[.\s]\d{1,4}$")
"""Matches an entry of a table of contents, by its number at the start or its page number at the end."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together.

    Attributes:
        lines: In order; never empty.
        level: Depth of a heading, from 1; 0 for prose.
        is_contents: Whether the lines belong to the book's table of contents.
    """

    lines: tuple[Line, ...]
    level: int = 0
    is_contents: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    lines: tuple[Line, ...]
    mark: ChapterLine | None = None
    is_contents: bool = False


def find_headings(paragraphs: Sequence[Sequence[Line]]) -> list[Group] | None:
    """Separate chapter lines from prose.

    Args:
        paragraphs: The lines of each paragraph, as separated by blank lines.

    Returns:
        The same lines in the same order. None if no line starts a chapter, or only the very first one does, which
        then is a title.
    """
    found = _with_titles([part for lines in paragraphs for part in _parts(tuple(lines))])
    numbered = [
        at
        for at, part in enumerate(found)
        if part.mark and any(map(str.isalnum, part.mark.key.partition(" ")[2]))
    ]
    if not numbered or numbered == [0]:
        return None
    found = _without_runs(_without_list(found))
    return [
        Group(part.lines, part.mark.level if part.mark and not part.is_contents else 0, part.is_contents)
        for part in found
    ]


def _parts(lines: tuple[Line, ...]) -> list[_Found]:
    """Split a paragraph whose first lines start a chapter."""
    marks = [chapter_line(text) for _, text in lines[:1]]
    first = marks[0]
    if first is None:
        return [_Found(lines)]
    rest = lines[1:]
    if not rest:
        return [_Found(lines, first)]
    if chapter_line(rest[0][1]):
        return [_Found(lines[:1], first), *_parts_of_list(rest)]
    if len(rest) <= _TITLE_LINES and all(_is_title_line(text) for _, text in rest):
        return [_Found(lines, replace(first, title=True))]
    if not first.title and not rest[0][1][:1].islower():
        return [_Found(lines[:1], first), _Found(rest)]
    return [_Found(lines)]


def _parts_of_list(lines: tuple[Line, ...]) -> list[_Found]:
    """Split lines each of which may start a chapter."""
    starts = [at for at, (_, text) in enumerate(lines) if chapter_line(text)]
    return [
        _Found(lines[start:end], chapter_line(lines[start][1]))
        for start, end in pairwise([*starts, len(lines)])
    ]


def _is_title_line(text: str) -> bool:
    if len(text) > _LONGEST_TITLE_LINE or not any(map(str.isalnum, text)):
        return False
    return text == text.upper() or not (_PROSE_END.search(text) or text[:1].islower())


def _with_titles(found: list[_Found]) -> list[_Found]:
    """Join a short paragraph between a bare chapter line and prose to the chapter line, as its title."""
    joined: list[_Found] = []
    at = 0
    while at < len(found):
        part = found[at]
        after = found[at + 1 : at + 3]
        if (
            part.mark
            and not part.mark.title
            and len(after) == 2
            and not any(each.mark for each in after)
            and len(after[0].lines) <= _TITLE_LINES
            and all(_is_title_line(text) for _, text in after[0].lines)
        ):
            part = _Found(part.lines + after[0].lines, replace(part.mark, title=True))
            at += 1
        joined.append(part)
        at += 1
    return joined


def _without_list(found: list[_Found]) -> list[_Found]:
    """Mark the line `CONTENTS` and the entries after it that do not look like chapter lines."""
    marked = list(found)
    for at, part in enumerate(found):
        if part.mark or (len(part.lines) > 1 and not _are_entries(part.lines[1:])):
            continue
        if not is_contents_line(part.lines[0][1]):
            continue
        end = at + 1
        while end < len(found) and (found[end].mark or _are_entries(found[end].lines)):
            end += 1
        for entry in range(at, end) if end > at + 1 or len(part.lines) > 1 else ():
            if not found[entry].mark:
                marked[entry] = replace(found[entry], is_contents=True)
    return marked


def _are_entries(lines: Sequence[Line]) -> bool:
    return all(_ENTRY.match(text) for _, text in lines)


def _without_runs(found: list[_Found]) -> list[_Found]:
    """Mark chapter lines that directly follow each other and occur again later: a table of contents."""
    marked = list(found)
    last = {part.mark.key: at for at, part in enumerate(found) if part.mark}
    run: list[int] = []
    for at in range(len(found) + 1):
        if at < len(found) and found[at].is_contents:
            continue
        if at < len(found) and found[at].mark:
            run.append(at)
            continue
        for entry in _entries_of_run(found, run, last):
            marked[entry] = replace(found[entry], is_contents=True)
        run = []
    return marked


def _entries_of_run(found: list[_Found], run: list[int], last: dict[str, int]) -> list[int]:
    """Return the chapter lines of an uninterrupted run that belong to a table of contents.

    The last line, and the part heading right above it, start the first real chapter, unless they occur again too.
    """
    marks = {at: mark for at in run if (mark := found[at].mark)}
    chapters = [at for at in run if marks[at].level == CHAPTER]
    if len(chapters) < 2:
        return []
    real = run.index(chapters[-1])
    while real and marks[run[real - 1]].level == PART:
        real -= 1
    entries = run[:real]
    if not any(last[marks[at].key] > at for at in entries):
        return []
    key = marks[chapters[-1]].key
    comes_once = all(marks[at].key != key for at in entries)
    return run if comes_once and last[key] > run[-1] else entries
