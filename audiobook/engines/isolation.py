"""Run something that may crash, hang or flood in a process that has done nothing before, once for each request.

espeak-ng keeps state from one text to the next and can be aborted by plain text, so every passage is spoken by
such a process, which is thrown away after. Where the system can fork, a launcher that loaded the library and never
speaks forks a child for each passage. Elsewhere a new interpreter does the same and takes longer.

The launcher is a process of its own because what a fork costs grows with what its parent has touched: a process that
also encodes would pay twice as much. It can have several places, each with a process of its own that shares what was
loaded, so that several children work at once.
"""

from __future__ import annotations

import gc
import mmap
import os
import select
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Final, NoReturn

from audiobook.errors import SpeechError
from audiobook.system.interrupts import interrupts_held, leave_interrupts_to_parent

SPAWN_VARIABLE: Final = "AUDIOBOOK_SPAWN"
"""Set to 1, this environment variable makes processes the way systems without fork must."""

_MOST_FILES: Final = 4096
_DONE: Final = b"+"
_NOT_DONE: Final = b"-"

Task = Callable[[bytes, mmap.mmap], bytes]
"""Gets a request, and memory for samples that the asking process shares; gives the answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        time_s: Seconds until it is killed.
        room_bytes: Bytes of samples that it may give.
    """

    time_s: float
    room_bytes: int


def can_fork() -> bool:
    """Whether processes are forked here, and not spawned."""
    return hasattr(os, "fork") and not os.environ.get(SPAWN_VARIABLE)


def _death(status: int) -> SpeechError:
    """Say how a process ended, from its negative signal number or its exit code."""
    if status < 0:
        return SpeechError(f"the engine was ended by {signal.Signals(-status).name}")
    return SpeechError(f"the engine ended with code {status}")


def _too_slow(limits: Limits) -> SpeechError:
    return SpeechError(f"the engine took longer than {limits.time_s:g} s")


@dataclass(slots=True)
class _Place:
    """Where one child at a time does a request.

    Attributes:
        room: Memory for samples, shared with all its children; each overwrites what the one before left.
        pipe: This end of the pipe to what forks its children.
        begun: The request that was begun here and not asked for yet.
    """

    room: mmap.mmap
    pipe: Connection
    begun: bytes | None = None


class Launcher:
    """Forks a child for each request, from a process that only ever does that."""

    def __init__(
        self, task: Task, limits: Limits, load: Callable[[], None] | None = None, places: int = 1
    ) -> None:
        """Fork the launcher. What `task` needs should be loaded by now or by `load`, and little else.

        Args:
            task: What each child does.
            limits: What each child may use.
            load: Done once in the launcher, before its first child.
            places: How many children may be at work at once, at least one.
        """
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
        """Have a child begin a request that will be asked for, if there is a place for it.

        Returns:
            What can be read from when it is done; None where it was not begun.
        """
        free = next((place for place in self._places if place.begun is None), None)
        if free is not None:
            with suppress(OSError):  # it has died; whoever asks hears it
                free.pipe.send_bytes(request)
                free.begun = request
                return free.pipe
        return None

    def ask(self, request: bytes) -> tuple[bytes, mmap.mmap]:
        """Have a child do a request, or wait for the one that began it.

        Returns:
            Its answer, and memory with its samples, until the next request.

        Raises:
            SpeechError: The child died, took too long, or said so itself.
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
        """Give the place where a request is being done."""
        for place in self._places:
            if place.begun == request:
                return place
        free = next((place for place in self._places if place.begun is None), None)
        if free is None:
            free = self._places[0]
            free.pipe.recv_bytes()  # what was begun there and never asked for
        free.pipe.send_bytes(request)
        free.begun = request
        return free

    def close(self) -> None:
        """End the launcher."""
        for place in self._places:
            place.pipe.close()
        os.waitpid(self._pid, 0)


class Launchers:
    """The launchers that this process started, by what they have loaded; the one used last is kept longest."""

    def __init__(self, most: int) -> None:
        """Keep at most `most` launchers, at least one."""
        self._most = most
        self._owner = 0
        self._held: dict[Hashable, Launcher] = {}

    def __iter__(self) -> Iterator[Launcher]:
        """Yield the launchers, the one used last at the end."""
        return iter(list(self._held.values()))

    def get(self, key: Hashable, start: Callable[[], Launcher]) -> Launcher:
        """Return the launcher of a key, started with `start` if there is none yet.

        Raises:
            AudiobookError: Whatever `start` raises; nothing is kept then.
        """
        if self._owner != os.getpid():
            # Inherited by a fork: what is sent through their pipes would mix with what the parent sends.
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
    """Serve requests until the other ends of the pipes are gone; nothing of the parent's may run here."""
    try:
        # The parent's pipes must end with the parent, and a dying library must not print between our lines.
        _close_all_but({pipe.fileno() for _, pipe in places})
        silence = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silence, standard)
        leave_interrupts_to_parent()
        # Libraries start threads that nobody needs, of which Python warns at every fork.
        warnings.simplefilter("ignore")
        if load:
            load()
        # A collection in a child would touch, and so copy, every page that it shares with the launcher.
        gc.disable()
        # Each place has a process of its own, which shares what is loaded.
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
        raise _too_slow(limits)
    if code := os.waitstatus_to_exitcode(status):
        raise _death(code)
    return answer


def _be_the_child(task: Task, request: bytes, room: mmap.mmap, writing: int, limits: Limits) -> NoReturn:
    code = 70
    try:
        # A launcher that is killed cannot keep the time: the alarm then ends the child.
        signal.setitimer(signal.ITIMER_REAL, limits.time_s + 1)
        answer = memoryview(task(request, room))
        while answer:
            answer = answer[os.write(writing, answer) :]
        code = 0
    finally:
        os._exit(code)


def _read_until(descriptor: int, deadline: float, asking: Connection) -> bytes | None:
    """Read to the end of the pipe, or give None when the deadline passes first, or whoever asks has ended."""
    pieces: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        # Nothing is asked while an answer is waited for: then this pipe can only be at its end.
        ready = select.select([descriptor, asking.fileno()], [], [], left)[0] if left > 0 else []
        if not ready or asking.fileno() in ready:
            return None
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def in_new_interpreter(module: str, request: bytes, limits: Limits) -> bytes:
    """Run `python -m module` with `request` on its standard input.

    Returns:
        What it wrote to its standard output.

    Raises:
        SpeechError: It died or took too long.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.time_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(limits) from error
    if done.returncode:
        raise _death(done.returncode)
    return done.stdout
