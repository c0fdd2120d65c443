"""The documents of a book, with the positions in them that other files refer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from audiobook.layout import Picture
from audiobook.sources.markup.pictures.figures import Figures
from audiobook.sources.outline import Block


class Document(msgspec.Struct, frozen=True):
    """A document of the book.

    Attributes:
        member: Its name in the zip.
        blocks: The blocks that are read out.
        anchors: For each `id`, the index of the first block at or after it.
        skipped_anchors: Each `id` in skipped text.
        pictures: The index of each block that follows a picture.
        note_of: The note's `id`, by the index of each block of a note.
        marks: For marks of notes in other documents, the index of the mark's block, by (member, `id`) of the note.
        alone: The pictures of a document without text.
    """

    member: str
    blocks: Sequence[Block]
    anchors: Mapping[str, int]
    skipped_anchors: frozenset[str]
    pictures: frozenset[int] = frozenset()
    note_of: Mapping[int, str] = msgspec.field(default_factory=dict)
    marks: Mapping[tuple[str, str], int] = msgspec.field(default_factory=dict)
    alone: tuple[Picture, ...] = ()

    def with_notes(self, notes: Mapping[int, Sequence[Block]]) -> Document:
        """Return the document with notes from other documents inserted after the blocks with the given indices."""
        blocks: list[Block] = []
        places: list[int] = []
        for at, block in enumerate(self.blocks):
            places.append(len(blocks))
            blocks += [block, *notes.get(at, ())]
        places.append(len(blocks))
        return Document(
            self.member,
            blocks,
            {key: places[at] for key, at in self.anchors.items()},
            self.skipped_anchors,
            frozenset(places[at] for at in self.pictures),
        )

    def without(self, removed: Collection[int]) -> Document:
        """Return the document without the blocks with the given indices."""
        if not removed:
            return self
        places = [0]
        for at in range(len(self.blocks)):
            places.append(places[-1] + (at not in removed))
        gone = {key for key, at in self.anchors.items() if at in removed}
        return Document(
            self.member,
            [block for at, block in enumerate(self.blocks) if at not in removed],
            {key: places[at] for key, at in self.anchors.items() if key not in gone},
            self.skipped_anchors | gone,
            frozenset(places[at] for at in self.pictures),
            {places[at]: name for at, name in self.note_of.items() if at not in removed},
            {note: places[at] for note, at in self.marks.items() if at not in removed},
        )


def with_plates(documents: Sequence[Document]) -> list[Document]:
    """Move the pictures of documents without text to the end of the document before, or else to the start of the next."""
    found, figures = list[Document](), Figures()
    last: list[Block] | None = None
    for document in documents:
        blocks = list(document.blocks)
        if not blocks:
            figures.meet(*document.alone)
        elif last:
            figures.settled(last)
        else:
            blocks[0] = replace(blocks[0], paragraph=figures.on(blocks[0].paragraph))
        last = blocks or last
        found.append(replace(document, blocks=blocks))
    figures.settled(last or [])
    return found
