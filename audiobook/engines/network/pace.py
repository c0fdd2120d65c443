"""A common pace for all processes and builds that use a service, and a rest after too many failures.

The processes coordinate through a small file, locked while it is read and written. Its times are those of the system's
monotonic clock, which all processes share. That clock restarts with the computer, so a time too far in the future
is ignored. A damaged file counts as empty and is overwritten.
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
"""After this many failures without a success in between, requests stop for a while."""
LONGEST_REST_S: Final = 3600.0
"""Requests never stop for longer, whatever the service asks for."""
_MOST_FAILURES: Final = 1_000_000
_MOST_BYTES: Final = 4096
_MOST_WHY: Final = 500


class _State(msgspec.Struct):
    """The contents of the file.

    Attributes:
        next_s: Time before which no request may start.
        failures: Number of failures in a row.
        closed_s: Time before which requests fail at once instead of waiting.
        why: Why they fail, for messages.
    """

    next_s: float = 0.0
    failures: Annotated[int, msgspec.Meta(ge=0, le=_MOST_FAILURES)] = 0
    closed_s: float = 0.0
    why: str = ""


class Pace:
    """Coordinates the requests of this process with those of all others that use a service."""

    def __init__(self, path: Path, service: str, pause_s: float, rest_s: float) -> None:
        """Use the pace kept in a file.

        Args:
            path: The file; its folder is created if missing.
            service: Name of the service in messages.
            pause_s: Shortest time between two requests.
            rest_s: How long requests stop after `FAILURES_IN_A_ROW`.
        """
        self._path = path
        self._service = service
        self._pause_s = pause_s
        self._rest_s = min(rest_s, LONGEST_REST_S)

    def wait_turn(self) -> None:
        """Wait until this process may make a request.

        Raises:
            ServiceError: Requests have stopped for a while; the message says for how long.
            StorageError: The file cannot be used.
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
        """Record that a request failed."""
        with self._held() as state:
            state.failures += 1
            if state.failures >= FAILURES_IN_A_ROW:
                state.closed_s = time.monotonic() + self._rest_s
                state.why = f"it failed {state.failures} times in a row, most recently: {why}"

    def hold(self, wait_s: float) -> None:
        """Make all processes wait, because the service asked for it."""
        with self._held() as state:
            state.next_s = max(state.next_s, time.monotonic() + wait_s)

    def rest(self, wait_s: float) -> None:
        """Stop requests for a time that is too long to wait for."""
        with self._held() as state:
            state.closed_s = time.monotonic() + min(wait_s, LONGEST_REST_S)
            state.why = f"it asked for no requests for {_spoken(wait_s)}"

    def _resting(self, state: _State, now: float) -> ServiceError:
        return ServiceError(
            f"{self._service} is paused: {state.why}",
            hint=f"try again in {_spoken(state.closed_s - now)}; its responses so far are kept",
        )

    @contextmanager
    def _held(self) -> Iterator[_State]:
        """Yield the contents of the file under its lock, and write them back if they were changed."""
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
    """Decode the file; an empty or damaged one gives the initial state."""
    try:
        return msgspec.json.decode(data, type=_State)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _State()


def _spoken(length_s: float) -> str:
    """Return a time in words."""
    if length_s < 100:
        return f"{max(1, round(length_s))} s"
    if length_s < 100 * 60:
        return f"{round(length_s / 60)} minutes"
    return f"{round(length_s / 3600)} hours"
