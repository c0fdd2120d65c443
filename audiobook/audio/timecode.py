"""Times as text, as captions, tags and overlays write them."""

from __future__ import annotations

from functools import lru_cache


def timecode(at_ms: int, point: str = ".") -> str:
    """Return a time in milliseconds as hours, minutes and seconds, such as `00:01:02.345`.

    Args:
        at_ms: The time; at least 0.
        point: Separator before the milliseconds, `.` or `,`.
    """
    seconds, ms = divmod(at_ms, 1000)
    return f"{_clock(seconds)}{point}{ms:03}"


@lru_cache(maxsize=256)  # most times of words are in the same second as the one before
def _clock(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
