"""The driver's connection to the process that is a client of the cluster."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import resource_tracker
from typing import Final

import msgspec

from audiobook.errors import ClusterError
from audiobook.pipeline.cluster.address import Cluster
from audiobook.pipeline.cluster.client import RESUME, serve
from audiobook.pipeline.cluster.messages import (
    BatchDone,
    BuildStopped,
    FromLink,
    Notice,
    ToLink,
    Workers,
    packed,
)
from audiobook.system.descendants import kill_with_descendants
from audiobook.system.interpreters import current_folder_ignored
from audiobook.system.interrupts import interrupts_held

_FAREWELL_S: Final = 1.0


class Link:
    """The connection of a driver to a cluster, through a process of its own."""

    def __init__(self, cluster: Cluster, warn: Callable[[str], None]) -> None:
        """Start the process and connect to the cluster.

        Args:
            cluster: The cluster.
            warn: Called with messages to the user while the build waits for the cluster.

        Raises:
            ClusterError: The scheduler cannot be reached, or no worker is connected.
        """
        self._warn = warn
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, cluster), daemon=True)
        with current_folder_ignored():
            if sys.platform != "win32":
                resource_tracker.ensure_running()  # starting it together with the process would unblock signals
            with interrupts_held():
                self._process.start()
        theirs.close()
        try:
            self.receive(None)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Link:
        """Return the link."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster."""
        self.close()

    def send(self, message: ToLink) -> None:
        """Send a message; if the process has died, `receive` reports it."""
        with suppress(OSError):
            self._pipe.send_bytes(packed(message))

    def receive(self, timeout_s: float | None) -> Workers | BatchDone | None:
        """Return the next message; None if none arrives in time.

        Args:
            timeout_s: How long to wait, in seconds; None to wait without a limit.

        Raises:
            ClusterError: The build cannot continue.
        """
        while True:
            try:
                if not self._pipe.poll(timeout_s):
                    return None
                message: FromLink = msgspec.msgpack.decode(self._pipe.recv_bytes(), type=FromLink)
            except (EOFError, OSError) as error:
                raise ClusterError("the connection to the cluster ended", hint=RESUME) from error
            if isinstance(message, BuildStopped):
                raise ClusterError(message.message, hint=message.hint)
            if not isinstance(message, Notice):
                return message
            self._warn(message.message)

    def close(self) -> None:
        """Leave the cluster, which then drops all submitted batches."""
        self._pipe.close()
        self._process.join(_FAREWELL_S)
        if self._process.pid and self._process.is_alive():
            kill_with_descendants(self._process.pid)
            self._process.join()
