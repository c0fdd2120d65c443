"""The choice of headings among the pieces of a document."""

from __future__ import annotations

import msgspec


class Choice(msgspec.Struct):
    """The pieces chosen as headings, by their numbers in `Document.pieces`.

    Attributes:
        levels: The level of each heading that begins a part or a chapter: `PART` or `CHAPTER`.
        sections: Headings inside a chapter.
        titles: Sentences that are the title of the number above them.
        rule: How the headings were found; see `Headings.rule`.
    """

    levels: dict[int, int] = msgspec.field(default_factory=dict)
    sections: set[int] = msgspec.field(default_factory=set)
    titles: set[int] = msgspec.field(default_factory=set)
    rule: str = "series"
