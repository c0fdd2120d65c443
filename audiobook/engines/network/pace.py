"""A rate limit shared by all processes and builds that use a service, and a pause after too many failures.

The processes coordinate through a small file, which is locked while it is read and written. Its times are those of the
system's monotonic clock, which all processes share. This clock restarts with the computer, so times too far in the future
are ignored. A damaged file counts as empty and is overwritten.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import msgspec

from audiobook.errors import ServiceError
from audiobook.system.locks import opened_locked, rewrite
from audiobook.system.opening import require_own_folder, storage_error

FAILURES_IN_A_ROW: Final = 6
"""After this many failures without a success in between, requests are paused."""
LONGEST_REST_S: Final = 3600.0
"""Longest pause of requests, even if the service asks for more."""
_MOST_FAILURES: Final = 1_000_000
_MOST_BYTES: Final = 4096
_MOST_WHY: Final = 500


class _State(msgspec.Struct):
    """The contents of the file.

    Attributes:
        next_s: Time before which no request may start, in seconds.
        failures: Number of failures since the last success.
        closed_s: Time before which requests are paused: they fail at once instead of waiting. In seconds.
        why: Why requests are paused, for messages.
    """

    next_s: float = 0.0
    failures: Annotated[int, msgspec.Meta(ge=0, le=_MOST_FAILURES)] = 0
    closed_s: float = 0.0
    why: str = ""


class Pace:
    """Coordinates the requests of this process with those of all others that use a service."""

    def __init__(self, path: Path, service: str, pause_s: float, rest_s: float) -> None:
        """Use a file, which is only read and written when a request is made.

        Args:
            path: The file; it and its folder are created if missing.
            service: Name of the service in messages.
            pause_s: Shortest time between the starts of two requests, in seconds.
            rest_s: How long requests are paused after `FAILURES_IN_A_ROW`, in seconds; at most `LONGEST_REST_S`.
        """
        self._path = path
        self._service = service
        self._pause_s = pause_s
        self._rest_s = min(rest_s, LONGEST_REST_S)

    def wait_turn(self) -> None:
        """Wait until this process may make a request.

        Raises:
            ServiceError: Requests are paused; the hint says for how long.
            StorageError: The file cannot be read or written.
        """
        while True:
            with self._held() as state:
                now = time.monotonic()
                if _is_ahead(state.closed_s, now):
                    raise self._resting(state, now)
                wait_s = state.next_s - now if _is_ahead(state.next_s, now) else 0.0
                if not wait_s:
                    if self._pause_s:
                        state.next_s = now + self._pause_s
                    return
            time.sleep(wait_s)

    def succeeded(self) -> None:
        """Record that a request succeeded."""
        with self._held() as state:
            state.failures = 0

    def failed(self, why: str) -> None:
        """Record that a request failed; pause requests if too many have failed in a row.

        Args:
            why: What happened, for messages.
        """
        with self._held() as state:
            state.failures += 1
            if state.failures >= FAILURES_IN_A_ROW:
                state.closed_s = time.monotonic() + self._rest_s
                state.why = f"it failed {state.failures} times in a row, most recently: {why}"

    def hold(self, wait_s: float) -> None:
        """Make all processes wait for some seconds before their next requests, because the service asked for it."""
        with self._held() as state:
            state.next_s = max(state.next_s, time.monotonic() + wait_s)

    def rest(self, wait_s: float) -> None:
        """Pause requests, because the service asked for a wait that is too long. They fail until `wait_s` has passed."""
        with self._held() as state:
            state.closed_s = time.monotonic() + min(wait_s, LONGEST_REST_S)
            state.why = f"it asked for no requests for {_duration(wait_s)}"

    def _resting(self, state: _State, now: float) -> ServiceError:
        return ServiceError(
            f"{self._service} is paused: {state.why}",
            hint=f"try again in {_duration(state.closed_s - now)}; its responses so far are cached",
        )

    @contextmanager
    def _held(self) -> Iterator[_State]:
        """Yield the contents of the file while it is locked, and write them back if they were changed."""
        require_own_folder(self._path.parent)
        with opened_locked(self._path) as descriptor:
            try:
                before = os.read(descriptor, _MOST_BYTES)
                state = _decoded(before)
                yield state
                state.failures = min(state.failures, _MOST_FAILURES)
                state.why = state.why[:_MOST_WHY].encode("utf-8", "replace").decode()
                after = msgspec.json.encode(state)
                if after != before:
                    rewrite(descriptor, after)
            except OSError as error:
                raise storage_error(error, self._path, "keeping the pace") from error


def _is_ahead(at_s: float, now_s: float) -> bool:
    return now_s < at_s <= now_s + LONGEST_REST_S


def _decoded(data: bytes) -> _State:
    """Return the contents of the file; the initial state if the file is empty or damaged."""
    try:
        return msgspec.json.decode(data, type=_State)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _State()


def _duration(length_s: float) -> str:
    """Return a duration for messages: "45 s", "3 minutes", "2 hours"."""
    if length_s < 100:
        return f"{max(1, round(length_s))} s"
    if length_s < 100 * 60:
        return f"{round(length_s / 60)} minutes"
    return f"{round(length_s / 3600)} hours"
