"""The title at the beginning of documents from word processors."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from audiobook.document import Kind
from audiobook.sources.outline import Block
from audiobook.sources.title_text import title_text


def with_title(blocks: Sequence[Block], styled: str, named: str) -> tuple[list[Block], str]:
    """Mark the title of a document.

    The title is the paragraph with the style Title, else the title in the document's properties, else the first
    heading if it is the only first-level heading.

    Args:
        blocks: In reading order.
        styled: The paragraph with the style Title; "" if there is none.
        named: The title in the document's properties; "" if it has none.

    Returns:
        The blocks with the title marked, and the title; "" without a title.
    """
    first = blocks[0] if blocks else None
    only = [block.level for block in blocks].count(1) == 1
    if first and (
        title_text(first.paragraph.text) == (styled or named) or (first.level == 1 and only and not styled)
    ):
        title = styled or named or title_text(first.paragraph.text)
        return [Block(replace(first.paragraph, kind=Kind.TITLE)), *blocks[1:]], title
    return list(blocks), styled or named
