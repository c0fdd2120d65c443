"""Moving notes that are in separate documents to the paragraphs with their marks, if notes are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from audiobook.document import Kind
from audiobook.sources.epub.documents import Document
from audiobook.sources.outline import Block


def notes_at_marks(documents: Sequence[Document]) -> list[Document]:
    """Return the documents of a book with each note where its mark is.

    A note without a mark stays. If no note is left under a heading, the heading is read with the first note it had.

    Args:
        documents: In reading order.
    """
    notes: defaultdict[tuple[str, str], list[Block]] = defaultdict(list)
    for document in documents:
        for at, name in sorted(document.note_of.items()):
            notes[document.member, name].append(document.blocks[at])
    marked = {place for document in documents for place in document.marks if place in notes}
    found: list[Document] = []
    for document in documents:
        moved = {at for at, name in document.note_of.items() if (document.member, name) in marked}
        kept = document.without(moved | _emptied(document.blocks, moved)) if moved else document
        behind: defaultdict[int, list[Block]] = defaultdict(list)
        for place, at in kept.marks.items():
            after = at
            while after + 1 in kept.note_of:
                after += 1
            behind[after] += notes.pop(place, [])
        found.append(kept.with_notes(behind) if behind else kept)
    return found


def _emptied(blocks: Sequence[Block], moved: set[int]) -> set[int]:
    """Return the indices of headings that have only moved blocks below them."""
    emptied: set[int] = set()
    has_text = False
    level = 0
    for at in reversed(range(len(blocks))):
        if blocks[at].paragraph.kind is Kind.HEADING:
            if not has_text or (level and blocks[at].level >= level and at + 1 in moved):
                emptied.add(at)
            else:
                level = blocks[at].level
        elif at not in moved:
            has_text, level = True, 0
    return emptied
