"""Run something that may crash, hang or flood in a process of its own, once for each request.

espeak-ng keeps state from one text to the next and can be aborted by plain text, so every passage is spoken by
a process that has spoken nothing before and is thrown away after. Where the system can fork, that is a child of
a process that loaded the library and never speaks; it costs about 5 ms. Elsewhere a new interpreter does the
same and takes longer.
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
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from audiobook.errors import SpeechError

CAN_FORK = hasattr(os, "fork")
@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        time_s: Seconds until it is killed.
        room_bytes: Bytes of samples that it may give.
    """

    time_s: float
    room_bytes: int


def _death(status: int) -> SpeechError:
    """Say how a child ended, from its negative signal number or its exit code."""
    if status < 0:
        return SpeechError(f"the engine was ended by {signal.Signals(-status).name}")
    return SpeechError(f"the engine ended with code {status}")


def _too_slow(limits: Limits) -> SpeechError:
    return SpeechError(f"the engine took longer than {limits.time_s:g} s")


def in_forked_child(task: Callable[[mmap.mmap], bytes], room: mmap.mmap, limits: Limits) -> bytes:
    """Run `task` in a forked child.

    Args:
        task: Gets `room` to put samples into; what it returns is given back as it is.
        room: Memory shared with children, `limits.room_bytes` long. One that was used before saves
            a page fault for every 2048 samples.
        limits: What the child may use.

    Returns:
        What `task` returned.

    Raises:
        SpeechError: The child died, or took too long.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(task, room, writing, limits)
    os.close(writing)
    answer = None
    try:
        answer = _read_until(reading, time.monotonic() + limits.time_s)
    finally:
        os.close(reading)
        if answer is None:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    if answer is None:
        raise _too_slow(limits)
    if code := os.waitstatus_to_exitcode(status):
        raise _death(code)
    return answer


def _be_the_child(task: Callable[[mmap.mmap], bytes], room: mmap.mmap, writing: int, limits: Limits) -> NoReturn:
    """Do the task and end, whatever happens; nothing of the parent's may run here."""
    code = 70
    try:
        # A collection would touch, and so copy, every page that the child shares with its parent.
        gc.disable()
        # A parent that is killed cannot keep the time: the alarm then ends the child.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limits.time_s + 1)
        # What a dying library prints would stand between the lines of the progress display.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        answer = memoryview(task(room))
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
