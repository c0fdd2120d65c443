"""Build speed and remaining time."""

from __future__ import annotations

import time

from audiobook.report.base import counted


class Pace:
    """Counts finished clips and estimates the remaining time."""

    def __init__(self, works: dict[str, int]) -> None:
        """Start the clock; `works` maps each work to the number of clips it needs."""
        self.total = dict(works)
        self.done = dict.fromkeys(works, 0)
        self._heard_s = 0.0
        self._began_s = time.monotonic()

    def count(self, work: str, length_s: float) -> None:
        """Count one clip of a work; its length is in seconds."""
        self.done[work] = self.done.get(work, 0) + 1
        self._heard_s += length_s

    @property
    def speed(self) -> float:
        """Seconds of speech made per second."""
        return self._heard_s / max(time.monotonic() - self._began_s, 0.001)

    @property
    def left_s(self) -> float | None:
        """Estimated seconds until all clips are made; None before the first clip."""
        done, total = sum(self.done.values()), sum(self.total.values())
        if not done:
            return None
        return (time.monotonic() - self._began_s) / done * max(total - done, 0)

    def summary(self) -> str:
        """Return a short text with the finished clips, the speed and the remaining time."""
        done, total = sum(self.done.values()), sum(self.total.values())
        left = "" if self.left_s is None else f", {clock(self.left_s)} left"
        return f"{done} of {counted(total, 'clip')}, {self.speed:.0f} × real time{left}"


def clock(length_s: float) -> str:
    """Return a duration as m:ss, or as h:mm:ss from one hour."""
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
