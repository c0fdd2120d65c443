"""Finding lists of links to other places in the text: a table of contents, anywhere in it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from audiobook.document import Kind
from audiobook.sources.outline import Block

_FEWEST_LINKS: Final = 3
_LONGEST_BETWEEN_CHARS: Final = 40
"""A list may name its parts and columns in lines of up to this length, which are not links."""
_MOST_BETWEEN: Final = 2
_LONGEST_HEADING_CHARS: Final = 40


def contents_blocks(blocks: Sequence[Block]) -> set[int]:
    """Return the indexes of the blocks that are tables of contents, with their headings.

    A list counts with at least three links, or below the heading "Contents" with any.

    Args:
        blocks: The blocks of a page.
    """
    found: set[int] = set()
    at = 0
    while at < len(blocks):
        if blocks[at].role != "link":
            at += 1
            continue
        end = _end_of_list(blocks, at)
        start = _heading_before(blocks, at)
        links = sum(block.role == "link" for block in blocks[at:end])
        if links >= _FEWEST_LINKS or start < at:
            found.update(range(start, end))
        at = end
    return found


def is_contents_heading(text: str) -> bool:
    """Return whether a text is the heading of a table of contents, in any language known here."""
    plain = " ".join(text.split()).strip(" .:*—–-").casefold()
    return len(plain) <= _LONGEST_HEADING_CHARS and plain in _headings()


@cache
def _headings() -> frozenset[str]:
    table = tomllib.loads(Path(__file__).with_name("markup.toml").read_text("utf-8"))
    return frozenset(line.strip() for line in table["contents_headings"].split("|"))


def _end_of_list(blocks: Sequence[Block], start: int) -> int:
    """Return the index after the last link of a list; short lines between links belong to it."""
    end = start + 1
    for at in range(start + 1, len(blocks)):
        if blocks[at].role == "link":
            end = at + 1
        elif at - end >= _MOST_BETWEEN or len(blocks[at].paragraph.text) > _LONGEST_BETWEEN_CHARS:
            break
        elif blocks[at].level:
            # A heading starts a chapter, unless the list continues below it.
            after = blocks[at + 1] if at + 1 < len(blocks) else None
            if after is None or after.role != "link":
                break
    return end


def _heading_before(blocks: Sequence[Block], at: int) -> int:
    """Return the index of the heading of a list, or of the list if it has none. A line such as "Page" may follow."""
    for before in range(at - 1, max(at - 3, -1), -1):
        text = blocks[before].paragraph.text
        if is_contents_heading(text):
            return before
        if len(text) > _LONGEST_BETWEEN_CHARS or blocks[before].paragraph.kind is Kind.BREAK:
            break
    return at
