"""Do something that may crash, hang or flood in a process that has done nothing before, and throw the process away.

espeak-ng keeps state from one text to the next and can be aborted by plain text, so every passage is spoken by
such a fresh process. Where the system can fork, that is a child of a process that loaded the library and
never speaks: 2 to 3 ms. Elsewhere a new interpreter does the same and takes longer.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from typing import Final, NoReturn, Protocol, TypeVar

from audiobook.errors import AudiobookError, SpeechError

SPAWN_VARIABLE: Final = "AUDIOBOOK_SPAWN"
"""Set to 1, this environment variable makes processes the way systems without fork must."""

Result = TypeVar("Result", covariant=True)

_fresh = False


class Task(Protocol[Result]):
    """Something to do elsewhere: it travels there by pickle, and its result travels back."""

    def run(self) -> Result:
        """Do it."""


def can_fork() -> bool:
    """Whether processes are forked here, and not spawned."""
    return hasattr(os, "fork") and not os.environ.get(SPAWN_VARIABLE)


def take_freshness() -> bool:
    """Whether this process was made for one task and has not been asked this before."""
    global _fresh
    fresh, _fresh = _fresh, False
    return fresh


def in_fresh_process(task: Task[Result], time_s: float) -> Result:
    """Do a task in a process of its own.

    Args:
        task: What.
        time_s: Seconds until the process is killed.

    Returns:
        What the task gave.

    Raises:
        AudiobookError: What the task raised.
        SpeechError: The process died, took too long, or raised something else.
    """
    told = _in_fork(task, time_s) if can_fork() else _in_interpreter(task, time_s)
    # It comes from our own code in our own child, so what it holds is what we put there.
    result: Result | AudiobookError = pickle.loads(told)  # noqa: S301
    if isinstance(result, AudiobookError):
        raise result
    return result


def _answer(task: Task[object]) -> bytes:
    """Do a task in a process that is fresh, and give its result or its error as bytes."""
    global _fresh
    _fresh = True
    try:
        return pickle.dumps(task.run())
    except AudiobookError as error:
        return pickle.dumps(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not look like a crash
        return pickle.dumps(SpeechError(f"{type(error).__name__}: {error}"))


def _death(status: int) -> SpeechError:
    """Say how a process ended, from its negative signal number or its exit code."""
    if status < 0:
        return SpeechError(f"the engine was ended by {signal.Signals(-status).name}")
    return SpeechError(f"the engine ended with code {status}")


def _too_slow(time_s: float) -> SpeechError:
    return SpeechError(f"the engine took longer than {time_s:g} s")


def _in_fork(task: Task[object], time_s: float) -> bytes:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(task, writing, time_s)
    os.close(writing)
    told = None
    try:
        told = _read_until(reading, time.monotonic() + time_s)
    finally:
        os.close(reading)
        if told is None:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    if told is None:
        raise _too_slow(time_s)
    if code := os.waitstatus_to_exitcode(status):
        raise _death(code)
    return told


def _be_the_child(task: Task[object], writing: int, time_s: float) -> NoReturn:
    """Do the task and end, whatever happens; nothing of the parent's may run here."""
    code = 70
    try:
        # A collection would touch, and so copy, every page that the child shares with its parent.
        gc.disable()
        # A parent that is killed cannot keep the time: the alarm then ends the child.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, time_s + 1)
        # What a dying library prints would stand between the lines of the progress display.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        told = memoryview(_answer(task))
        while told:
            told = told[os.write(writing, told) :]
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


def _in_interpreter(task: Task[object], time_s: float) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "audiobook.engines"],
            input=pickle.dumps(task),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=time_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(time_s) from error
    if done.returncode:
        raise _death(done.returncode)
    return done.stdout


def serve() -> None:
    """Be the new interpreter: a task on standard input, its result on standard output."""
    task: Task[object] = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from our own parent
    told = _answer(task)
    sys.stdout.buffer.write(told)
    sys.stdout.buffer.flush()
