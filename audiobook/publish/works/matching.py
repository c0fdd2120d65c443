"""Match the chapters of a changed work with its previous chapters, by title and position."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise

Pair = tuple[int, int]
"""An index into the new titles, and the index of the matching earlier title."""


def matching_titles(current: Sequence[str], former: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Match new titles with earlier ones.

    Equal titles in the same order are matched first, then equal titles anywhere. If as many titles are left on
    both sides between two matches, they are matched by position. The time is almost linear in the number of titles.

    Args:
        current: Titles of the version before the new one, in order.
        former: Titles of still earlier versions that are not in `current`.
        new: Titles of the new version, in order.

    Returns:
        For each index into `new` with a match, the index into `current` followed by `former`.
    """
    before = [*current, *former]
    pairs = list(_in_order(current, new))
    found = dict(pairs)
    free = _indices(before, set(found.values()))
    for index, title in enumerate(new):
        if index not in found and free.get(title):
            found[index] = free[title].popleft()
    taken = set(found.values())
    for (first, begin), (last, end) in pairwise(_with_ends(pairs, current, new)):
        added = [index for index in range(first + 1, last) if index not in found]
        lost = [index for index in range(begin + 1, end) if index not in taken]
        if len(added) == len(lost):
            found.update(zip(added, lost, strict=True))
    return found


def _in_order(before: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Yield the indices of equal titles in both lists, rising in both.

    Titles that occur once in each list are matched first; then the titles between two such matches.
    """
    times_before, times_new = Counter(before), Counter(new)
    indices = {title: index for index, title in enumerate(before)}
    once = [
        (number, indices[title])
        for number, title in enumerate(new)
        if times_new[title] == times_before[title] == 1
    ]
    for (first, begin), (last, end) in pairwise(_with_ends(_rising(once), before, new)):
        free = _indices(before[begin + 1 : end])
        least = 0
        for number in range(first + 1, last):
            waiting = free.get(new[number], deque())
            while waiting and waiting[0] < least:
                waiting.popleft()
            if waiting:
                least = waiting.popleft() + 1
                yield number, begin + least
        if last < len(new):
            yield last, end


def _indices(titles: Sequence[str], taken: Container[int] = ()) -> dict[str, deque[int]]:
    """Return the indices of each title in rising order, without those in `taken`."""
    indices: dict[str, deque[int]] = {}
    for index, title in enumerate(titles):
        if index not in taken:
            indices.setdefault(title, deque()).append(index)
    return indices


def _with_ends(pairs: Iterable[Pair], before: Sequence[str], new: Sequence[str]) -> list[Pair]:
    return [(-1, -1), *pairs, (len(new), len(before))]


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the longest subsequence of pairs in which the second indices rise; the first ones already do.

    Source: the longest increasing subsequence by patience sorting.
    """
    tops: list[int] = []
    holders: list[int] = []
    below: list[int | None] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        tops[pile : pile + 1] = [place]
        holders[pile : pile + 1] = [index]
        below.append(holders[pile - 1] if pile else None)
    chosen: list[Pair] = []
    at = holders[-1] if holders else None
    while at is not None:
        chosen.append(pairs[at])
        at = below[at]
    return chosen[::-1]
