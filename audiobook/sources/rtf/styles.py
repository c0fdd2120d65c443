"""The style sheet of an RTF file: which styles are headings, and which is the title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_LONGEST_CHAIN: Final = 32
BODY: Final = 9
"""The outline level of body text; 0 to 8 are those of headings."""


@dataclass(slots=True)
class Style:
    """A paragraph style.

    Attributes:
        name: Its name.
        outline: Outline level, from 0; None if it inherits one.
        parent: Number of the style that it inherits from; None without one.
    """

    name: str = ""
    outline: int | None = None
    parent: int | None = None


@dataclass(slots=True)
class Styles:
    """The paragraph styles of a file by number."""

    by_number: dict[int, Style] = field(default_factory=dict)

    def level(self, number: int) -> int:
        """Return the depth of a heading style, from 1; 0 for other styles."""
        for style in self._chain(number):
            if found := _HEADING.fullmatch(style.name):
                return int(found[1])
            if style.outline is not None:
                return style.outline + 1 if style.outline < BODY else 0
        return 0

    def is_title(self, number: int) -> bool:
        """Return whether a style is the one named Title."""
        return any(style.name.lower() == "title" for style in self._chain(number))

    def _chain(self, number: int) -> list[Style]:
        chain: list[Style] = []
        at: int | None = number
        while at is not None and at in self.by_number and len(chain) < _LONGEST_CHAIN:
            chain.append(self.by_number[at])
            at = chain[-1].parent
        return chain
