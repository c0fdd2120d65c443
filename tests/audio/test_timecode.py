"""Times as text."""

from audiobook.audio.timecode import timecode


def test_times_have_two_digits_for_hours_and_milliseconds_after_the_point() -> None:
    assert [timecode(ms) for ms in (0, 999, 61_001, 36_000_000)] == [
        "00:00:00.000",
        "00:00:00.999",
        "00:01:01.001",
        "10:00:00.000",
    ]
    assert timecode(360_000_000, ",") == "100:00:00,000"
