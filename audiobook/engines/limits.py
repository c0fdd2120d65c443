"""Limits of a request to an engine in another process, and the errors if that process reaches them or dies."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from audiobook.errors import SpeechError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a request.

    Attributes:
        time_s: Time limit in seconds, after which the process is killed.
        memory_bytes: Size of the memory that shares samples with a child; 0 if the task returns none.
    """

    time_s: float
    memory_bytes: int


def death(status: int) -> SpeechError:
    """Return the error for a failed process, given its exit code, or the negated number of a signal."""
    if status < 0:
        return SpeechError(f"the engine was ended by {signal.Signals(-status).name}")
    return SpeechError(f"the engine ended with code {status}")


def too_slow(limits: Limits) -> SpeechError:
    """Return the error for a process that reached its time limit."""
    return SpeechError(f"the engine took longer than {limits.time_s:g} s")
