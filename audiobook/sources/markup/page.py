"""A marked-up page with the rules for reading it, and what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec

from audiobook.document import Problem
from audiobook.layout import Picture
from audiobook.sources.markup.pronunciation import Aliases
from audiobook.sources.markup.styles import Styles
from audiobook.sources.outline import Block

NOTES: Final = frozenset(("footnotes", "endnotes"))


class Page(msgspec.Struct, frozen=True):
    """A marked-up page and the rules for reading it.

    Attributes:
        name: The file's name in messages.
        place: The page's location within the file, such as `!OEBPS/ch1.xhtml`; empty for the file itself.
        language: BCP 47 tag of the work.
        narrate: Names from `base.PARTS` to read aloud instead of skipping.
        furniture: Element names and ARIA roles (as `aria:banner`) that are not part of the text.
        aliases: Pronunciations from lexicons.
        has_lines: Whether line numbers of this page mean anything to the user.
        notes: Each `id` on this page that a note mark on another page links to.
        linked: Each `id` on this page that any link on another page points to.
        styles: What the style sheets of the page say.
        in_book: Whether links to other files lead to other pages of the same text.
        read_descriptions: The alternative texts that have been read, in lower case; those of the page are added.
    """

    name: str
    place: str
    language: str
    narrate: frozenset[str] = frozenset()
    furniture: frozenset[str] = frozenset()
    aliases: tuple[Aliases, ...] = ()
    has_lines: bool = True
    notes: frozenset[str] = frozenset()
    linked: frozenset[str] = frozenset()
    styles: Styles = msgspec.field(default_factory=Styles)
    in_book: bool = False
    read_descriptions: set[str] = msgspec.field(default_factory=set)


class Markup(msgspec.Struct, frozen=True):
    """The content of a page.

    Attributes:
        blocks: In reading order.
        problems: Problems found on the page.
        skipped_chars: Number of characters in no block, by reason; excluding white space.
        source_chars: Number of characters in total, in blocks or skipped. Characters added while reading (commas
            between the cells of a row, `* * *` for a rule) are counted as if they were in the source.
        anchors: For each `id` in the text that is read, the index of the first block at or after it.
        skipped_anchors: Each `id` in skipped text.
        notes_elsewhere: Addresses of notes on other pages, as written in this page's note marks.
        pictures: The index of each block that follows a picture.
        note_of: The note's `id`, by the index of each block of a note; empty if notes are left out.
        far_marks: The sign of a mark and the index of its block, by the address of the note on another page.
        alone: The pictures of a page without blocks.
    """

    blocks: list[Block]
    problems: list[Problem]
    skipped_chars: Counter[str]
    source_chars: int
    anchors: Mapping[str, int]
    skipped_anchors: frozenset[str] = frozenset()
    notes_elsewhere: frozenset[str] = frozenset()
    pictures: frozenset[int] = frozenset()
    note_of: Mapping[int, str] = msgspec.field(default_factory=dict)
    far_marks: Mapping[str, tuple[str, int]] = msgspec.field(default_factory=dict)
    alone: tuple[Picture, ...] = ()
