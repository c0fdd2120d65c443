"""Items that a thread produces ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tools import wait_until

from audiobook.files import Prefetch, grouped


def counted(made: list[int], end: int = 1000) -> Iterator[int]:
    for number in range(end):
        made.append(number)
        yield number


def test_all_items_arrive_in_order() -> None:
    with Prefetch(range(1000)) as items:
        assert list(items) == list(range(1000))


def test_two_items_wait_while_the_next_one_is_produced() -> None:
    made: list[int] = []
    with Prefetch(counted(made)) as items:
        for number in items:
            wait_until(lambda: len(made) > number + 3, "the items after the one in use")  # noqa: B023 - called at once
            assert len(made) == number + 4
            if number == 20:
                break


def test_an_error_is_raised_after_the_items_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    with Prefetch(failing()) as items:
        found = iter(items)
        assert next(found) == 1
        with pytest.raises(ValueError, match="the second"):
            next(found)


@pytest.mark.parametrize("used", [0, 1, 5])
def test_the_thread_ends_although_items_are_left(used: int) -> None:
    made: list[int] = []
    before = threading.active_count()
    with Prefetch(counted(made)) as items:
        for number in items:
            if number == used:
                break
    assert threading.active_count() == before
    assert len(made) < 20


def test_pieces_are_grouped_to_half_a_megabyte() -> None:
    half = 1 << 19
    pieces = [bytes(length) for length in (half - 1, 1, half - 1, 1, half - 1, 2, half, 5, 5)]
    groups = list(grouped(pieces))
    assert [len(group) for group in groups] == [2, 2, 2, 1, 2]
    assert [piece for group in groups for piece in group] == pieces
    assert list(grouped([])) == []
    assert list(grouped(pieces[6:7])) == [pieces[6:7]]
