"""Run something that may crash, hang or flood in a process that has done nothing before, once for each request.

espeak-ng keeps state from one text to the next and can be aborted by plain text, so every passage is spoken by
such a process, which is thrown away after. Where the system can fork, a launcher that loaded the library and never
speaks forks a child for each passage. Elsewhere a new interpreter does the same and takes longer.

The launcher is a process of its own because what a fork costs grows with what its parent has touched: a process that
also encodes would pay twice as much.
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
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Final, NoReturn

from audiobook.errors import SpeechError

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


class Launcher:
    """Forks a child for each request, from a process that only ever does that."""

    def __init__(self, task: Task, limits: Limits, load: Callable[[], None] | None = None) -> None:
        """Fork the launcher. What `task` needs should be loaded by now or by `load`, and little else.

        Args:
            task: What each child does.
            limits: What each child may use.
            load: Done once in the launcher, before its first child.
        """
        self.room = mmap.mmap(-1, limits.room_bytes)
        """Memory for samples, shared with all children; each overwrites what the one before left."""
        self._pipe, theirs = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _be_the_launcher(task, self.room, theirs, limits, load)
        theirs.close()

    def ask(self, request: bytes) -> bytes:
        """Have a child do a request.

        Returns:
            Its answer; its samples are in `room`, until the next request.

        Raises:
            SpeechError: The child died, took too long, or said so itself.
        """
        try:
            self._pipe.send_bytes(request)
            answer = self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise SpeechError("the launcher of the engine has died") from error
        if answer[:1] == _NOT_DONE:
            raise SpeechError(answer[1:].decode())
        return answer[1:]

    def close(self) -> None:
        """End the launcher."""
        self._pipe.close()
        os.waitpid(self._pid, 0)


def _be_the_launcher(
    task: Task, room: mmap.mmap, pipe: Connection, limits: Limits, load: Callable[[], None] | None
) -> NoReturn:
    """Serve requests until the other end of the pipe is gone; nothing of the parent's may run here."""
    try:
        # The parent's pipes must end with the parent, and a dying library must not print between our lines.
        own = pipe.fileno()
        os.closerange(3, own)
        os.closerange(own + 1, _MOST_FILES)
        silence = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(silence, standard)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        # Libraries start threads that nobody needs, of which Python warns at every fork.
        warnings.simplefilter("ignore")
        if load:
            load()
        # A collection in a child would touch, and so copy, every page that it shares with the launcher.
        gc.disable()
        while True:
            request = pipe.recv_bytes()
            try:
                answer = _DONE + _in_child(task, request, room, limits)
            except SpeechError as error:
                answer = _NOT_DONE + error.message.encode()
            pipe.send_bytes(answer)
    finally:
        os._exit(0)


def _in_child(task: Task, request: bytes, room: mmap.mmap, limits: Limits) -> bytes:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(task, request, room, writing, limits)
    os.close(writing)
    answer = _read_until(reading, time.monotonic() + limits.time_s)
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


def _read_until(descriptor: int, deadline: float) -> bytes | None:
    """Read to the end of the pipe, or give None when the deadline passes first."""
    pieces: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
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
