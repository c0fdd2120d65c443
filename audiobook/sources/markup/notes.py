"""Notes that nothing names as such: the raised numbers of a text tell which blocks they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from audiobook.sources.markup.semantics import is_block, is_heading, is_note_link, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_BODIES: Final = frozenset("aside dd div li p section tr".split())
_LABEL = re.compile(r"\s*+[\[(]?\s*+(?:\d{1,4}|[*†‡§¶‖]{1,4})(?![^\W_])")
_LOOKED_AT: Final = 8
"""How many elements a note's name and number may stand in, before its first word."""
_SEARCHED: Final = 500
"""Among how many elements of a note the link back is looked for."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Where the notes of a page are, as far as it was read.

    Attributes:
        here: Names (`id`) on this page that notes are at.
        elsewhere: Addresses of notes on other pages, as they are written.
    """

    here: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def meet(self, link: _Element) -> None:
        """Take a link, which may be the mark of a note."""
        address = link.get("href") or ""
        if "#" in address and is_note_link(link):
            if address[0] == "#":
                self.here.add(address[1:])
            else:
                self.elsewhere.add(address)

    def is_body(self, element: _Element, tag: str) -> bool:
        """Whether a block is a note: a mark led to it, and it leads back or begins with a number or sign."""
        if not self.here or tag not in _BODIES or is_heading(element):
            return False
        if self.here.isdisjoint(_leading_names(element)):
            return False
        return bool(_LABEL.match(_opening(element))) or any(
            "#" in (inner.get("href") or "") for inner in islice(element.iter("{*}a"), _SEARCHED)
        )


def _leading(element: _Element) -> Iterator[_Element]:
    """Give an element and those in its first line that stand before its first word."""
    for each in islice(element.iter(), _LOOKED_AT):
        if each is not element and is_block(tag_of(each)):
            return
        yield each
        if (each.text or "").strip():
            return


def _leading_names(element: _Element) -> Iterator[str]:
    for each in _leading(element):
        for name in ("id", "name") if tag_of(each) == "a" else ("id",):
            if key := each.get(name):
                yield key


def _opening(element: _Element) -> str:
    """Give the first words of an element."""
    return "".join(part[:40] for part in islice(element.itertext("*"), _LOOKED_AT))
