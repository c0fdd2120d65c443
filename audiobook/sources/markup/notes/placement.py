"""Settling the blocks of a page that has been read: notes go to their marks or are left out, and indices follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set

import msgspec

from audiobook.sources.markup.arrangement import Arranged, notes_at_marks, without_empty_headings
from audiobook.sources.markup.notes.typed import without_typed_notes
from audiobook.sources.markup.page import NOTES, Page
from audiobook.sources.outline import Block


class Settled(msgspec.Struct):
    """The blocks of a page, and everything that refers to them by index; see `Markup`.

    Attributes:
        page: The page.
        blocks: In reading order.
        skipped: Number of characters in no block, by reason.
        anchors: For each `id` in the text that is read, the index of the first block at or after it.
        pictures: The index of each block that follows a picture.
        note_of: The note's `id`, by the index of each block of a note.
        far_marks: The sign of a mark and the index of its block, by the address of the note on another page.
        gone: Each `id` in blocks that were removed.
        added_chars: Number of characters added that are not in the source.
    """

    page: Page
    blocks: list[Block]
    skipped: Counter[str]
    anchors: Mapping[str, int]
    pictures: Set[int]
    note_of: Mapping[int, str]
    far_marks: Mapping[str, tuple[str, int]]
    gone: Set[str] = frozenset()
    added_chars: int = 0

    def settle(self, notes_at: set[int], marks: Mapping[str, tuple[str, int]], signs: Set[str]) -> None:
        """Move or remove notes, and headings that had only notes below them.

        Args:
            notes_at: The indices of blocks before which notes were left out.
            marks: The sign of a note's mark and the index of the block with the mark, by the note's `id`.
            signs: The signs of raised marks without links, which have been left out.
        """
        if self.note_of:
            arranged = notes_at_marks(self.blocks, self.note_of, marks, self.page.language)
            self.added_chars += arranged.added_chars
            self.skipped["noterefs"] += arranged.removed_chars
            self._rearrange(arranged)
            notes_at = {*arranged.gaps}
        if NOTES.isdisjoint(self.page.narrate):
            notes_at = self._without_typed(notes_at, signs)
        if notes_at:
            self._drop(without_empty_headings(self.blocks, notes_at))
        self.skipped += Counter()

    def _without_typed(self, notes_at: set[int], signs: Set[str]) -> set[int]:
        typed = without_typed_notes(self.blocks, signs, marks="noterefs" not in self.page.narrate)
        if not typed:
            return notes_at
        moved = {*typed.gaps, *(typed.places[at] for at in notes_at)}
        self._drop(typed)
        self.skipped["noterefs"] += typed.cut_chars
        return moved

    def _drop(self, arranged: Arranged) -> None:
        """Leave out the blocks of notes that were removed, and record the anchors that are gone with them."""
        self.skipped["footnotes"] += arranged.removed_chars
        gone = {key for key, at in self.anchors.items() if at in arranged.removed}
        self.gone = self.gone | gone
        self.anchors = {key: at for key, at in self.anchors.items() if key not in gone}
        self._rearrange(arranged)

    def _rearrange(self, arranged: Arranged) -> None:
        self.blocks = arranged.blocks
        places = arranged.places
        self.anchors = {key: places[at] for key, at in self.anchors.items()}
        self.pictures = {places[at] for at in self.pictures}
        self.note_of = {places[at]: name for at, name in self.note_of.items()}
        self.far_marks = {address: (sign, places[at]) for address, (sign, at) in self.far_marks.items()}
