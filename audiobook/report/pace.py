"""Build speed and remaining time."""

from __future__ import annotations

import time
from math import ceil, floor, log10
from typing import Final

from audiobook.report.base import counted

_STEPS: Final = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
_FINE_STEPS: Final = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_ROUGH_STEPS: Final = (1, 2, 5, 10)
_HOUR_S: Final = 3600
_FAST: Final = 10


class Pace:
    """Counts finished clips and estimates the remaining time."""

    def __init__(self, works: dict[str, int]) -> None:
        """Start the clock; `works` maps each work to the number of clips it needs."""
        self.total = dict(works)
        self.done = dict.fromkeys(works, 0)
        self._heard_s = 0.0
        self._began_s = time.monotonic()

    def count(self, work: str, length_s: float) -> None:
        """Count one clip of a work; its length is in seconds. One that is made again, because it was damaged, adds to the total."""
        self.done[work] = self.done.get(work, 0) + 1
        self.total[work] = max(self.total.get(work, 0), self.done[work])
        self._heard_s += length_s

    @property
    def speed(self) -> float:
        """Seconds of speech made per second."""
        return self._heard_s / max(time.monotonic() - self._began_s, 0.001)

    @property
    def shown_speed(self) -> str:
        """The speed in words: "380 × real time", with a decimal for slow voices."""
        return f"{self.speed:.{0 if self.speed >= _FAST else 1}f} × real time"

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
        return f"{done} of {counted(total, 'clip')}, {self.shown_speed}{left}"


def clock(length_s: float) -> str:
    """Return a duration as m:ss, or as h:mm:ss from one hour."""
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def about(length_s: float, *, is_rough: bool = False) -> str:
    """Return an estimate, such as "about 12 s", rounded up to a number that does not look more exact than it is.

    Args:
        length_s: The seconds.
        is_rough: Whether only its order of magnitude is known.
    """
    for unit, unit_s in (("s", 1), ("min", 60)):
        shown = _rounded_up(length_s / unit_s, is_rough=is_rough)
        if shown < 60:
            return f"about {ceil(shown) if unit == 's' else shown:g} {unit}"
    return f"about {_rounded_up(length_s / _HOUR_S, is_rough=is_rough):g} h"


def _rounded_up(number: float, *, is_rough: bool) -> float:
    number = max(number, 1.0)
    scale = 10.0 ** floor(log10(number))
    steps = _ROUGH_STEPS if is_rough else _FINE_STEPS if scale > 1 else _STEPS
    return next(step * scale for step in steps if number <= step * scale)
