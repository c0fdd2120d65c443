"""The pictures of a text, collected until the paragraph that they belong to is complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.document import Paragraph
from audiobook.layout import MOST_PICTURES, Picture
from audiobook.packed_list import PackedList
from audiobook.sources.outline import Block

if TYPE_CHECKING:
    from lxml.etree import _Element

Blocks = list[Block] | PackedList[Block]
"""The blocks of a text so far."""
_LINKS: Final = ("{http://www.w3.org/1999/xlink}href", "xlink:href", "href")


class Figures:
    """The pictures found since the last paragraph.

    A picture in a paragraph is placed at its beginning or end. A picture between paragraphs is placed at the beginning
    of the next paragraph, or at the end of the previous one if a heading or nothing follows.
    """

    def __init__(self) -> None:
        """Begin a text."""
        self._met: list[Picture] = []

    def meet(self, *pictures: Picture | None) -> None:
        """Add pictures."""
        self._met += filter(None, pictures)

    def on(self, paragraph: Paragraph) -> Paragraph:
        """Return a paragraph with the pictures found so far."""
        met, self._met = self._met, []
        return with_pictures(paragraph, met)

    def placed(self, block: Block, blocks: Blocks) -> Block:
        """Return a block with its pictures, and add those that belong to the block before it to that block.

        Args:
            block: The block.
            blocks: The blocks before it.
        """
        if not self._met:
            return block
        if block.level and blocks:
            above = [each for each in self._met if each.is_first]
            self._met = [each for each in self._met if not each.is_first]
            blocks[-1] = _after(blocks[-1], above)
        return replace(block, paragraph=self.on(block.paragraph))

    def settled(self, blocks: Blocks) -> tuple[Picture, ...]:
        """Place the remaining pictures at the last block; return them if there is none."""
        met, self._met = self._met, []
        if blocks and met:
            blocks[-1] = _after(blocks[-1], met)
            return ()
        return tuple(met)


def without_empty(blocks: Iterable[Block]) -> PackedList[Block]:
    """Return the blocks with text; the pictures at others go to their neighbours."""
    figures, kept = Figures(), PackedList(Block)
    for block in blocks:
        if block.paragraph.text:
            kept.append(figures.placed(block, kept))
        else:
            figures.meet(*block.paragraph.pictures)
    figures.settled(kept)
    return kept


def with_pictures(paragraph: Paragraph, pictures: Sequence[Picture]) -> Paragraph:
    """Return a paragraph with further pictures."""
    if not pictures:
        return paragraph
    first = [each for each in pictures if each.is_first]
    last = [each for each in pictures if not each.is_first]
    return replace(paragraph, pictures=(*first, *paragraph.pictures, *last)[:MOST_PICTURES])


def _after(block: Block, pictures: Iterable[Picture]) -> Block:
    """Return a block with pictures at its end."""
    last = [replace(each, is_first=False) for each in pictures]
    return replace(block, paragraph=with_pictures(block.paragraph, last))


def address_of(element: _Element, tag: str) -> str:
    """Return the address of the picture that an `img` or `svg` element shows; empty if there is none."""
    if tag != "svg":
        return element.get("src") or ""
    for image in element.iter("{*}image"):
        return next(filter(None, map(image.get, _LINKS)), "")
    return ""
