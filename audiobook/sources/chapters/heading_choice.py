"""The choice of headings among the pieces of a document."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Choice:
    """The pieces chosen as headings, by their numbers in `Document.pieces`.

    Attributes:
        levels: The level of each heading that begins a part or a chapter: `PART` or `CHAPTER`.
        sections: Headings inside a chapter.
        titles: Sentences that are the title of the number above them.
        rule: How the headings were found; see `Headings.rule`.
    """

    levels: dict[int, int] = field(default_factory=dict)
    sections: set[int] = field(default_factory=set)
    titles: set[int] = field(default_factory=set)
    rule: str = "series"
