"""One pace for all processes and builds that ask a service, and a rest when it fails too often.

They agree by a small file, held by a lock for as long as it takes to read and write it. Times in it are the system's
monotonic clock, which all processes share; it starts from zero with the machine, so a time too far ahead counts as past.
A file that is damaged says nothing, and is written over.
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
from audiobook.system.locks import alone_with, rewrite
from audiobook.system.opening import require_own_folder, storage_error

FAILURES_IN_A_ROW: Final = 6
"""After so many failed requests without a good one between them, nobody asks for a while."""
LONGEST_REST_S: Final = 3600.0
"""No service is left alone for longer, whatever it asks for."""
_MOST_FAILURES: Final = 1_000_000
_MOST_BYTES: Final = 4096
_MOST_WHY: Final = 500


class _State(msgspec.Struct):
    """What the file holds.

    Attributes:
        next_s: Before this time nobody asks.
        failures: Failed requests in a row.
        closed_s: Until this time nobody asks, and nobody waits either.
        why: Why.
    """

    next_s: float = 0.0
    failures: Annotated[int, msgspec.Meta(ge=0, le=_MOST_FAILURES)] = 0
    closed_s: float = 0.0
    why: str = ""


class Pace:
    """The turn of this process among all that ask a service."""

    def __init__(self, path: Path, service: str, pause_s: float, rest_s: float) -> None:
        """Agree on a pace.

        Args:
            path: The file; its folder is made if missing.
            service: What the service is called in messages.
            pause_s: Least time between two requests.
            rest_s: How long nobody asks after `FAILURES_IN_A_ROW`.
        """
        self._path = path
        self._service = service
        self._pause_s = pause_s
        self._rest_s = min(rest_s, LONGEST_REST_S)

    def wait_turn(self) -> None:
        """Wait until this process may ask.

        Raises:
            ServiceError: Nobody may for a while; says for how long.
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
        """Say that a request went well."""
        with self._held() as state:
            state.failures = 0

    def failed(self, why: str) -> None:
        """Say that a request failed."""
        with self._held() as state:
            state.failures += 1
            if state.failures >= FAILURES_IN_A_ROW:
                state.closed_s = time.monotonic() + self._rest_s
                state.why = f"it failed {state.failures} times in a row, at last: {why}"

    def hold(self, wait_s: float) -> None:
        """Have everybody wait, because the service asked for it."""
        with self._held() as state:
            state.next_s = max(state.next_s, time.monotonic() + wait_s)

    def rest(self, wait_s: float) -> None:
        """Have nobody ask for a time that is too long to wait for."""
        with self._held() as state:
            state.closed_s = time.monotonic() + min(wait_s, LONGEST_REST_S)
            state.why = f"it asked to be left alone for {_spoken(wait_s)}"

    def _resting(self, state: _State, now: float) -> ServiceError:
        return ServiceError(
            f"{self._service} is not asked now: {state.why}",
            hint=f"try again in {_spoken(state.closed_s - now)}; what it has answered is kept",
        )

    @contextmanager
    def _held(self) -> Iterator[_State]:
        """Give what the file holds, alone, and write it back if it was changed."""
        require_own_folder(self._path.parent)
        with alone_with(self._path) as descriptor:
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
    """Read the file; one that is empty or damaged says nothing."""
    try:
        return msgspec.json.decode(data, type=_State)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _State()


def _spoken(length_s: float) -> str:
    """Give a time in words."""
    if length_s < 100:
        return f"{max(1, round(length_s))} s"
    if length_s < 100 * 60:
        return f"{round(length_s / 60)} minutes"
    return f"{round(length_s / 3600)} hours"
