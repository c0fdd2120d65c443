"""Items that a thread produces ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from audiobook.files import Prefetch


def counted(made: list[int], end: int = 1000) -> Iterator[int]:
    for number in range(end):
        made.append(number)
        yield number


def test_all_items_arrive_in_order() -> None:
    with Prefetch(range(1000)) as items:
        assert list(items) == list(range(1000))


def test_only_a_few_items_are_produced_before_they_are_used() -> None:
    made: list[int] = []
    with Prefetch(counted(made)) as items:
        for number in items:
            assert len(made) <= number + 8


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
