"""The table of contents of a PDF, with dots or without: it is not read, but confirms the headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from audiobook.sources.chapters.lines import is_contents_line
from audiobook.sources.pdf.lines.layout import Line
from audiobook.sources.pdf.numerals import roman_value

_LONGEST_CHARS: Final = 400
_NUMBER: Final = r"(?P<number>\d{1,4}|[ivxlcdmIVXLCDM]{1,8})"
_DOTS: Final = re.compile(rf"(?:(?>(?:[.·‧_]\s?){{4,}})|(?>(?:…[\s.]?){{2,}}))\s*{_NUMBER}?\s*$")
_PLAIN: Final = re.compile(rf"\s{_NUMBER}\s*$")
_ALONE: Final = re.compile(r"\W*(?:\d{1,4}|[ivxlcdm]{1,8})\W*", re.IGNORECASE)
_NO_LETTER: Final = re.compile(r"[\W\d_]+")
_MOST_BETWEEN: Final = 2
"""How many lines without a page number may be between two entries: a title's first lines, or the name of a
part."""
_LEAST_DOTTED: Final = 2
_LEAST_PLAIN: Final = 4
_LARGER: Final = 1.1
_RISING_SHARE: Final = 0.9
_FULL_SHARE: Final = 0.5
_SHORT_CHARS: Final = 60
_FIRST_SHARE: Final = 0.35
"""Lists without a known heading are searched in this share of a document's pages, from the start."""


class Entry(msgspec.Struct, frozen=True):
    """An entry of a table of contents.

    Attributes:
        title: Its words, without dots and page number.
        page: Its page number as printed; None if it has none, or a Roman one.
    """

    title: str
    page: int | None


class _Candidate(msgspec.Struct, frozen=True):
    at: int
    title: str
    page: int | None
    order: tuple[int, int]
    dotted: bool


def find_contents(lines: Sequence[Line]) -> tuple[frozenset[int], list[Entry]]:
    """Find the table of contents, and lists of figures and the like.

    Args:
        lines: The document's lines in reading order.

    Returns:
        The indices of its lines, with its heading; and the entries of the longest list. Both are empty if there is
        none.
    """
    candidates = [found for at, line in enumerate(lines) if (found := _candidate(at, line.text))]
    last_at = {_key(line.text): at for at, line in enumerate(lines)}
    left_out: set[int] = set()
    longest: list[_Candidate] = []
    for run in _runs(candidates):
        is_dotted = sum(each.dotted for each in run) >= _LEAST_DOTTED
        start = _start(lines, run[0].at, is_dotted=is_dotted)
        is_headed = start < run[0].at and is_contents_line(lines[start].text)
        is_early = lines[run[0].at].page <= _FIRST_SHARE * lines[-1].page + 1
        if is_dotted:
            is_list = is_headed or (is_early and _rises(run))
        else:
            least = _LEAST_DOTTED + 1 if is_headed else _LEAST_PLAIN
            is_list = is_early and len(run) >= least and (is_headed or _comes_again(last_at, run))
        if is_list:
            left_out.update(range(start, run[-1].at + 1))
            longest = max(longest, run, key=len)
    left_out |= _rest_of_pages(lines, left_out)
    return frozenset(left_out), [Entry(each.title, each.page) for each in longest]


def _rises(run: Sequence[_Candidate]) -> bool:
    """Return whether page numbers rise, but for a few that were put in the wrong order."""
    rising = sum(before.order <= after.order for before, after in pairwise(run))
    return rising >= _RISING_SHARE * (len(run) - 1)


def _rest_of_pages(lines: Sequence[Line], left_out: set[int]) -> set[int]:
    """Return the other lines of pages that are mostly contents: numbers and titles torn from their entries."""
    pages = {lines[at].page for at in left_out}
    if not pages:
        return set()
    listed = Counter(
        line.page
        for at, line in enumerate(lines)
        if line.page in pages and (at in left_out or _DOTS.search(line.text))
    )
    counts = Counter(line.page for line in lines)
    full = {page for page, count in listed.items() if count >= _FULL_SHARE * counts[page]}
    rest = {at for at, line in enumerate(lines) if line.page in full} - left_out
    is_text = {lines[at].page for at in rest if _is_text(lines[at].text)}
    return {at for at in rest if lines[at].page not in is_text}


def _is_text(line: str) -> bool:
    return len(line) > _SHORT_CHARS and not _DOTS.search(line)


def _candidate(at: int, text: str) -> _Candidate | None:
    if len(text) > _LONGEST_CHARS:
        return None
    dots = _DOTS.search(text)
    found = dots or _PLAIN.search(text)
    if found is None:
        return None
    title = text[: found.start()].strip(" .·…_")
    if not any(map(str.isalnum, title)) or (not dots and not any(map(str.isalpha, title))):
        return None
    number = found["number"] or ""
    roman = roman_value(number)
    page = int(number) if number.isdecimal() else None
    order = (1, page) if page is not None else (0, roman or 0)
    if not dots and page is None and roman is None:
        return None
    return _Candidate(at, title, page, order, dots is not None)


def _runs(candidates: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """Group entries that are close together and whose page numbers do not fall."""
    runs: list[list[_Candidate]] = []
    for each in candidates:
        last = runs[-1][-1] if runs else None
        if (
            last
            and each.at - last.at <= _MOST_BETWEEN + 1
            and (each.order >= last.order or (each.dotted and last.dotted))
        ):
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _start(lines: Sequence[Line], first: int, *, is_dotted: bool) -> int:
    """Return the index of the heading of a list whose first entry is at `first`; `first` if it has none."""
    for at in range(first - 1, max(first - 2 - _MOST_BETWEEN, -1), -1):
        if is_contents_line(lines[at].text):
            return at
    above, entry = lines[max(first - 1, 0)], lines[first]
    is_heading = above.size > _LARGER * entry.size or (above.bold and not entry.bold)
    return first - 1 if is_dotted and is_heading and above.page == entry.page > 0 else first


def _comes_again(last_at: Mapping[str, int], run: Sequence[_Candidate]) -> bool:
    """Return whether most titles of a list recur as lines below it."""
    wanted = {key for each in run if (key := _key(each.title))}
    below = sum(last_at.get(key, 0) > run[-1].at for key in wanted)
    return bool(wanted) and below >= 0.5 * len(wanted)


def _key(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())[:_LONGEST_CHARS]
