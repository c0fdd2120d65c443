"""Running heads and page numbers: rows at the edge of pages that are not part of the text.

A page number rises by one with each page. A running head recurs, word for word and at the same height, on pages
nearby; where most rows at a height recur, the others at that height are the running heads of short sections. A
chapter heading occurs once, even if only its number distinguishes it from the next one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import msgspec

from audiobook.sources.pdf.lines.rows import Row, median, row_size, row_text, usual_step
from audiobook.sources.pdf.numerals import roman_value

_EDGE_ROWS: Final = 3
"""How many rows at the top and at the bottom of a page may be running heads."""
_APART: Final = 1.3
"""Minimum distance of a running head from the text, relative to the usual line distance."""
_SAME_HEIGHT_PT: Final = 6.0
_LARGER: Final = 1.1
"""Maximum size, relative to the text; larger type is a heading unless it recurs on one of the next pages."""
_SMALLER: Final = 0.93
"""In smaller type than this, relative to the text, numbers are ignored when rows are compared."""
_NEAR_PAGES: Final = 2
_NEAR_PAGES_SMALL: Final = 6
_LEAST_REPEATED: Final = 0.5
"""Minimum share of recurring rows at a height for all rows at it to be running heads."""
_LEAST_COVERED: Final = 0.6
"""Minimum share of left or right pages with the same head for it to be the book's title."""
_LONGEST_CHARS: Final = 200
_NUMBER: Final = re.compile(
    r"""
    \W*(?:[^\W\d_]{1,6}\.?\s+)?                     # Page
    (?P<number>\d{1,5}|[ivxlcdm]{1,9})              # 12
    (?:\s*(?:/|[^\W\d_]{1,4}\s)\s*\d{1,5})?\W*      # of 300
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Matches `12`, `- xii -`, `Page 12`, `12 / 300` and `Page 12 of 300`."""
_OF_ALL: Final = r"(?:\s?/\s?\d{1,5}|\s[^\W\d_]{1,4}\s\d{1,5})?"
_AT_START: Final = re.compile(
    rf"[\W_]*(?P<number>\d{{1,5}}|[ivxlcdm]{{1,9}})\b{_OF_ALL}[\W_]*", re.IGNORECASE
)
_AT_END: Final = re.compile(rf"[\W_]*\b(?P<number>\d{{1,5}}|[ivxlcdm]{{1,9}}){_OF_ALL}[\W_]*$", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+")
_SPACES: Final = re.compile(r"\s+")


class PageBody(msgspec.Struct, frozen=True):
    """The rows of a page that are its text: from `start` to before `end`.

    Attributes:
        start: Index of the first row of text.
        end: Index after the last row of text.
        numbers: Indices of the removed rows that are page numbers and nothing else.
    """

    start: int
    end: int
    numbers: frozenset[int] = frozenset()


class _EdgeRow(msgspec.Struct):
    """A row near the edge of a page.

    Attributes:
        page: Page number, from 0.
        index: Index of the row on its page.
        depth: Number of rows between it and the edge.
        top: Whether it is at the top of its page.
        row: Its pieces.
        text: Its words.
        rest: Its words without the page number; empty for a page number alone.
        is_number: Whether it contains the page's number.
        repeats: Whether it recurs on pages nearby often enough to be a running head.
        returns: Whether it recurs on one of the next or previous pages.
    """

    page: int
    index: int
    depth: int
    top: bool
    row: Row
    text: str
    rest: str = ""
    is_number: bool = False
    repeats: bool = False
    returns: bool = False

    @property
    def slot(self) -> tuple[bool, int]:
        return self.top, round(self.row[0].y / _SAME_HEIGHT_PT)


class RunningHeads:
    """The running heads of a document."""

    def __init__(self, rows_of_pages: Sequence[Sequence[Row]], size: float) -> None:
        """Look for running heads.

        Args:
            rows_of_pages: The rows of each page.
            size: The usual font size of the text, in points.
        """
        self.rows_of_pages = rows_of_pages
        self.size = size
        self._edges = list(self._edge_rows())
        self._find_numbers()
        self._keep_usual_numbers()
        self._find_repeated()
        self._heads = {(edge.page, edge.top, edge.index) for edge in self._edges if self._is_head(edge)}

    @cached_property
    def bodies(self) -> list[PageBody]:
        """Return the rows of each page that are text."""
        numbers = {(edge.page, edge.index) for edge in self._edges if edge.is_number and not edge.rest}
        step = usual_step(self.rows_of_pages)
        bodies = []
        for page, rows in enumerate(self.rows_of_pages):
            start = self._count(page, rows, top=True, step=step)
            end = len(rows) - self._count(page, rows[start:][::-1], top=False, step=step)
            bodies.append(
                PageBody(
                    start,
                    end,
                    frozenset(at for at in (*range(start), *range(end, len(rows))) if (page, at) in numbers),
                )
            )
        return bodies

    def titles(self) -> list[str]:
        """Return the running heads that may be the title: the most common one of right-hand and of left-hand pages."""
        found: list[str] = []
        parity = self._offset % 2
        for side in (1, 0):
            pages = [page for page in range(len(self.rows_of_pages)) if (page + parity) % 2 == side]
            on_pages: Counter[str] = Counter()
            for edge in self._edges:
                if (
                    edge.top
                    and edge.repeats
                    and edge.rest
                    and (edge.page + parity) % 2 == side
                    and edge.index < self.bodies[edge.page].start
                ):
                    on_pages[edge.rest] += 1
            for text, count in on_pages.most_common(1):
                if count >= 2 and count >= _LEAST_COVERED * len(pages):
                    found.append(text)
        return found

    @cached_property
    def _offset(self) -> int:
        """Return the difference between page numbers and page indices."""
        offsets = Counter(
            number - edge.page
            for edge in self._edges
            if edge.is_number
            for number in page_numbers(edge.text, "d")
        )
        return offsets.most_common(1)[0][0] if offsets else 1

    def _edge_rows(self) -> Iterator[_EdgeRow]:
        for page, rows in enumerate(self.rows_of_pages):
            for depth in range(min(_EDGE_ROWS, len(rows))):
                for top, index in ((True, depth), (False, len(rows) - 1 - depth)):
                    text = row_text(rows[index])[:_LONGEST_CHARS]
                    yield _EdgeRow(page, index, depth, top, rows[index], text, _SPACES.sub(" ", text).strip())

    def _find_numbers(self) -> None:
        """Find the rows with page numbers: those which rise by one with each page on several pages."""
        seen: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        alone: Counter[tuple[str, int]] = Counter()
        for edge in self._edges:
            for kind in "dr":
                for number in page_numbers(edge.text, kind):
                    seen[kind, number - edge.page].add(edge.page)
                    alone[kind, number - edge.page] += bool(_NUMBER.fullmatch(edge.text))
        pages = len(self.rows_of_pages)
        known = {
            key
            for key, found in seen.items()
            if len(found) >= 3
            or (len(found) == 2 and alone[key] >= 2)
            or (pages == 1 and alone[key] and (key[1] == 1 or self._ends_apart))
        }
        for edge in self._edges:
            if row_size(edge.row) > _LARGER * self.size and len(edge.row) == 1:
                continue  # a chapter's number; a page number is set apart from the rest of its row
            for kind in "dr":
                for pattern in (_NUMBER, _AT_START, _AT_END):
                    found = pattern.fullmatch(edge.text) if pattern is _NUMBER else pattern.search(edge.text)
                    if not found or (pattern is _AT_START and found.start()):
                        continue
                    value = _value(found["number"], kind)
                    if value is None or (kind, value - edge.page) not in known:
                        continue
                    edge.is_number = True
                    edge.rest = (
                        ""
                        if pattern is _NUMBER
                        else _SPACES.sub(
                            " ", (edge.text[: found.start()] + " " + edge.text[found.end() :])
                        ).strip()
                    )
                    break
                if edge.is_number:
                    break

    @cached_property
    def _ends_apart(self) -> bool:
        """Whether the last row of the first page is far below the others."""
        rows = self.rows_of_pages[0]
        return len(rows) > 2 and rows[-2][0].y - rows[-1][0].y > 2 * usual_step([rows])

    def _keep_usual_numbers(self) -> None:
        """Keep only one number per page, where page numbers usually are: another one may be that of a chapter."""
        usual = Counter(edge.slot for edge in self._edges if edge.is_number)
        best: dict[int, int] = {}
        for edge in self._edges:
            if edge.is_number:
                best[edge.page] = max(best.get(edge.page, 0), usual[edge.slot])
        for edge in self._edges:
            if (
                edge.is_number
                and not edge.rest
                and usual[edge.slot] < 3
                and usual[edge.slot] < best[edge.page]
            ):
                edge.is_number, edge.rest = False, edge.text

    def _find_repeated(self) -> None:
        by_text: defaultdict[tuple[bool, str], list[_EdgeRow]] = defaultdict(list)
        for edge in self._edges:
            if any(map(str.isalnum, edge.rest)):
                is_small = row_size(edge.row) <= _SMALLER * self.size
                same = _DIGITS.sub("0", edge.rest) if is_small else edge.rest
                by_text[edge.top, same.casefold()].append(edge)
        least = 3 if len(self.rows_of_pages) > 3 else 2
        for edges in by_text.values():
            for at, edge in enumerate(edges):
                near = _NEAR_PAGES if row_size(edge.row) > _LARGER * self.size else _NEAR_PAGES_SMALL
                around = [
                    other
                    for other in edges[max(at - least * 2, 0) : at + least * 2 + 1]
                    if other.page != edge.page
                    and abs(other.row[0].y - edge.row[0].y) <= _SAME_HEIGHT_PT * 1.5
                ]
                edge.repeats = len({other.page for other in around}) >= least - 1 and any(
                    abs(other.page - edge.page) <= near for other in around
                )
                edge.returns = any(abs(other.page - edge.page) <= _NEAR_PAGES for other in around)

    def _is_head(self, edge: _EdgeRow) -> bool:
        if edge.repeats or (edge.is_number and not edge.rest):
            return True
        if row_size(edge.row) > _LARGER * self.size:
            return False
        top, height = edge.slot
        return any((top, near) in self._changing for near in (height - 1, height, height + 1)) and any(
            abs(row_size(edge.row) - size) <= 0.05 * size for size in self._sizes
        )

    @cached_property
    def _changing(self) -> set[tuple[bool, int]]:
        """Return the heights at which most rows are running heads, whatever their words."""
        all_rows: Counter[tuple[bool, int]] = Counter()
        repeated: Counter[tuple[bool, int]] = Counter()
        for edge in self._edges:
            if edge.rest:
                all_rows[edge.slot] += 1
                repeated[edge.slot] += edge.repeats or edge.returns or (edge.is_number and edge.top)
        return {
            slot
            for slot, count in all_rows.items()
            if count >= 3 and repeated[slot] >= _LEAST_REPEATED * count
        }

    @cached_property
    def _sizes(self) -> set[float]:
        return {
            row_size(edge.row)
            for edge in self._edges
            if edge.repeats or edge.returns or (edge.is_number and edge.top)
        }

    def _count(self, page: int, rows: Sequence[Row], *, top: bool, step: float) -> int:
        """Return how many rows, counted from the edge of a page, are running heads and set apart from the text."""
        size = median(row_size(row) for row in rows) if rows else 0.0
        count = 0
        for number, row in enumerate(rows[:_EDGE_ROWS], 1):
            index = number - 1 if top else len(self.rows_of_pages[page]) - number
            if (page, top, index) not in self._heads:
                break
            after = rows[number] if number < len(rows) else None
            if (
                after is None
                or abs(row[0].y - after[0].y) > _APART * step
                or abs(row_size(row) - size) > 0.05 * size
                or _NUMBER.fullmatch(row_text(row))
            ):
                count = number
        return count


def page_numbers(text: str, kind: str = "d") -> set[int]:
    """Return the numbers that a row may give its page: `d` for decimal, `r` for Roman numerals."""
    found = (_NUMBER.fullmatch(text), _AT_START.match(text), _AT_END.search(text))
    return {value for each in found if each and (value := _value(each["number"], kind)) is not None}


def _value(number: str, kind: str) -> int | None:
    if number.isdecimal():
        return int(number) if kind == "d" else None
    return roman_value(number) if kind == "r" else None
