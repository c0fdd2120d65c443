"""Byte ranges, tested against RFC 9110, section 14."""

from itertools import pairwise

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.web.ranges import spans_of

LENGTH = 1000


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-499", [(0, 500)]),
        ("bytes=500-", [(500, 1000)]),
        ("bytes=-1", [(999, 1000)]),
        ("bytes=-5000", [(0, 1000)]),
        ("bytes=990-5000", [(990, 1000)]),
        ("BYTES = 1-2", [(1, 3)]),
        ("bytes=1-2 , 5-6", [(1, 3), (5, 7)]),
        ("bytes=5-6,1-2", [(1, 3), (5, 7)]),
        ("bytes=0-5,3-8,9-9", [(0, 10)]),
        ("bytes=1-2,5000-", [(1, 3)]),
        ("bytes=1000-", []),
        ("bytes=-0", []),
        ("bytes=5000-6000,-0", []),
    ],
)
def test_requested_spans_are_sorted_and_joined(header: str, spans: list[tuple[int, int]]) -> None:
    assert spans_of(header, LENGTH) == spans


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=0-1,",
        "bytes=0-1,x",
        "bytes=--5",
        "bytes=1_0-2_0",
        "bytes=٣-٤",
        "bytes=0x1-2",
        "lines=1-2",
        "bytes=" + "9" * 40 + "-",
        "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 200, 2)),
    ],
)
def test_an_invalid_range_or_too_many_mean_the_whole_file(header: str | None) -> None:
    assert spans_of(header, LENGTH) is None


def test_an_empty_file_has_no_ranges() -> None:
    assert spans_of("bytes=0-", 0) == []


TENS = st.integers(0, 50)
ASKED = (
    st.tuples(TENS, st.integers(1, 3)).map(lambda one: f"{10 * one[0]}-{10 * sum(one) - 1}")
    | st.integers(450, 600).map("{}-".format)
    | TENS.map("-{}".format)
)
"""Ranges of which many overlap or touch, and some lie outside of the file."""


@given(st.lists(ASKED, min_size=2, max_size=16), st.sampled_from([0, 1, LENGTH, 500]))
def test_spans_lie_within_the_file_and_do_not_touch(asked: list[str], length: int) -> None:
    spans = spans_of("bytes=" + ",".join(asked), length)
    assert spans is not None
    assert all(0 <= start < end <= length for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@given(st.lists(st.tuples(st.integers(0, 1100), st.integers(0, 1100)), min_size=1, max_size=8))
def test_the_spans_cover_exactly_the_requested_bytes(pairs: list[tuple[int, int]]) -> None:
    pairs = [(min(pair), max(pair)) for pair in pairs]
    header = "bytes=" + ",".join(f"{first}-{last}" for first, last in pairs)
    wanted = {at for first, last in pairs for at in range(first, last + 1) if at < LENGTH}
    spans = spans_of(header, LENGTH)
    assert spans is not None
    assert {at for start, end in spans for at in range(start, end)} == wanted


@pytest.mark.parametrize("piece", [" ", "0-1,", "1", "-", "bytes=", "\t "])
def test_a_long_header_takes_linear_time_at_most(piece: str) -> None:
    assert spans_of("bytes=" + piece * (100_000 // len(piece)), LENGTH) is None
    assert_linear(lambda header: spans_of(header, LENGTH), repeated(piece, before="bytes="), 10_000)
