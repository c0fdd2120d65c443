"""How long a service asks to wait; absurd times are ignored (promise: absurd Retry-After)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.http.retry_after import retry_after_s

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
WEEK_S = 7 * 86_400.0


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 14:00:30 +0200", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("1 Mar 2026 12:00:30", 30.0),
        ("9" * 400, WEEK_S),
        ("0" * 400 + "7", 7.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", WEEK_S),
        ("Fri, 31 Dec 9999 23:59:59 -1200", WEEK_S),
        ("1 Jan 99999999999999 00:00:00 GMT", None),
        ("1 Mar 2026 12:00:30 +9999", None),
        ("1e400", None),
        ("nan", None),
        ("٣", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_seconds_and_dates_are_understood(value: str | None, wait_s: float | None) -> None:
    assert retry_after_s(value, NOW) == wait_s


@pytest.mark.slow
@given(st.text() | st.from_regex(r"\A\w{3}, \d{1,20} Jan \d{1,20} \d{1,9}:\d\d:\d\d [+-]?\w{1,9}\Z"))
def test_any_header_gives_a_time_or_none(value: str) -> None:
    wait_s = retry_after_s(value, NOW)
    assert wait_s is None or 0 <= wait_s <= WEEK_S
