"""Running each request in a fresh process, for tasks that may crash, hang or produce endless output.

espeak-ng keeps state from one text to the next, and some plain text makes it abort. So each passage is spoken
in a separate process: a child of a launcher, which has loaded the library and never speaks. Systems without
fork have
`Interpreter` instead.

The launcher is a separate process, because the more memory a process has written, the longer it takes to fork: twice
as long in one that also encodes. A launcher has one or more places. Each place is a process that shares the loaded
library and runs one child at a time, so there can be as many children at once as places.
"""

from __future__ import annotations

import gc
import mmap
import os
import select
import signal
import time
import warnings
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from audiobook.errors import SpeechError
from audiobook.system.interrupts import interrupts_held, leave_interrupts_to_parent

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SPAWN_VARIABLE: Final = "AUDIOBOOK_SPAWN"
"""Environment variable; 1 starts processes as on systems without fork."""

_MOST_FILES: Final = 4096
_DONE: Final = b"+"
_NOT_DONE: Final = b"-"

Task = Callable[[bytes, mmap.mmap], bytes]
"""Takes a request, and memory shared with the calling process for the samples; returns the answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a child.

    Attributes:
        time_s: Seconds until it is killed.
        room_bytes: Size of the shared memory for its samples.
    """

    time_s: float
    room_bytes: int


def can_fork() -> bool:
    """Return whether processes are forked here rather than spawned."""
    return hasattr(os, "fork") and not os.environ.get(SPAWN_VARIABLE)


def death(status: int) -> SpeechError:
    """Return the error for a process that failed, given its exit code, or the negated number of a signal."""
    if status < 0:
        return SpeechError(f"the engine was ended by {signal.Signals(-status).name}")
    return SpeechError(f"the engine ended with code {status}")


def too_slow(limits: Limits) -> SpeechError:
    """Return the error for a process that reached its time limit."""
    return SpeechError(f"the engine took longer than {limits.time_s:g} s")


@dataclass(slots=True)
class _Place:
    """A place for one child at a time.

    Attributes:
        room: Memory for samples, shared with its children; each child overwrites the samples of the previous one.
        pipe: Our end of the pipe to the process that forks its children.
        begun: The request that was started here, until its answer has been fetched; None if the place is free.
    """

    room: mmap.mmap
    pipe: Connection
    begun: bytes | None = None


class Launcher:
    """Runs each request in a child forked from a process that does nothing else."""

    def __init__(
        self, task: Task, limits: Limits, load: Callable[[], None] | None = None, places: int = 1
    ) -> None:
        """Fork the launcher. The calling process should have loaded little more than `task` needs.

        Args:
            task: Called in each child.
            limits: Limits of each child.
            load: Called once in the launcher, before the first child is forked.
            places: Maximum number of children at the same time, at least one.
        """
        from multiprocessing.connection import Pipe  # slow to import, not needed to choose a voice

        pipes = [Pipe() for _ in range(places)]
        self._places = [_Place(mmap.mmap(-1, limits.room_bytes), ours) for ours, _ in pipes]
        with interrupts_held():
            self._pid = os.fork()
            if self._pid == 0:
                theirs = [(place.room, pipe) for place, (_, pipe) in zip(self._places, pipes, strict=True)]
                _be_the_launcher(task, theirs, limits, load)
        for _, pipe in pipes:
            pipe.close()

    def begin(self, request: bytes) -> Connection | None:
        """Start a child for a request if a place is free; `ask` fetches the answer later.

        Returns:
            A connection that becomes readable when the answer is ready; None if no place is free.
        """
        free = next((place for place in self._places if place.begun is None), None)
        if free is not None:
            with suppress(OSError):  # the launcher has died, which `ask` will report
                free.pipe.send_bytes(request)
                free.begun = request
                return free.pipe
        return None

    def ask(self, request: bytes) -> tuple[bytes, mmap.mmap]:
        """Run a request in a child, or wait for the child that `begin` has started for it.

        Returns:
            The answer, and memory with the samples, valid until the next request.

        Raises:
            SpeechError: The child died, took too long, or reported an error.
        """
        try:
            place = self._place_of(request)
            answer = place.pipe.recv_bytes()
            place.begun = None
        except (EOFError, OSError) as error:
            raise SpeechError("the launcher of the engine has died") from error
        if answer[:1] == _NOT_DONE:
            raise SpeechError(answer[1:].decode())
        return answer[1:], place.room

    def _place_of(self, request: bytes) -> _Place:
        """Return the place that works on a request; start the request if no place does."""
        for place in self._places:
            if place.begun == request:
                return place
        free = next((place for place in self._places if place.begun is None), None)
        if free is None:
            free = self._places[0]
            free.pipe.recv_bytes()  # the answer to a request that was started there and never fetched
        free.pipe.send_bytes(request)
        free.begun = request
        return free

    def close(self) -> None:
        """Stop the launcher."""
        for place in self._places:
            place.pipe.close()
        os.waitpid(self._pid, 0)


class Launchers:
    """The launchers of this process by key, limited in number: the least recently used one is closed first."""

    def __init__(self, most: int) -> None:
        """Keep at most `most` launchers; `most` is at least one."""
        self._most = most
        self._owner = 0
        self._held: dict[Hashable, Launcher] = {}

    def __iter__(self) -> Iterator[Launcher]:
        """Yield the launchers, the most recently used last."""
        return iter(list(self._held.values()))

    def get(self, key: Hashable, start: Callable[[], Launcher]) -> Launcher:
        """Return the launcher with a key; call `start` if there is none.

        Raises:
            AudiobookError: `start` failed; no launcher is kept.
        """
        if self._owner != os.getpid():
            # These launchers were inherited through a fork; requests through their pipes would mix with the parent's.
            self._held.clear()
            self._owner = os.getpid()
        launcher = self._held.pop(key, None)
        if launcher is None:
            while len(self._held) >= self._most:
                self._held.pop(next(iter(self._held))).close()
            launcher = start()
        self._held[key] = launcher
        return launcher


def _be_the_launcher(
    task: Task, places: list[tuple[mmap.mmap, Connection]], limits: Limits, load: Callable[[], None] | None
) -> NoReturn:
    """Serve requests until the other ends of the pipes are closed, then exit: no code of the parent may run here."""
    try:
        # The parent's pipes must close with the parent, and a dying library must not print into our output.
        _close_all_but({pipe.fileno() for _, pipe in places})
        silence = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silence, standard)
        leave_interrupts_to_parent()
        # Libraries start idle threads, and Python warns about them at every fork.
        warnings.simplefilter("ignore")
        if load:
            load()
        # A garbage collection in a child would write to, and so copy, every page shared with the launcher.
        gc.disable()
        # Each further place is a forked process that shares what is loaded.
        for room, pipe in places[1:]:
            if os.fork() == 0:
                _serve(task, room, pipe, limits)
        _serve(task, *places[0], limits)
    finally:
        os._exit(0)


def _close_all_but(kept: set[int]) -> None:
    start = 3
    for descriptor in (*sorted(kept), _MOST_FILES):
        os.closerange(start, descriptor)
        start = descriptor + 1


def _serve(task: Task, room: mmap.mmap, pipe: Connection, limits: Limits) -> NoReturn:
    _close_all_but({pipe.fileno()})
    while True:
        request = pipe.recv_bytes()
        try:
            answer = _DONE + _in_child(task, request, room, limits, pipe)
        except SpeechError as error:
            answer = _NOT_DONE + error.message.encode()
        pipe.send_bytes(answer)


def _in_child(task: Task, request: bytes, room: mmap.mmap, limits: Limits, asking: Connection) -> bytes:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(task, request, room, writing, limits)
    os.close(writing)
    answer = _read_until(reading, time.monotonic() + limits.time_s, asking)
    os.close(reading)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if answer is None:
        raise too_slow(limits)
    if code := os.waitstatus_to_exitcode(status):
        raise death(code)
    return answer


def _be_the_child(task: Task, request: bytes, room: mmap.mmap, writing: int, limits: Limits) -> NoReturn:
    code = 70
    try:
        # If the launcher is killed, nothing else enforces the limit: this alarm ends the child.
        signal.setitimer(signal.ITIMER_REAL, limits.time_s + 1)
        answer = memoryview(task(request, room))
        while answer:
            answer = answer[os.write(writing, answer) :]
        code = 0
    finally:
        os._exit(code)


def _read_until(descriptor: int, deadline: float, asking: Connection) -> bytes | None:
    """Return all bytes up to the end of the pipe; None if the deadline passes or the asking process ends first."""
    pieces: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        # Nothing is sent while an answer is pending, so `asking` only becomes readable when it is closed.
        ready = select.select([descriptor, asking.fileno()], [], [], left)[0] if left > 0 else []
        if not ready or asking.fileno() in ready:
            return None
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
