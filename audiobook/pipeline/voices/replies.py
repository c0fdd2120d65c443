"""The cached responses of services, which can be hidden from an engine so that it requests them again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from audiobook.clips.sealed import SealedFolder
from audiobook.clips.store import ClipStore

MOST_RENEWALS: Final = 2
"""How often a response is requested again, however often the clips with it are made."""


class Replies:
    """Responses by name. While they are being renewed, each of them seems to be missing until it is stored again.

    A response that was renewed twice is never missing.
    """

    def __init__(self, folder: SealedFolder, counts: SealedFolder) -> None:
        """Use a folder of responses, and one that says how often each was renewed."""
        self._folder = folder
        self._counts = counts
        self._before: dict[str, bytes | None] | None = None
        self._renewed: set[str] = set()

    def get(self, name: str) -> bytes | None:
        """Return the value of a name; None if it is missing, damaged, or not renewed yet."""
        kept = self._folder.get(name)
        if self._before is None or name in self._renewed:
            return kept
        if kept is not None and self._times_renewed(name) >= MOST_RENEWALS:
            return kept
        self._before.setdefault(name, kept)
        return None

    def put(self, name: str, value: bytes) -> None:
        """Store the value of a name, in place of any previous value."""
        if self._before is not None:
            if self._before.setdefault(name, self._folder.get(name)) is not None:
                self._counts.put(name, b"%d" % (self._times_renewed(name) + 1))
            self._renewed.add(name)
        self._folder.put(name, value)

    @contextmanager
    def renewing(self) -> Iterator[dict[str, bytes | None]]:
        """Make engines request everything that they need in the block again.

        Yields:
            The previous responses by name, for `restore`; empty if all of them were renewed twice already.
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

    def _times_renewed(self, name: str) -> int:
        count = self._counts.get(name)
        return int(count) if count and count.isdigit() else 0


@cache
def replies_of(store: Path) -> Replies:
    """Return the cached responses in a store; always the same object within a process."""
    clips = ClipStore(store)
    return Replies(clips.replies, clips.renewed)
