"""The anchors of a page: each `id` that links can lead to, and the block that it is at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


class Anchors:
    """The anchors that have been met on a page.

    Attributes:
        places: For each `id` in the text that is read, the index of the first block at or after it.
        skipped: Each `id` in skipped text.
    """

    def __init__(self) -> None:
        """Begin a page without anchors."""
        self.places: dict[str, int] = {}
        self.skipped: set[str] = set()
        self._since_last_block: list[str] = []

    def meet(self, element: _Element, tag: str, at: int, *, is_skipped: bool) -> None:
        """Record the anchors of an element.

        Args:
            element: The element.
            tag: Its name, as returned by `tag_of`.
            at: Index of the block that its text will be in.
            is_skipped: Whether its text is skipped.
        """
        for name in ("id", "name") if tag == "a" else ("id",):
            if key := element.get(name):
                if is_skipped:
                    self.skipped.add(key)
                elif key not in self.places:
                    self.places[key] = at
                    self._since_last_block.append(key)

    def end_block(self, joined_to: int | None = None) -> None:
        """Record that a block is complete.

        Args:
            joined_to: Index of the earlier block that it was joined to, to which its anchors move; None if it stays.
        """
        if joined_to is not None:
            self.places.update(dict.fromkeys(self._since_last_block, joined_to))
        self._since_last_block.clear()
