"""Progress on a terminal: a bar for each work, drawn by rich."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from audiobook.errors import AudiobookError
from audiobook.log import detail, noted
from audiobook.report.base import note_error, printable
from audiobook.report.columns import folded, shortened
from audiobook.report.pace import Pace, clock
from audiobook.report.waiting_line import WaitingLine

_BAR_COLUMNS: Final = 12
_OTHER_COLUMNS: Final = _BAR_COLUMNS + len(" 1234/1234 clips 1000 × real time, 1:23:45 left  ")
"""The longest text of a bar besides the name of its work."""


class ConsoleReporter:
    """Shows a bar for each work in progress, a line for each finished work, and problems in colour.

    Bars are drawn when `tick` is called, so that no other thread runs while workers are forked.
    """

    def __init__(self, console: Console | None = None, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Print to `console`; None means standard error. `clock_s` returns the time in seconds, from any beginning."""
        self._console = console or Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(_BAR_COLUMNS),
            TextColumn("{task.completed:.0f}/{task.total:.0f} clips"),
            TextColumn("{task.fields[pace]}"),
            console=self._console,
            auto_refresh=False,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._pace = Pace({})
        self._wait = ""
        self._clock_s = clock_s
        self._waiting: WaitingLine | None = None
        """What is shown before there are bars."""

    def begin(self, works: dict[str, int], wait: str = "", to_do: str = "") -> None:
        """Add a bar for each work that needs clips; until the first one is made, the first bar says how long they take."""
        self._erase()
        self._pace = Pace(works)
        self._wait = wait
        for work, clips in works.items():
            if clips:
                self._tasks[work] = self._progress.add_task(
                    shortened(printable(work), self._console.width - _OTHER_COLUMNS),
                    total=clips,
                    pace="",
                    visible=len(self._tasks) < 12,
                )
        if self._tasks:
            self._progress.start()

    def clip_made(self, work: str, length_s: float) -> None:
        """Advance the bar of the work."""
        detail(f"{work}: a clip of {length_s:.1f} s was made")
        self._pace.count(work, length_s)
        if work in self._tasks:
            done, total = self._pace.done[work], self._pace.total[work]
            self._progress.update(self._tasks[work], completed=done, total=total)

    def work_done(self, work: str, summary: str, path: str = "") -> None:
        """Replace the bar of the work with a line."""
        if work in self._tasks:
            self._progress.remove_task(self._tasks.pop(work))
            waiting = [task for task in self._progress.tasks if not task.visible]
            if waiting:
                self._progress.update(waiting[0].id, visible=True)
        noted("info", f"{path or work}: {summary}")
        self._print("✔ ", "green", f"{path or work}: {summary}", shortens=True)

    def warn(self, message: str) -> None:
        """Print one line that begins with `warning:`."""
        noted("warning", message)
        self._print("warning: ", "yellow", message)

    def fail(self, error: AudiobookError) -> None:
        """Print a line that begins with `error:`, and a `hint:` line if there is a hint."""
        note_error(error)
        self._print("error: ", "bold red", str(error))
        if error.hint:
            self._print("hint: ", "cyan", error.hint)

    def waiting(self, doing: str) -> None:
        """After a second, show the activity, and how long it has taken."""
        if not doing:
            self._erase()
            return
        if self._waiting is None or self._waiting.doing != doing:
            self._erase()
            self._waiting = WaitingLine(doing, cast(TextIO, self._console.file), self._clock_s)
        self._waiting.tick()

    def tick(self) -> None:
        """Redraw the bars."""
        if not self._tasks:
            return
        left = self._pace.left_s
        pace = self._wait if left is None else f"{self._pace.shown_speed}, {clock(left)} left"
        for number, task in enumerate(self._tasks.values()):
            self._progress.update(task, pace=pace if number == 0 else "")
        self._progress.refresh()

    def end(self) -> None:
        """Remove the bars."""
        self._erase()
        self._progress.stop()

    def _erase(self) -> None:
        if self._waiting:
            self._waiting.erase()
            self._waiting = None

    def _print(self, lead: str, style: str, text: str, *, shortens: bool = False) -> None:
        self._erase()
        text = folded(printable(text), self._console.width, shortens=shortens, lead=lead)
        self._console.print(Text.assemble((lead, style), text), soft_wrap=True)
