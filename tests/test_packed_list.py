"""A list that packs its values is the same as one that does not."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import Chapter, Kind, Paragraph, chapters_of
from audiobook.packed_list import PackedList
from audiobook.sources.outline import Block


def block(number: int) -> Block:
    text = "\ud800" if number == 70 else f"Paragraph {number} of “many”."
    return Block(Paragraph(text, Kind.TEXT, ((0, number),)), number % 3)


@given(
    count=st.integers(0, 400),
    changed=st.lists(st.integers(-400, 399), max_size=5),
    read=st.lists(st.integers(-400, 399), max_size=9),
)
def test_values_are_read_and_replaced_as_in_a_list(count: int, changed: list[int], read: list[int]) -> None:
    expected = list(map(block, range(count)))
    packed = PackedList(Block, expected, most_unpacked=100)
    for at in changed:
        if -count <= at < count:
            expected[at] = packed[at] = block(1000 + at)
    expected.append(block(0))
    packed.append(block(0))
    assert [packed[at] for at in read if -count <= at < count] == [
        expected[at] for at in read if -count <= at < count
    ]
    assert (len(packed), list(packed), packed[-1]) == (len(expected), expected, expected[-1])
    assert packed[10:200:3] == expected[10:200:3]
    with pytest.raises(IndexError):
        packed[count + 1]
    assert (list(packed.taken()), list(packed)) == (expected, [])


def test_packed_values_take_little_memory() -> None:
    tracemalloc.start()
    packed = PackedList(Block, map(block, range(20_000)))
    packed_bytes, _ = tracemalloc.get_traced_memory()
    whole = list(packed)
    whole_bytes = tracemalloc.get_traced_memory()[0] - packed_bytes
    tracemalloc.stop()
    assert len(whole) == 20_000
    assert packed_bytes < whole_bytes / 5


def test_few_chapters_are_not_packed() -> None:
    chapter = Chapter("One", 1, (block(1).paragraph,))
    assert isinstance(chapters_of([chapter] * 30), tuple)
    assert list(chapters_of([chapter] * 3000)) == [chapter] * 3000
