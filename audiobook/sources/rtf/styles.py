"""The style sheet of an RTF file: which styles are headings, and which is the title."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_LONGEST_CHAIN: Final = 32
BODY: Final = 9
"""The outline level of body text; 0 to 8 are those of headings."""


class Style(msgspec.Struct):
    """A paragraph style.

    Attributes:
        name: Its name.
        outline: Outline level, from 0; None if it inherits one.
        parent: Number of the style that it inherits from; None without one.
    """

    name: str = ""
    outline: int | None = None
    parent: int | None = None


class Styles(msgspec.Struct):
    """The paragraph styles of a file.

    Attributes:
        by_number: The styles by number.
    """

    by_number: dict[int, Style] = msgspec.field(default_factory=dict)
    _number: int = 0

    def follow(self, word: str, value: int | None) -> None:
        """Follow a control word in the style sheet."""
        if word == "s" and value is not None:
            self._number = value
            self.by_number.setdefault(value, Style())
        elif word in ("cs", "ds", "ts"):
            self._number = -1
        elif style := self.by_number.get(self._number):
            if word == "outlinelevel":
                style.outline = BODY if value is None else value
            elif word == "sbasedon":
                style.parent = value

    def add_text(self, text: str) -> None:
        """Add text of the style sheet to the name of the current style; a semicolon ends a name."""
        name, end, _ = text.partition(";")
        if (style := self.by_number.get(self._number)) and not style.name.endswith(";"):
            style.name = (style.name + name).strip()
        elif not self.by_number and self._number == 0 and end:
            self.by_number[0] = Style(name.strip())

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
