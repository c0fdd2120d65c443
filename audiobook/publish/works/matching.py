"""Match a work's chapters with its earlier ones, by title and position."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise

Pair = tuple[int, int]


def same_titles(there: Sequence[str], gone: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Match new titles with old ones: first equal titles in the same order, then equal titles, then equal positions.

    Takes little more than linear time.

    Args:
        there: Titles of the previous version, in order.
        gone: Titles of earlier versions that the previous one did not have.
        now: Titles of the new version, in order.

    Returns:
        Index into `there` followed by `gone`, by index into `now`. New titles are not in it.
    """
    before = [*there, *gone]
    pairs = list(_in_order(there, now))
    found = dict(pairs)
    free = _places(before, set(found.values()))
    for number, title in enumerate(now):
        if number not in found and free.get(title):
            found[number] = free[title].popleft()
    taken = set(found.values())
    for (first, begin), (last, end) in pairwise(_with_ends(pairs, there, now)):
        new = [number for number in range(first + 1, last) if number not in found]
        lost = [place for place in range(begin + 1, end) if place not in taken]
        if len(new) == len(lost):
            found.update(zip(new, lost, strict=True))
    return found


def _in_order(before: Sequence[str], now: Sequence[str]) -> Iterator[Pair]:
    """Yield pairs of equal titles in the same order: first titles that occur once, then those between them."""
    times_before, times_now = Counter(before), Counter(now)
    places = {title: place for place, title in enumerate(before)}
    once = [
        (number, places[title])
        for number, title in enumerate(now)
        if times_now[title] == times_before[title] == 1
    ]
    for (first, begin), (last, end) in pairwise(_with_ends(_rising(once), before, now)):
        free = _places(before[begin + 1 : end])
        reached = -1
        for number in range(first + 1, last):
            waiting = free.get(now[number], deque())
            while waiting and waiting[0] <= reached:
                waiting.popleft()
            if waiting:
                reached = waiting.popleft()
                yield number, begin + 1 + reached
        if last < len(now):
            yield last, end


def _places(titles: Sequence[str], taken: Container[int] = ()) -> dict[str, deque[int]]:
    """Return the indices of each title, in order, without those in `taken`."""
    places: dict[str, deque[int]] = {}
    for place, title in enumerate(titles):
        if place not in taken:
            places.setdefault(title, deque()).append(place)
    return places


def _with_ends(pairs: Iterable[Pair], before: Sequence[str], now: Sequence[str]) -> list[Pair]:
    return [(-1, -1), *pairs, (len(now), len(before))]


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the longest subsequence of pairs, sorted by first number, in which the second numbers rise too.

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
