"""The queue of builds. Each is the `build` command in its own process, one after another."""

from __future__ import annotations

import asyncio
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec

from audiobook.report.events import Event
from audiobook.report.pace import Pace, about, clock
from audiobook.system.interpreters import audiobook

_MOST_MESSAGES: Final = 20
_FEWEST: Final = 2
"""Number of works from which the progress of the whole queue is shown."""
_MOST_LINE_BYTES: Final = 1 << 20
_FAREWELL_S: Final = 5.0
_events: Final = msgspec.json.Decoder(Event)


class _Running(msgspec.Struct):
    """The build in progress.

    Attributes:
        note: What it does before clips are counted.
    """

    label: str
    process: Process | None = None
    pace: Pace | None = None
    note: str = "reading the text"
    messages: list[str] = msgspec.field(default_factory=list)
    is_stopped: bool = False

    @property
    def share(self) -> float:
        """How much of its clips is made, from 0 to 1."""
        total = sum(self.pace.total.values()) if self.pace else 0
        return min(1.0, sum(self.pace.done.values()) / total) if self.pace and total else 0.0


class Builds:
    """The works that are being built or wait, and those whose build failed or was stopped, by language and slug."""

    def __init__(self, tell: Callable[[dict[str, Any]], None], on_end: Callable[[], None]) -> None:
        """Start with an empty queue.

        Args:
            tell: Called with the state of all works of the queue whenever it changes.
            on_end: Called after each build, as the files of the project changed.
        """
        self._tell = tell
        self._on_end = on_end
        self._waiting: deque[str] = deque()
        self._options: dict[str, tuple[str, ...]] = {}
        self._running: _Running | None = None
        self._ended: dict[str, dict[str, Any]] = {}
        self._finished = 0
        """How many works of the queue have had their turn since it was empty."""
        self._began_s = 0.0
        self._wake = asyncio.Event()
        self._say()

    def add(self, label: str, options: tuple[str, ...] = ()) -> None:
        """Put a work into the queue, unless it is there already.

        Args:
            label: Language and slug.
            options: More options of the `build` command. A work that is being built without them is built again.
        """
        if not self._running and not self._waiting:
            self._finished, self._began_s = 0, time.monotonic()
        if options:
            self._options[label] = options
        is_running = self._running is not None and self._running.label == label
        if label not in self._waiting and (options or not is_running):
            self._ended.pop(label, None)
            self._waiting.append(label)
            self._wake.set()
        self._say()

    def stop(self, label: str) -> None:
        """Stop the build of a work, or take it out of the queue. Its finished clips are kept."""
        with suppress(ValueError):
            self._waiting.remove(label)
            self._options.pop(label, None)
            self._ended[label] = {"state": "stopped", "messages": []}
        running = self._running
        if running and running.label == label and not running.is_stopped:
            running.is_stopped = True
            stop_process(running.process)
        self._say()

    async def run(self) -> None:
        """Build the works in the queue, and wait for more, until cancelled."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._build(self._waiting.popleft())
                    self._on_end()
        finally:
            if self._running and self._running.process:
                stop_process(self._running.process)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._running.process.wait(), _FAREWELL_S)

    async def _build(self, label: str) -> None:
        # It is shown, and can be stopped, before its process has started.
        running = self._running = _Running(label)
        self._say()
        process = running.process = await asyncio.create_subprocess_exec(
            *audiobook("build", label, "--events", *self._options.pop(label, ())),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            limit=_MOST_LINE_BYTES,
        )
        if running.is_stopped:
            stop_process(process)
        said, _ = await asyncio.gather(_last_lines(process), self._follow(running, process))
        code = await process.wait()
        self._running = None
        self._finished += 1
        if running.is_stopped:
            self._ended[label] = {"state": "stopped", "messages": []}
        elif code:
            self._ended[label] = {"state": "failed", "messages": running.messages or _why(code, said)}
        self._say()

    async def _follow(self, running: _Running, process: Process) -> None:
        """Read the events of a build to their end."""
        assert process.stdout
        while line := await _line(process.stdout):
            with suppress(msgspec.MsgspecError):
                self._take(running, _events.decode(line))
                self._say()

    def _take(self, running: _Running, event: Event) -> None:
        if event.event == "begin":
            running.pace = Pace(event.clips)
        elif event.event == "clip" and running.pace:
            running.pace.count(event.work, event.length_s)
        elif event.event == "warning" and running.pace is None:
            running.note = event.message  # such as another build that it waits for
        elif event.event == "error" and len(running.messages) < _MOST_MESSAGES:
            running.messages.append(f"{event.message} ({event.hint})" if event.hint else event.message)

    def _say(self) -> None:
        self._tell({"works": self.states(), "whole": self._whole()})

    def _whole(self) -> dict[str, Any] | None:
        """Return the progress of the whole queue; None if no more than one work is in it."""
        total = self._finished + len(self._waiting) + bool(self._running)
        if total < _FEWEST or self._finished == total:
            return None
        done = self._finished + (self._running.share if self._running else 0.0)
        text = f"{self._finished} of {total} works finished"
        if self._finished:
            left_s = (time.monotonic() - self._began_s) / done * (total - done)
            text += f", {about(left_s, is_rough=True)} left"
        return {"done": round(done, 3), "total": total, "text": text}

    def states(self) -> dict[str, Any]:
        """Return the state of each work of the queue, by language and slug."""
        found: dict[str, Any] = dict(self._ended)
        found |= {label: {"state": "waiting", "place": place} for place, label in enumerate(self._waiting, 1)}
        if self._running:
            found[self._running.label] = {"state": "building", **_progress(self._running)}
        return found


def stop_process(process: Process | None) -> None:
    """Ask a process to end, if it is running."""
    if process and process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()


def _progress(running: _Running) -> dict[str, Any]:
    pace = running.pace
    if pace is None:
        return {"done": 0, "total": 0, "text": running.note}
    done, total = sum(pace.done.values()), sum(pace.total.values())
    left = "" if pace.left_s is None else f", {clock(pace.left_s)} left"
    speed = f", {pace.shown_speed}" if done else ""
    text = f"{done} of {total} clips{speed}{left}" if done < total else "writing the book"
    return {"done": done, "total": total, "text": text}


async def _line(stream: asyncio.StreamReader) -> bytes:
    """Return the next line; an empty one at the end."""
    try:
        return await stream.readline()
    except ValueError:  # far too long for an event
        return b"\n"


async def _last_lines(process: Process) -> list[str]:
    """Return the last lines of a process's standard error, read to its end."""
    lines: deque[str] = deque(maxlen=_MOST_MESSAGES)
    assert process.stderr
    while line := await _line(process.stderr):
        lines.append(line.decode("utf-8", "replace").strip())
    return list(lines)


def reasons(code: int, said: list[str]) -> list[str]:
    """Return why a command ended, from its exit code and the lines that it printed to standard error."""
    problems: list[str] = []
    for line in said:
        if line.startswith("error: "):
            problems.append(line.removeprefix("error: "))
        elif line.startswith("hint: ") and problems:
            problems[-1] += f" ({line.removeprefix('hint: ')})"
    if problems:
        return problems
    how = signal.Signals(-code).name if code < 0 else f"code {code}"
    return [f"the command ended with {how}", *said[-1:]]


def _why(code: int, said: list[str]) -> list[str]:
    """Return why a build ended that reported no error of a work."""
    first, *more = reasons(code, said)
    if not first.startswith("the command ended"):
        return [first, *more]
    how = first.removeprefix("the command ended with ")
    return [f"the build ended with {how}; finished clips are kept, so build it again to resume", *more]
