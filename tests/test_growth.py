"""The growth measure distinguishes linear from quadratic work."""

import pytest
from growth import assert_at_most, assert_linear


@pytest.mark.slow
def test_linear_work_passes_and_quadratic_work_fails() -> None:
    assert_linear(lambda count: sum(range(count)), int, 50_000)
    with pytest.raises(AssertionError, match="times as long"):
        assert_linear(lambda count: sum(range(count * count)), int, 200)


def test_the_limit_of_the_large_run_is_a_multiple_of_the_small_one() -> None:
    assert_at_most(3, lambda count: sum(range(count)), 200_000, 200_000)
    with pytest.raises(AssertionError, match="times as long, the limit is 3"):
        assert_at_most(3, lambda count: sum(range(count)), 50_000, 500_000)
