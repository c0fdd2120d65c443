"""The role of a paragraph by its text: a link, an inscription, or bold."""

from __future__ import annotations

import msgspec

from audiobook.document import Paragraph, count_chars
from audiobook.sources.markup.context import State


class RoleCount(msgspec.Struct):
    """What the text of the current paragraph consists of.

    Attributes:
        link_chars: Number of its characters in links to other places in the text, whether they are read or not.
        bold_chars: Number of its characters that are bold or large.
        is_inscription: Whether the last text that was read is an inscription.
    """

    link_chars: int = 0
    bold_chars: int = 0
    is_inscription: bool = False

    def add(self, chars: int, state: State) -> None:
        """Count characters that are read."""
        self.is_inscription = state.is_inscription
        if state.is_link:
            self.link_chars += chars
        if state.is_bold:
            self.bold_chars += chars

    def clear(self) -> None:
        """Begin the next paragraph."""
        self.link_chars = self.bold_chars = 0

    def role_of(self, paragraph: Paragraph, *, in_table: bool) -> str:
        """Return the role of the paragraph that was counted; see `Block.role`."""
        if self.is_inscription:
            return "inscription"
        links = self.link_chars
        if links and (in_table or links * 2 > sum(map(str.isalpha, paragraph.text))):
            return "link"
        return "bold" if self.bold_chars and self.bold_chars >= count_chars(paragraph.text) else ""
