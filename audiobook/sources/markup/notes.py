"""Finding notes that are not marked up as notes, by the superscript numbers that link to them."""

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
"""How many elements before a note's first word may carry its `id` and number."""
_SEARCHED: Final = 500
"""How many elements of a note are searched for the link back."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes found so far for a page.

    Attributes:
        here: Each `id` of a note on this page.
        elsewhere: Addresses of notes on other pages, as written in the links.
    """

    here: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def meet(self, link: _Element) -> None:
        """Record the target of a link if the link is a note mark."""
        address = link.get("href") or ""
        if "#" in address and is_note_link(link):
            if address[0] == "#":
                self.here.add(address[1:])
            else:
                self.elsewhere.add(address)

    def is_body(self, element: _Element, tag: str) -> bool:
        """Return whether a block is a note: a mark links to it, and it starts with a number or sign or links back."""
        if not self.here or tag not in _BODIES or is_heading(element):
            return False
        if self.here.isdisjoint(_leading_names(element)):
            return False
        return bool(_LABEL.match(_opening(element))) or any(
            "#" in (inner.get("href") or "") for inner in islice(element.iter("{*}a"), _SEARCHED)
        )


def _leading(element: _Element) -> Iterator[_Element]:
    """Yield an element and the elements on its first line that precede its first word."""
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
    """Return the first words of an element."""
    return "".join(part[:40] for part in islice(element.itertext("*"), _LOOKED_AT))
