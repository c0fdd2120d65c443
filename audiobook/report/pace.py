"""How fast the work goes, and how long it will still take."""

from __future__ import annotations

import time


class Pace:
    """Counts made clips against those to make."""

    def __init__(self, works: dict[str, int]) -> None:
        """Start the clock; `works` are the clips that each work needs."""
        self.total = dict(works)
        self.done = dict.fromkeys(works, 0)
        self._heard_s = 0.0
        self._began_s = time.monotonic()

    def count(self, work: str, length_s: float) -> None:
        """A clip of a work was made, and sounds for so long."""
        self.done[work] = self.done.get(work, 0) + 1
        self._heard_s += length_s

    @property
    def speed(self) -> float:
        """Seconds of speech made in each second."""
        return self._heard_s / max(time.monotonic() - self._began_s, 0.001)

    @property
    def left_s(self) -> float | None:
        """Seconds until all clips are made, at the pace so far; None before the first."""
        done, total = sum(self.done.values()), sum(self.total.values())
        if not done:
            return None
        return (time.monotonic() - self._began_s) / done * max(total - done, 0)

    def summary(self) -> str:
        """Give clips done of all, the speed, and the time left, in a few words."""
        done, total = sum(self.done.values()), sum(self.total.values())
        left = "" if self.left_s is None else f", {clock(self.left_s)} left"
        return f"{done} of {total} clips, {self.speed:.0f} × real time{left}"


def clock(length_s: float) -> str:
    """Give a length of time as m:ss, or h:mm:ss from an hour on."""
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
