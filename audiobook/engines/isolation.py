"""Isolating requests that may crash, hang or produce endless output: each runs in a new process.

espeak-ng keeps state from one text to the next, and some plain texts make it abort. So each passage is spoken in a child
of a launcher, a process that has loaded the library and never speaks. Systems without fork use `Interpreter` instead.

Forking takes longer the more memory a process has written, so the launcher is a process of its own. It has one or more
slots. Each slot is a process that shares the loaded library and runs one child at a time, so the number of slots limits
the number of children.
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
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from audiobook.errors import SpeechError
from audiobook.system.interrupts import interrupts_held, leave_interrupts_to_parent

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from audiobook.engines.scratch import Scratch

SPAWN_VARIABLE: Final = "AUDIOBOOK_SPAWN"
"""Environment variable; if set, processes are started as on systems without fork."""

_MOST_FILES: Final = 4096
_DONE: Final = b"+"
_NOT_DONE: Final = b"-"

Task = Callable[[bytes, mmap.mmap], bytes]
"""Takes a request, and memory that is shared with the calling process for the samples; returns the answer."""


class Limits(msgspec.Struct, frozen=True):
    """Limits of a request.

    Attributes:
        time_s: Time limit in seconds, after which the child is killed.
        memory_bytes: Size of the memory that shares samples with the child; 0 if the task returns none.
    """

    time_s: float
    memory_bytes: int


def can_fork() -> bool:
    """Return whether this system forks processes, instead of starting new interpreters."""
    return hasattr(os, "fork") and not os.environ.get(SPAWN_VARIABLE)


def death(status: int) -> SpeechError:
    """Return the error for a failed process, given its exit code, or the negated number of a signal."""
    if status < 0:
        return SpeechError(f"the engine was ended by {signal.Signals(-status).name}")
    return SpeechError(f"the engine ended with code {status}")


def too_slow(limits: Limits) -> SpeechError:
    """Return the error for a process that reached its time limit."""
    return SpeechError(f"the engine took longer than {limits.time_s:g} s")


class _Slot(msgspec.Struct):
    """A slot for one child at a time.

    Attributes:
        memory: Memory for samples, shared with the children; each child overwrites the samples of the previous one.
        pipe: Our end of the pipe to the process that forks the children.
        request: The request that was started here, until its answer is fetched; None if the slot is free.
    """

    memory: mmap.mmap
    pipe: Connection
    request: bytes | None = None


class Launcher:
    """Runs each request in a child, forked from a process that does nothing else."""

    def __init__(
        self,
        task: Task,
        limits: Limits,
        load: Callable[[], None] | None = None,
        slots: int = 1,
        *,
        keeps_memory: bool = False,
    ) -> None:
        """Fork the launcher. The calling process should have loaded little more than `task` needs.

        Args:
            task: Called in each child.
            limits: Limits of each child.
            load: Called once in the launcher, before the first child is forked; None if nothing must be loaded.
            slots: Maximum number of children at the same time, at least 1.
            keeps_memory: Whether each slot keeps the memory of a child for the next one, because children need much of
                it.
        """
        from multiprocessing.connection import Pipe  # slow to import, not needed to choose a voice

        pipes = [Pipe() for _ in range(slots)]
        self._slots = [_Slot(mmap.mmap(-1, limits.memory_bytes), ours) for ours, _ in pipes]
        with interrupts_held():
            self._pid = os.fork()
            if self._pid == 0:
                theirs = [(slot.memory, pipe) for slot, (_, pipe) in zip(self._slots, pipes, strict=True)]
                _be_the_launcher(task, theirs, limits, load, keeps_memory)
        for _, pipe in pipes:
            pipe.close()

    def begin(self, request: bytes) -> Connection | None:
        """Start a child for a request if a slot is free; `ask` fetches the answer later.

        Returns:
            A connection that becomes readable when the answer is ready; None if no slot is free.
        """
        free = next((slot for slot in self._slots if slot.request is None), None)
        if free is not None:
            with suppress(OSError):  # the launcher has died, which `ask` will report
                free.pipe.send_bytes(request)
                free.request = request
                return free.pipe
        return None

    def ask(self, request: bytes) -> tuple[bytes, mmap.mmap]:
        """Run a request in a child, or wait for the child that `begin` started for it.

        Returns:
            The answer, and the memory with the samples, which the next request may overwrite.

        Raises:
            SpeechError: The child died, took too long, or reported an error.
        """
        try:
            slot = self._slot_of(request)
            answer = slot.pipe.recv_bytes()
            slot.request = None
        except (EOFError, OSError) as error:
            raise SpeechError("the launcher of the engine has died") from error
        if answer[:1] == _NOT_DONE:
            raise SpeechError(answer[1:].decode())
        return answer[1:], slot.memory

    def _slot_of(self, request: bytes) -> _Slot:
        """Return the slot that works on a request; start the request if no slot does."""
        for slot in self._slots:
            if slot.request == request:
                return slot
        free = next((slot for slot in self._slots if slot.request is None), None)
        if free is None:
            free = self._slots[0]
            free.pipe.recv_bytes()  # the answer to a request that was started there and never fetched
        free.pipe.send_bytes(request)
        free.request = request
        return free

    def close(self) -> None:
        """Stop the launcher."""
        for slot in self._slots:
            slot.pipe.close()
        os.waitpid(self._pid, 0)


class Launchers:
    """The launchers of this process by key. If there are too many, the least recently used one is closed."""

    def __init__(self, most: int) -> None:
        """Keep at most `most` launchers, at least 1."""
        self._most = most
        self._owner = 0
        self._held: dict[Hashable, Launcher] = {}

    def __iter__(self) -> Iterator[Launcher]:
        """Yield the launchers, the most recently used last."""
        return iter(list(self._held.values()))

    def get(self, key: Hashable, start: Callable[[], Launcher]) -> Launcher:
        """Return the launcher for a key; if there is none, start one.

        Args:
            key: Anything that identifies what the launcher has loaded.
            start: Returns a new launcher.

        Raises:
            AudiobookError: `start` failed. Another launcher may have been closed.
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
    task: Task,
    slots: list[tuple[mmap.mmap, Connection]],
    limits: Limits,
    load: Callable[[], None] | None,
    keeps_memory: bool,
) -> NoReturn:
    """Serve requests until the other ends of the pipes are closed. Then exit without returning to the parent's code."""
    try:
        # The parent's pipes must close with the parent, and a dying library must not print into our output.
        _close_all_but({pipe.fileno() for _, pipe in slots})
        silence = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silence, standard)
        leave_interrupts_to_parent()
        # Libraries start idle threads, and Python warns about them at every fork.
        warnings.simplefilter("ignore")
        if load:
            load()
        # Garbage collection in a child would write to, and so copy, every page shared with the launcher.
        gc.disable()
        # The other slots are forks of this process, and share what it has loaded.
        for memory, pipe in slots[1:]:
            if os.fork() == 0:
                _serve(task, memory, pipe, limits, keeps_memory)
        _serve(task, *slots[0], limits, keeps_memory)
    finally:
        os._exit(0)


def _close_all_but(kept: set[int]) -> None:
    start = 3
    for descriptor in (*sorted(kept), _MOST_FILES):
        os.closerange(start, descriptor)
        start = descriptor + 1


def _serve(task: Task, memory: mmap.mmap, pipe: Connection, limits: Limits, keeps_memory: bool) -> NoReturn:
    _close_all_but({pipe.fileno()})
    scratch = _scratch() if keeps_memory else None
    while True:
        request = pipe.recv_bytes()
        if scratch:
            scratch.combine()
        try:
            answer = _DONE + _in_child(task, request, memory, limits, pipe, scratch)
        except SpeechError as error:
            answer = _NOT_DONE + error.message.encode()
        pipe.send_bytes(answer)


def _scratch() -> Scratch | None:
    from audiobook.engines.scratch import reserve_scratch  # ctypes, not needed by engines that keep no memory

    return reserve_scratch()


def _in_child(
    task: Task, request: bytes, memory: mmap.mmap, limits: Limits, caller: Connection, scratch: Scratch | None
) -> bytes:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(task, request, memory, writing, limits, scratch)
    os.close(writing)
    answer = _read_until(reading, time.monotonic() + limits.time_s, caller)
    os.close(reading)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if answer is None:
        raise too_slow(limits)
    if code := os.waitstatus_to_exitcode(status):
        raise death(code)
    return answer


def _be_the_child(
    task: Task, request: bytes, memory: mmap.mmap, writing: int, limits: Limits, scratch: Scratch | None
) -> NoReturn:
    code = 70
    try:
        # Ends the child if the launcher is killed and cannot enforce the limit.
        signal.setitimer(signal.ITIMER_REAL, limits.time_s + 1)
        if scratch:
            scratch.use()
        answer = memoryview(task(request, memory))
        while answer:
            answer = answer[os.write(writing, answer) :]
        code = 0
    finally:
        os._exit(code)


def _read_until(descriptor: int, deadline: float, caller: Connection) -> bytes | None:
    """Return all bytes up to the end of the pipe; None if the deadline passes or the calling process ends first."""
    pieces: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        # Nothing is sent while an answer is pending, so `caller` only becomes readable when it is closed.
        ready = select.select([descriptor, caller.fileno()], [], [], left)[0] if left > 0 else []
        if not ready or caller.fileno() in ready:
            return None
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
