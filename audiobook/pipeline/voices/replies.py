"""The cached responses of services, which can be hidden from an engine so that it requests them again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from audiobook.clips.sealed import SealedFolder
from audiobook.clips.store import ClipStore


class Replies:
    """Responses by name. While they are being renewed, each of them seems to be missing until it is stored again."""

    def __init__(self, folder: SealedFolder) -> None:
        """Use a folder of responses."""
        self._folder = folder
        self._before: dict[str, bytes | None] | None = None
        self._renewed: set[str] = set()

    def get(self, name: str) -> bytes | None:
        """Return the value of a name; None if it is missing, damaged, or not renewed yet."""
        if self._before is None or name in self._renewed:
            return self._folder.get(name)
        self._before.setdefault(name, self._folder.get(name))
        return None

    def put(self, name: str, value: bytes) -> None:
        """Store the value of a name, in place of any previous value."""
        if self._before is not None:
            self._before.setdefault(name, self._folder.get(name))
            self._renewed.add(name)
        self._folder.put(name, value)

    @contextmanager
    def renewing(self) -> Iterator[dict[str, bytes | None]]:
        """Make engines request everything that they need in the block again.

        Yields:
            The previous responses by name, for `restore`.
        """
        self._before, self._renewed = {}, set()
        try:
            yield self._before
        finally:
            self._before = None

    def restore(self, before: dict[str, bytes | None]) -> None:
        """Store the responses that `renewing` yielded again."""
        for name, value in before.items():
            if value is not None:
                self._folder.put(name, value)


@cache
def replies_of(store: Path) -> Replies:
    """Return the cached responses in a store; always the same object within a process."""
    return Replies(ClipStore(store).replies)
