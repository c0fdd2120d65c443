"""The cached responses of services, as an engine sees them: a response that did not sound right is requested again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from audiobook.clips.sealed import SealedFolder
from audiobook.clips.store import ClipStore


class Replies:
    """Responses by name. While they are being renewed, each of them is missing until it is stored once more."""

    def __init__(self, kept: SealedFolder) -> None:
        """Use a folder of responses."""
        self._kept = kept
        self._before: dict[str, bytes | None] | None = None
        self._renewed: set[str] = set()

    def get(self, name: str) -> bytes | None:
        """Return the value of a name; None if it is missing, damaged, or not renewed yet."""
        if self._before is None or name in self._renewed:
            return self._kept.get(name)
        self._before.setdefault(name, self._kept.get(name))
        return None

    def put(self, name: str, value: bytes) -> None:
        """Store the value of a name."""
        if self._before is not None:
            self._before.setdefault(name, self._kept.get(name))
            self._renewed.add(name)
        self._kept.put(name, value)

    @contextmanager
    def renewing(self) -> Iterator[dict[str, bytes | None]]:
        """Within the block, engines request what they need again.

        Yields:
            The previous responses by name, for `restore`.
        """
        self._before, self._renewed = {}, set()
        try:
            yield self._before
        finally:
            self._before = None

    def restore(self, before: dict[str, bytes | None]) -> None:
        """Put previous responses back."""
        for name, value in before.items():
            if value is not None:
                self._kept.put(name, value)


@cache
def replies_of(store: Path) -> Replies:
    """Return the responses in a store, one object for each process."""
    return Replies(ClipStore(store).replies)
